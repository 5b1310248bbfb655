import { randomUUID } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import { shareConversation } from '../comments/conversation.ts';
import { findFirstAnswer } from '../comments/first-answers.ts';
import { type CommentStatus, nextStatus } from '../comments/lifecycle.ts';
import type { Outcome, Submission } from '../comments/submission.ts';
import { changeStatus, type LockedComment, lockWithAncestors } from '../comments/transition.ts';
import { writeComment } from '../comments/write-comments.ts';
import type { Database } from '../database.ts';
import { lastEvents, type ToldEvent } from '../events/queries.ts';
import { listDecidedAbove } from './above.ts';
import type { DecisionForm } from './form.ts';
import type { Moderator } from './moderator.ts';
import { filterReachable } from './queries.ts';

/** A comment that somebody else decided on first: what was done, and where it stands. */
export interface Overtaken {
  readonly id: number;
  readonly status: CommentStatus;
  readonly event: ToldEvent | undefined;
}

/** What became of a decision; what is done was done now or, where the form was sent twice, the first time. */
export interface Decided {
  readonly done: ReadonlyMap<number, CommentStatus>;
  readonly overtaken: readonly Overtaken[];
  /** One of the events of what was done, by which all of it can be undone; undefined where nothing was. */
  readonly eventId: number | undefined;
}

/** Why the reply that should go with an approval could not be published; then nothing was done at all. */
export interface ReplyRefused {
  readonly refused: Exclude<Outcome, { kind: 'posted' | 'repeated' }>;
}

/**
 * Carries a decision out for all comments that it names, in one transaction and as one batch. A comment on which somebody
 * else decided since the moderator looked, on which a moderator of all posts decided before an author, or with which this
 * cannot be done any more, is left as it is and reported.
 *
 * @param ids what does not exist, or lies beyond the moderator's reach, is left out without a word: it is not found.
 * @param reply the reply to be published with the approval of a single comment.
 * @param onlyWaiting whether what does not wait counts as decided already, though more could be done with it.
 */
export async function decide(
  db: Kysely<Database>,
  {
    ids,
    decision,
    moderator,
    reply,
    onlyWaiting = false,
    now,
  }: {
    ids: readonly number[];
    decision: DecisionForm;
    moderator: Moderator;
    reply?: Submission | undefined;
    onlyWaiting?: boolean;
    now: Date;
  },
): Promise<Decided | ReplyRefused> {
  try {
    return await db.transaction().execute(async (trx) => {
      // First, as a reply does it: whoever held the comments already would wait the wrong way round.
      if (reply) await shareConversation(trx, reply.conversationId);
      const reachable = await filterReachable(trx, { ids, moderator });
      const locked = await lockWithAncestors(trx, reachable);
      const { open, repeated, overtaken } = await sortOut(trx, { locked, decision, moderator, onlyWaiting });
      const changed = await changeStatus(trx, open, {
        action: decision.action,
        actorId: moderator.viewer.id,
        batch: ids.length > 1 ? randomUUID() : undefined,
        reason: decision.reason,
        note: decision.note,
        now,
      });
      const done = new Map([...changed, ...repeated.map(({ id, status }) => [id, status] as const)]);
      if (reply && done.size > 0) await publishReply(trx, reply);
      const [first] = done.keys();
      const events = await lastEvents(trx, { subjectKind: 'comment', subjectIds: first === undefined ? [] : [first] });
      return { done, overtaken, eventId: events.get(first ?? 0)?.id };
    });
  } catch (error) {
    if (error instanceof CannotReply) return { refused: error.outcome };
    throw error;
  }
}

async function sortOut(
  trx: Transaction<Database>,
  {
    locked,
    decision,
    moderator,
    onlyWaiting,
  }: {
    locked: ReadonlyMap<number, LockedComment>;
    decision: DecisionForm;
    moderator: Moderator;
    onlyWaiting: boolean;
  },
): Promise<{ open: LockedComment[]; repeated: LockedComment[]; overtaken: Overtaken[] }> {
  const ids = [...locked.keys()];
  const events = await lastEvents(trx, { subjectKind: 'comment', subjectIds: ids });
  const above = await listDecidedAbove(trx, { ids, moderator });
  const sorted = { open: [] as LockedComment[], repeated: [] as LockedComment[], overtaken: [] as Overtaken[] };
  for (const comment of locked.values()) {
    const event = events.get(comment.id);
    const seen = decision.seen.get(comment.id);
    const late = seen !== undefined && event !== undefined && event.id !== seen;
    const overtaken = late || above.has(comment.id);
    const { status, unconfirmed_spam } = comment;
    const next = nextStatus(status, decision.action, unconfirmed_spam);
    const impossible = !next || (onlyWaiting && status !== 'pending');
    if (!overtaken && !impossible) sorted.open.push(comment);
    else if (event && isSameDecision(event, { decision, moderator })) sorted.repeated.push(comment);
    else sorted.overtaken.push({ id: comment.id, status: comment.status, event });
  }
  return sorted;
}

// A form that was sent twice: what it asks for is what this very moderator did last, in the same words.
function isSameDecision(
  { actor_id, action, reason, note }: ToldEvent,
  { decision, moderator }: { decision: DecisionForm; moderator: Moderator },
): boolean {
  const sameWords = reason === decision.reason && note === decision.note;
  return actor_id === moderator.viewer.id && action === decision.action && sameWords;
}

async function publishReply(trx: Transaction<Database>, reply: Submission): Promise<void> {
  const outcome = (await findFirstAnswer(trx, reply)) ?? (await writeComment(trx, reply));
  if (outcome.kind !== 'posted' && outcome.kind !== 'repeated') throw new CannotReply(outcome);
}

// Takes the approval back together with the reply.
class CannotReply extends Error {
  override readonly name = 'CannotReply';
  readonly outcome: ReplyRefused['refused'];

  constructor(outcome: ReplyRefused['refused']) {
    super(outcome.kind);
    this.outcome = outcome;
  }
}
