import { sql, type Transaction } from 'kysely';
import { findAppealsAgainst, type ToldAppeal } from '../appeals/queries.ts';
import { explainAppeal, isAppealable } from '../appeals/standing.ts';
import type { Database } from '../database.ts';
import { type Deciding, decidingEvents } from '../events/deciding.ts';
import { explainDecision, explainRule } from '../events/explain-decision.ts';
import { createTranslate, type Message } from '../http/messages.ts';
import { queueMail } from '../mail/queue.ts';
import { loadSite } from '../site/queries.ts';
import type { FollowingContext } from './context.ts';
import { type LetterContext, wordDecision } from './letters.ts';
import type { ToldStatus } from './table.ts';

const toldStatuses: readonly ToldStatus[] = ['approved', 'rejected', 'removed'];

/**
 * Tells the writer of a comment what moderators decided, as it stands now, unless that is what was told last: so it does
 * not matter how often the job is done. That it stands after an appeal is news, too. What is taken for spam, deleted by its writer or waits again is told to nobody.
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
  if (!comment || !status) return;
  const deciding = (await decidingEvents(trx, [{ id: commentId, status }])).get(commentId);
  const appeal = deciding && (await findAppealsAgainst(trx, [deciding.eventId])).get(deciding.eventId);
  const upheld = appeal?.outcome === 'upheld' ? appeal : undefined;

  const told = await trx
    .updateTable('subscription')
    .from('follower')
    .set({ told_status: status, told_appeal: upheld?.id ?? null })
    .whereRef('follower.id', '=', 'subscription.follower_id')
    .where('subscription.comment_id', '=', commentId)
    .where('subscription.scope', '=', 'decision')
    .where('subscription.confirmed_at', 'is not', null)
    .where(({ or, eb }) =>
      or([
        eb('subscription.told_status', 'is distinct from', status),
        ...(upheld ? [eb('subscription.told_appeal', 'is distinct from', upheld.id)] : []),
      ]),
    )
    .returning(['subscription.id', 'follower.email'])
    .execute();
  for (const { id, email } of told) {
    const letter = wordDecision(words, {
      subscriptionId: id,
      commentId,
      status,
      why: explain({ status, deciding, upheld }),
      appealAgainst: isAppealable(status) && !appeal ? deciding?.eventId : undefined,
      title: comment.title,
    });
    await queueMail(trx, { ...letter, recipient: email, now });
  }
}

function explain({
  status,
  deciding,
  upheld,
}: {
  status: ToldStatus;
  deciding: Deciding | undefined;
  upheld: ToldAppeal | undefined;
}): Message[] {
  if (upheld) return explainAppeal(upheld);
  if (status !== 'approved') return explainDecision(deciding);
  const given: Message[] = deciding?.reason ? [{ key: 'own.reason', values: { reason: deciding.reason } }] : [];
  return [...(deciding?.rule?.rule === 'appeal' ? [explainRule(deciding.rule)] : []), ...given];
}
