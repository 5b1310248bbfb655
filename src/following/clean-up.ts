import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { daysBefore } from '../days-before.ts';
import { daysToConfirm } from './days-to-confirm.ts';
import { deleteUnconfirmed } from './queries.ts';

/** Forgets addresses that nobody confirmed in time. */
export async function cleanUpFollowing(db: Kysely<Database>, { now }: { now: Date }): Promise<void> {
  await deleteUnconfirmed(db, { before: daysBefore(now, daysToConfirm) });
}
