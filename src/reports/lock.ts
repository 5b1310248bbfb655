import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';

/**
 * Locks reports, those about the lowest comment first: a decision on several comments takes them so, and so does whatever
 * changes several reports without any comment.
 *
 * @param which a condition on the columns of `report`.
 * @returns their ids.
 */
export async function lockReports(trx: Transaction<Database>, which: RawBuilder<unknown>): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from report where ${which} order by comment_id, id for update`.execute(trx);
  return rows.map(({ id }) => id);
}
