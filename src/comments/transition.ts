import { sql, type Transaction } from 'kysely';
import { announceWaiting } from '../alerts/announce.ts';
import { closeAppealsOfDecided, closeAppealsOfReturned } from '../appeals/queries.ts';
import { isAppealable } from '../appeals/standing.ts';
import type { Database } from '../database.ts';
import { decidingEvents } from '../events/deciding.ts';
import { recordEvent } from '../events/queries.ts';
import { announceDecision, announceReadable, endOwn } from '../following/announce.ts';
import { ask } from '../pipeline.ts';
import { type Step, settleReports } from '../reports/settle.ts';
import { countsChanged, type StatusMove } from './counts.ts';
import { eraseWords } from './erase.ts';
import { vouches } from './leads.ts';
import { type CommentAction, type CommentStatus, isErased, isReadable, nextStatus } from './lifecycle.ts';
import { findJudgements } from './queries.ts';
import type { Comment } from './table.ts';
import { announceToService } from './tell-outside.ts';

/** What a transition needs of a comment that was locked for it. */
export type LockedComment = Pick<
  Comment,
  'id' | 'conversation_id' | 'parent_id' | 'status' | 'shown' | 'unconfirmed_spam'
>;

/** What an undo takes back: an event, and the status that it led away from. */
export interface TakenBack {
  readonly eventId: number;
  readonly from: CommentStatus;
}

/** Who changes a status, and why. */
export interface Change {
  readonly action: CommentAction | 'undo';
  /** What is done with comments for which the action is not possible; nothing where it is missing. */
  readonly otherwise?: CommentAction | undefined;
  /** Of an undo: what it takes back of each comment, by the comment's id. */
  readonly takenBack?: ReadonlyMap<number, TakenBack> | undefined;
  readonly actorId: number | undefined;
  /** UUID shared by what was done in one go. */
  readonly batch?: string | undefined;
  readonly reason?: string | undefined;
  readonly note?: string | undefined;
  /** The rule that decided, where none of the staff did, and the numbers that its sentence names. */
  readonly rule?: string | undefined;
  readonly numbers?: Readonly<Record<string, number>> | undefined;
  readonly now: Date;
}

/**
 * Locks comments and everything above them, from the lowest id up (a parent is older than its replies), so that two who
 * decide on one branch wait for each other and never block each other. The lock leaves the rows' keys alone: a reply holds
 * its parent, and the foreign key to the root of its branch must not wait for whoever waits for that parent.
 *
 * @returns the comments asked for, by id; what does not exist is missing.
 */
export async function lockWithAncestors(
  trx: Transaction<Database>,
  ids: readonly number[],
): Promise<Map<number, LockedComment>> {
  const { rows } = await sql<LockedComment>`
    with recursive branch as (
      select id, parent_id from comment where id = any(${ids})
      union
      select above.id, above.parent_id from comment above join branch on above.id = branch.parent_id
    )
    select comment.id, comment.conversation_id, comment.parent_id, comment.status, comment.shown, comment.unconfirmed_spam
    from comment
    where comment.id in (select id from branch)
    order by comment.id
    for no key update`.execute(trx);
  const wanted = new Set(ids);
  return new Map(rows.filter((row) => wanted.has(row.id)).map((row) => [row.id, row]));
}

/**
 * The one place where statuses change: the rows, what of their branches is shown, the counts, and the events, together. What
 * is deleted or expires loses its words on the way.
 *
 * @param comments locked by `lockWithAncestors`.
 * @returns the new status of each that changed, by id; where the action is not possible nothing happens.
 */
export async function changeStatus(
  trx: Transaction<Database>,
  comments: Iterable<LockedComment>,
  change: Change,
): Promise<Map<number, CommentStatus>> {
  const changed = new Map<number, CommentStatus>();
  const steps = new Map<number, Step>();
  const moves: StatusMove[] = [];
  for (const comment of comments) {
    const takenBack = change.takenBack?.get(comment.id);
    const action = actionFor(comment, change);
    const to = action === 'undo' ? takenBack?.from : nextStatus(comment.status, action, comment.unconfirmed_spam);
    if (!to) continue;
    if (isErased(to)) await eraseWords(trx, comment.id);
    if (isReadable(to)) await approve(trx, comment.id);
    else
      await hide(trx, comment, {
        status: to,
        heldBy: to === 'pending' || to === 'spam' ? change.rule : undefined,
        byRule: change.rule !== undefined,
      });
    await announce(trx, { comment, to, now: change.now });
    const eventId = await recordEvent(trx, {
      subjectKind: 'comment',
      subjectId: comment.id,
      action,
      from: comment.status,
      to,
      actorId: change.actorId,
      batch: change.batch,
      undoes: takenBack?.eventId,
      reason: change.reason,
      note: change.note,
      rule: change.rule,
      numbers: change.numbers,
      now: change.now,
    });
    changed.set(comment.id, to);
    steps.set(comment.id, { to, eventId });
    moves.push({ conversationId: comment.conversation_id, from: comment.status, to });
  }
  if (change.action === 'undo') {
    await knowUnconfirmed(trx, changed);
    await forgetPlaces(trx, changed);
  }
  await answerWhoWaits(trx, { steps, change });
  await announceWaiting(trx, { commentIds: [...changed].flatMap(([id, to]) => (to === 'pending' ? [id] : [])) });
  if (change.actorId !== undefined) await announceToService(trx, { commentIds: [...changed.keys()] });
  // Nobody is to decide on it any more, or somebody has to be found anew.
  if (changed.size > 0)
    await trx
      .deleteFrom('hand_over')
      .where('comment_id', 'in', [...changed.keys()])
      .execute();
  const erased = [...changed].flatMap(([id, to]) => (isErased(to) ? [id] : []));
  await endOwn(trx, { commentIds: erased });
  await ask(trx, countsChanged(moves));
  return changed;
}

