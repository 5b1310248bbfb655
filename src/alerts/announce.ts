import type { Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { addJob } from '../jobs/queries.ts';

/** Has comments that begin to wait told to moderators once the transaction is committed, if any of them wants mail. */
export async function announceWaiting(
  trx: Transaction<Database>,
  { commentIds }: { commentIds: readonly number[] },
): Promise<void> {
  if (commentIds.length === 0) return;
  const wanted = await trx
    .selectFrom('account')
    .select('id')
    .where('moderation_mail', '<>', 'none')
    .where('disabled_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  if (wanted) await addJob(trx, 'gather_alerts', { commentIds });
}
