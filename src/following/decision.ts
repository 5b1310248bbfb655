import { sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { lastEvents } from '../events/queries.ts';
import { createTranslate } from '../http/messages.ts';
import { queueMail } from '../mail/queue.ts';
import { loadSite } from '../site/queries.ts';
import type { FollowingContext } from './context.ts';
import { type LetterContext, wordDecision } from './letters.ts';
import type { ToldStatus } from './table.ts';

const toldStatuses: readonly ToldStatus[] = ['approved', 'rejected', 'removed'];

/**
 * Tells the writer of a comment what moderators decided, as it stands now, unless that is what was told last: so it does
 * not matter how often the job is done. What is taken for spam, deleted by its writer or waits again is told to nobody.
 */
export async function tellDecision(context: FollowingContext, { commentId }: { commentId: number }): Promise<void> {
  const site = await loadSite(context.db);
  const words = { ...context, site: site.title, t: createTranslate(site.language) };
  await context.db.transaction().execute((trx) => tell(trx, { commentId, words, now: context.now() }));
}

async function tell(
  trx: Transaction<Database>,
  { commentId, words, now }: { commentId: number; words: LetterContext; now: Date },
): Promise<void> {
  // Held, so that what is told last is what was decided last, in whatever order the jobs are done.
  await sql`select from comment where id = ${commentId} for share`.execute(trx);
  const comment = await trx
    .selectFrom('comment')
    .innerJoin('post', 'post.conversation_id', 'comment.conversation_id')
    .select(['comment.status', 'post.title'])
    .where('comment.id', '=', commentId)
    .executeTakeFirst();
  const status = toldStatuses.find((each) => each === comment?.status);
  const decision = (await lastEvents(trx, { subjectKind: 'comment', subjectIds: [commentId] })).get(commentId);
  if (!comment || !status) return;

  const told = await trx
    .updateTable('subscription')
    .from('follower')
    .set({ told_status: status })
    .whereRef('follower.id', '=', 'subscription.follower_id')
    .where('subscription.comment_id', '=', commentId)
    .where('subscription.scope', '=', 'decision')
    .where('subscription.confirmed_at', 'is not', null)
    .where('subscription.told_status', 'is distinct from', status)
    .returning(['subscription.id', 'follower.email'])
    .execute();
  for (const { id, email } of told) {
    const reason = decision?.to_status === status ? decision.reason : '';
    const letter = wordDecision(words, { subscriptionId: id, commentId, status, reason, title: comment.title });
    await queueMail(trx, { ...letter, recipient: email, now });
  }
}
