import { type Kysely, sql } from 'kysely';
import type { Database } from '../database.ts';

/** How many jobs are to be done, now or later; what was given up does not count. */
export async function countWaitingJobs(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from graphile_worker.jobs where attempts < max_attempts`.execute(db);
  return rows[0]?.count ?? 0;
}
