import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { daysBefore } from '../days-before.ts';

/** For how many days a link that proves an address is kept once its time is over. */
const daysKept = 1;

/** Deletes links that prove an address, once nobody can use them. */
export async function cleanUpProofs(db: Kysely<Database>, { now }: { now: Date }): Promise<void> {
  await db.deleteFrom('proof').where('expires_at', '<', daysBefore(now, daysKept)).execute();
}