function actionFor({ status, unconfirmed_spam }: LockedComment, { action, otherwise }: Change): CommentAction | 'undo' {
  return action === 'undo' || nextStatus(status, action, unconfirmed_spam) ? action : (otherwise ?? action);
}

// What is spam again after an undo may stand there by a rule alone, as before.
async function knowUnconfirmed(trx: Transaction<Database>, changed: ReadonlyMap<number, CommentStatus>): Promise<void> {
  const spam = [...changed].flatMap(([id, status]) => (status === 'spam' ? [{ id, status }] : []));
  const deciding = await decidingEvents(trx, spam);
  const byRule = spam.flatMap(({ id }) => (deciding.get(id)?.rule ? [id] : []));
  if (byRule.length > 0)
    await trx.updateTable('comment').set({ unconfirmed_spam: true }).where('id', 'in', byRule).execute();
}

// What stands again since a decision was taken back vouches for its places as it did before: where a rule published it, only if it did.
async function forgetPlaces(trx: Transaction<Database>, changed: ReadonlyMap<number, CommentStatus>): Promise<void> {
  const approved = [...changed].flatMap(([id, status]) => (status === 'approved' ? [{ id, status }] : []));
  const deciding = await decidingEvents(trx, approved);
  const byRule = approved.flatMap(({ id }) => (deciding.get(id)?.rule ? [id] : []));
  const judgements = await findJudgements(trx, byRule);
  const unknown = byRule.filter((id) => {
    const facts = judgements.get(id)?.facts;
    return !facts || !vouches({ status: 'approved', facts });
  });
  if (unknown.length > 0)
    await trx.updateTable('comment_place').set({ known: false }).where('comment_id', 'in', unknown).execute();
}

// What was asked for, by an appeal or a report, may just have happened.
async function answerWhoWaits(
  trx: Transaction<Database>,
  { steps, change: { takenBack, now } }: { steps: ReadonlyMap<number, Step>; change: Change },
): Promise<void> {
  const returned = [...steps].flatMap(([id, { to, eventId }]) =>
    to === 'approved' || to === 'pending' ? [[id, eventId] as const] : [],
  );
  const decided = [...steps].flatMap(([id, { to, eventId }]) =>
    isAppealable(to) ? [[id, { eventId, undoes: takenBack?.get(id)?.eventId }] as const] : [],
  );
  await closeAppealsOfReturned(trx, { returned: new Map(returned), now });
  await closeAppealsOfDecided(trx, { decided: new Map(decided), now });
  await settleReports(trx, { steps, now });
}

async function announce(
  trx: Transaction<Database>,
  { comment, to, now }: { comment: LockedComment; to: CommentStatus; now: Date },
): Promise<void> {
  const { id: commentId, conversation_id: conversationId, parent_id: parentId } = comment;
  if (isReadable(to)) await announceReadable(trx, { commentId, conversationId, parentId, now });
  if (!isErased(to)) await announceDecision(trx, { commentId });
}

// What is approved shows, and everything above it at least as a placeholder.
async function approve(trx: Transaction<Database>, id: number): Promise<void> {
  const approved = { status: 'approved', shown: true, unconfirmed_spam: false } as const;
  await trx.updateTable('comment').set(approved).where('id', '=', id).execute();
  await sql`
    with recursive above as (
      select parent.id, parent.parent_id from comment parent
      where parent.id = (select parent_id from comment where id = ${id}) and not parent.shown
      union
      select parent.id, parent.parent_id from comment parent join above on parent.id = above.parent_id where not parent.shown
    )
    update comment set shown = true where id in (select id from above)`.execute(trx);
}

// What is hidden stays as a placeholder while something below it shows; else its parent may have to go too, and so on.
async function hide(
  trx: Transaction<Database>,
  comment: LockedComment,
  { status, heldBy, byRule }: { status: CommentStatus; heldBy: string | undefined; byRule: boolean },
): Promise<void> {
  const held = heldBy === undefined ? {} : { held_by: heldBy };
  await trx
    .updateTable('comment')
    .set({ status, unconfirmed_spam: byRule && status === 'spam', ...held })
    .where('id', '=', comment.id)
    .execute();
  let id: number | null = comment.shown ? comment.id : null;
  while (id !== null) id = await hideUnlessNeeded(trx, id);
}

// @returns the parent, to be looked at next; null where it can stay as it is.
async function hideUnlessNeeded(trx: Transaction<Database>, id: number): Promise<number | null> {
  const hidden = await trx
    .updateTable('comment')
    .set({ shown: false })
    .where('id', '=', id)
    .where('status', '<>', 'approved')
    .where('shown', '=', true)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('comment as reply')
            .select('reply.id')
            .where('reply.parent_id', '=', id)
            .where('reply.shown', '=', true),
        ),
      ),
    )
    .returning('parent_id')
    .executeTakeFirst();
  return hidden?.parent_id ?? null;
}
