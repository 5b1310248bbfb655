import type { Kysely, Transaction } from 'kysely';
import type { AuthorsModerate } from '../accounts/permissions.ts';
import { closeAppeal, lockAppeal } from '../appeals/queries.ts';
import type { Appeal, AppealOutcome } from '../appeals/table.ts';
import { type ModeratorAction, nextStatus } from '../comments/lifecycle.ts';
import { changeStatus, type LockedComment, lockWithAncestors } from '../comments/transition.ts';
import type { Database } from '../database.ts';
import { findEvent, recordEvent, type ToldEvent } from '../events/queries.ts';
import { announceDecision } from '../following/announce.ts';
import { isAbove } from './above.ts';
import { hasOtherModerator } from './appeal-queries.ts';
import type { Moderator } from './moderator.ts';
import { filterReachable } from './queries.ts';

/** What somebody decides on an appeal. */
export interface AppealDecision extends AuthorsModerate {
  readonly id: number;
  readonly outcome: AppealOutcome;
  readonly reason: string;
  readonly moderator: Moderator;
  readonly now: Date;
}

/** What became of it. */
export type AppealDecided =
  | { readonly kind: 'done'; readonly eventId: number }
  /** Somebody else was first, or the comment came back before; nothing was done. */
  | { readonly kind: 'decided'; readonly event: ToldEvent | undefined }
  /** Who made the decision does not decide on the appeal, as long as anybody else may. */
  | { readonly kind: 'own' }
  /** A moderator of all posts decided, and an author decides nothing above that. */
  | { readonly kind: 'above' }
  /** There is none, or none within this moderator's reach. */
  | { readonly kind: 'unknown' };

/**
 * Decides on an appeal. Where the decision stands, that is an event of the appeal; where it is taken back, the comment's
 * status changes as by any decision, and that closes the appeal.
 */
export function decideAppeal(db: Kysely<Database>, decision: AppealDecision): Promise<AppealDecided> {
  return db.transaction().execute(async (trx) => {
    const found = await trx
      .selectFrom('appeal')
      .innerJoin('comment', 'comment.id', 'appeal.comment_id')
      .innerJoin('post', 'post.conversation_id', 'comment.conversation_id')
      .innerJoin('event', 'event.id', 'appeal.event_id')
      .select(['appeal.comment_id', 'post.id as post_id', 'event.actor_id'])
      .where('appeal.id', '=', decision.id)
      .executeTakeFirst();
    if (!found) return { kind: 'unknown' };
    const ids = await filterReachable(trx, { ids: [found.comment_id], moderator: decision.moderator });
    const comment = (await lockWithAncestors(trx, ids)).get(found.comment_id);
    const appeal = await lockAppeal(trx, decision.id);
    if (!comment || !appeal) return { kind: 'unknown' };
    if (appeal.outcome) return answerAgain(trx, { appeal, decision });
    const { id: accountId } = decision.moderator.viewer;
    if (await isAbove(trx, { by: found.actor_id, moderator: decision.moderator })) return { kind: 'above' };
    // Authors are no others where a moderator of all posts decided.
    const authorsModerate = decision.authorsModerate && decision.moderator.reach !== 'all';
    const own = found.actor_id === accountId;
    if (own && (await hasOtherModerator(trx, { postId: found.post_id, accountId, authorsModerate })))
      return { kind: 'own' };
    return decision.outcome === 'upheld'
      ? uphold(trx, { appeal, decision })
      : overturn(trx, { comment, appeal, decision });
  });
}

/** By which action a comment comes back from where it stands. */
export function wayBackFrom(status: LockedComment['status']): ModeratorAction | undefined {
  const ways = ['approve', 'restore'] as const;
  return ways.find((action) => nextStatus(status, action) === 'approved');
}

// A form that was sent twice is answered as the first time.
async function answerAgain(
  trx: Transaction<Database>,
  { appeal, decision }: { appeal: Appeal; decision: AppealDecision },
): Promise<AppealDecided> {
  const event = await findEvent(trx, appeal.decided_event_id ?? 0);
  const same = event?.actor_id === decision.moderator.viewer.id && event.reason === decision.reason;
  if (event && same && appeal.outcome === decision.outcome) return { kind: 'done', eventId: event.id };
  return { kind: 'decided', event };
}

async function uphold(
  trx: Transaction<Database>,
  { appeal, decision }: { appeal: Appeal; decision: AppealDecision },
): Promise<AppealDecided> {
  const { moderator, reason, now } = decision;
  const eventId = await recordEvent(trx, {
    subjectKind: 'appeal',
    subjectId: appeal.id,
    action: 'uphold',
    actorId: moderator.viewer.id,
    reason,
    now,
  });
  await closeAppeal(trx, { id: appeal.id, outcome: 'upheld', eventId, now });
  await announceDecision(trx, { commentId: appeal.comment_id });
  return { kind: 'done', eventId };
}

async function overturn(
  trx: Transaction<Database>,
  { comment, appeal, decision }: { comment: LockedComment; appeal: Appeal; decision: AppealDecision },
): Promise<AppealDecided> {
  const { moderator, reason, now } = decision;
  const action = wayBackFrom(comment.status);
  if (!action) return { kind: 'unknown' };
  await changeStatus(trx, [comment], {
    action,
    actorId: moderator.viewer.id,
    reason,
    rule: 'appeal',
    now,
  });
  const closed = await lockAppeal(trx, appeal.id);
  return { kind: 'done', eventId: closed?.decided_event_id ?? 0 };
}
