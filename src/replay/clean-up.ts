import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { daysBefore } from '../days-before.ts';

/** For how many days one can look at what rules would have done: what it says grows old. */
const daysKept = 1;

/** Deletes rules that were tried a while ago, and what came of it. */
export async function cleanUpReplays(db: Kysely<Database>, { now }: { now: Date }): Promise<void> {
  await db.deleteFrom('replay').where('asked_at', '<', daysBefore(now, daysKept)).execute();
}
