import { sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { addJob } from '../jobs/queries.ts';

/**
 * Adds jobs that tell a service elsewhere what persons decided about comments of which it had said something, where there is a key for it.
 * Whether there is something to tell is found out by the job.
 */
export async function announceToService(
  trx: Transaction<Database>,
  { commentIds }: { commentIds: readonly number[] },
): Promise<void> {
  if (commentIds.length === 0) return;
  const { rows } = await sql<{ id: number }>`
    select id from unnest(${commentIds}::integer[]) as decided (id)
    where exists (
      select from rule join outside_key on outside_key.url = rule.settings ->> 'url' where rule.name = 'outside'
    ) and exists (select from judgement where judgement.comment_id = decided.id and facts ? 'outside')
    order by id`.execute(trx);
  for (const { id } of rows) await addJob(trx, 'tell_service', { commentId: id }, { once: true });
}
