import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { daysBefore } from '../days-before.ts';

/** For how many days a browser counts as an address's: as long as it keeps its cookie, since nobody could use it after that. */
const daysKept = 400;

/** Forgets which addresses were proved in browsers that cannot show it any more. */
export async function cleanUpVisitors(db: Kysely<Database>, { now }: { now: Date }): Promise<void> {
  await db.deleteFrom('proved_address').where('proved_at', '<', daysBefore(now, daysKept)).execute();
}
