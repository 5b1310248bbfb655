import { sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { createTranslate } from '../http/messages.ts';
import { addJob } from '../jobs/queries.ts';
import { queueMail } from '../mail/queue.ts';
import { published } from '../posts/query-parts.ts';
import { loadSite } from '../site/queries.ts';
import { findListeners, type Listener, type ToldComment } from './audience.ts';
import type { FollowingContext } from './context.ts';
import { type LetterContext, type QuotedComment, wordReply } from './letters.ts';
import { holdSubscriptions } from './queries.ts';

/** Followers who are told in one transaction: so many mails are written while the comment cannot be decided on. */
const batchSize = 50;

/** So many batches are one job's; another one goes on, since no job may take long (see jobs/queries.ts). */
const batchesPerJob = 20;

/**
 * Tells a comment to its followers: a mail to those who want it at once, an entry in the next digest of the others. Stops
 * where readers cannot read it any more; done again after a crash, it goes on behind whom it told last.
 */
export async function tellFollowers(context: FollowingContext, { commentId }: { commentId: number }): Promise<void> {
  const site = await loadSite(context.db);
  const words = { ...context, site: site.title, t: createTranslate(site.language) };
  const told = () =>
    context.db.transaction().execute((trx) => tellBatch(trx, { commentId, words, now: context.now() }));
  for (let batch = 0; batch < batchesPerJob; batch += 1) {
    if (!(await told())) return;
  }
  await context.db.transaction().execute((trx) => addJob(trx, 'tell_followers', { commentId }));
}

// @returns whether there may be more of them.
async function tellBatch(
  trx: Transaction<Database>,
  { commentId, words, now }: { commentId: number; words: LetterContext; now: Date },
): Promise<boolean> {
  const comment = await shareReadable(trx, { commentId, now });
  if (!comment) return false;
  const announcement = await trx
    .selectFrom('announcement')
    .select('told_through')
    .where('comment_id', '=', commentId)
    .where('told_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (!announcement) return false;

  const listeners = await findListeners(trx, { comment, after: announcement.told_through, limit: batchSize });
  const staying = await holdSubscriptions(
    trx,
    listeners.map(({ subscription_id }) => subscription_id),
  );
  for (const listener of listeners) {
    if (staying.has(listener.subscription_id)) await tell(trx, { comment, listener, words, now });
  }
  const more = listeners.length === batchSize;
  await trx
    .updateTable('announcement')
    .set({ told_through: listeners.at(-1)?.follower_id ?? announcement.told_through, told_at: more ? null : now })
    .where('comment_id', '=', commentId)
    .execute();
  return more;
}

async function tell(
  trx: Transaction<Database>,
  { comment, listener, words, now }: { comment: QuotedComment; listener: Listener; words: LetterContext; now: Date },
): Promise<void> {
  if (listener.pace === 'at_once') {
    await queueMail(trx, { ...wordReply(words, { comment, listener }), recipient: listener.email, now });
    return;
  }
  const { follower_id, subscription_id } = listener;
  await trx
    .insertInto('digest_item')
    .values({ follower_id, subscription_id, comment_id: comment.id, created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The comment, if readers can read it; held, so that nobody takes it back while it is told. */
async function shareReadable(
  trx: Transaction<Database>,
  { commentId, now }: { commentId: number; now: Date },
): Promise<(QuotedComment & ToldComment) | undefined> {
  await sql`select from comment where id = ${commentId} for share`.execute(trx);
  return await trx
    .selectFrom('comment')
    .innerJoin('post', 'post.conversation_id', 'comment.conversation_id')
    .leftJoin('account', 'account.id', 'comment.account_id')
    .select([
      'comment.id',
      'comment.conversation_id',
      'comment.parent_id',
      'comment.browser_id',
      'comment.name',
      'comment.html',
      'comment.created_at',
      'post.title',
    ])
    .select((eb) => eb.fn.coalesce('comment.email', 'account.email').as('writer_email'))
    .where('comment.id', '=', commentId)
    .where('comment.status', '=', 'approved')
    .where(published('any', now))
    .executeTakeFirst();
}
