import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { daysBefore } from '../days-before.ts';

/** For how many days one can look up how a decision on many comments went; its events stay. */
const daysKept = 30;

/** Deletes what is known of decisions on many comments that ended long ago. */
export async function cleanUpSweeps(db: Kysely<Database>, { now }: { now: Date }): Promise<void> {
  await db
    .deleteFrom('sweep')
    .where('state', '<>', 'running')
    .where('moved_at', '<', daysBefore(now, daysKept))
    .execute();
}
