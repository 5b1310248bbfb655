import { sql, type Transaction } from 'kysely';
import type { ClosureSubject } from '../comments/closures.ts';
import { endOfBranch } from '../comments/thread.ts';
import { changeStatus, lockWithAncestors } from '../comments/transition.ts';
import type { Database } from '../database.ts';

/** Comments that are rejected along with a closing at most: all who write there wait for it. */
export const mostRejected = 200;

/**
 * Rejects what waits in a conversation or a branch, with the reason of its closing.
 *
 * @param subject taken for oneself; of the whole site nothing is rejected.
 * @returns how many were; undefined where more than that wait, and nothing was done.
 */
export async function rejectWaiting(
  trx: Transaction<Database>,
  {
    subject,
    actorId,
    batch,
    reason,
    now,
  }: { subject: ClosureSubject; actorId: number; batch: string; reason: string; now: Date },
): Promise<number | undefined> {
  if (subject.scope === 'site') return 0;
  const ids = await listWaiting(trx, subject);
  if (ids.length > mostRejected) return undefined;
  const locked = await lockWithAncestors(trx, ids);
  const waiting = [...locked.values()].filter(({ status }) => status === 'pending');
  const rejected = await changeStatus(trx, waiting, { action: 'reject', actorId, batch, reason, now });
  return rejected.size;
}

async function listWaiting(
  trx: Transaction<Database>,
  subject: Exclude<ClosureSubject, { scope: 'site' }>,
): Promise<number[]> {
  const branch =
    subject.scope === 'branch'
      ? await trx.selectFrom('comment').select('path').where('id', '=', subject.commentId).executeTakeFirstOrThrow()
      : undefined;
  const rows = await trx
    .selectFrom('comment')
    .select('id')
    .where('conversation_id', '=', subject.conversationId)
    .where('status', '=', 'pending')
    .$if(branch !== undefined, (query) =>
      query.where(sql<boolean>`path >= ${branch?.path} and path < ${branch && endOfBranch(branch.path)}`),
    )
    .orderBy('id')
    .limit(mostRejected + 1)
    .execute();
  return rows.map(({ id }) => id);
}
