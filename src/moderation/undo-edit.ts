import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import { reopenAppeals } from '../appeals/queries.ts';
import type { CommentStatus } from '../comments/lifecycle.ts';
import { swapTexts } from '../comments/take-back-edit.ts';
import { changeStatus, type LockedComment, lockWithAncestors } from '../comments/transition.ts';
import type { Database } from '../database.ts';
import { type DoneEvent, lastEvents, listDoneTogether, listForUndo, recordEvent } from '../events/queries.ts';
import { standingOf } from '../events/standing.ts';
import { reopenReports } from '../reports/settle.ts';
import { mayUndo } from './may-undo.ts';
import type { Moderator } from './moderator.ts';
import { filterReachable } from './queries.ts';
import type { UndoOutcome } from './undo-outcome.ts';

interface Undoing {
  readonly done: readonly DoneEvent[];
  readonly revisionId: number;
  readonly moderator: Moderator;
  readonly now: Date;
}

/**
 * Takes back what one of the staff made of an own comment, or the undo of that: it says again what it said before, and where
 * a rule had held it for the edit, it stands again where it stood.
 *
 * @param undoing `done`: the edit, and what a rule did by it, in their order; or the undo of both.
 */
export async function undoEdit(trx: Transaction<Database>, undoing: Undoing): Promise<UndoOutcome> {
  const { done, moderator } = undoing;
  const [first, latest] = [done[0] as DoneEvent, done.at(-1) as DoneEvent];
  const commentId = first.subject_id;
  const reachable = await filterReachable(trx, { ids: [commentId], moderator });
  const comment = (await lockWithAncestors(trx, reachable)).get(commentId);
  if (!comment) return { kind: 'unknown' };
  const subjects = { subjectKind: 'comment', subjectIds: [commentId] } as const;
  const last = (await lastEvents(trx, subjects)).get(commentId);
  const history = (await listForUndo(trx, subjects)).get(commentId) ?? [];
  const { undoable } = standingOf(history);
  if (undoable.has(latest.id)) return await takeBack(trx, { ...undoing, comment });
  if (last?.undoes === first.id && last.actor_id === moderator.viewer.id)
    return { kind: 'undone', count: 1, eventId: last.id };
  const instead = await findInstead(trx, { eventId: history.at(-1)?.id, moderator });
  return { kind: 'edit_moved_on', overtaken: { id: commentId, status: comment.status, event: last }, instead };
}

// From the last to the first, as all is taken back.
async function takeBack(
  trx: Transaction<Database>,
  { done, revisionId, moderator, comment, now }: Undoing & { comment: LockedComment },
): Promise<UndoOutcome> {
  const taking = {
    action: 'undo',
    actorId: moderator.viewer.id,
    batch: done.length > 1 ? randomUUID() : undefined,
    numbers: { revision: revisionId },
    now,
  } as const;
  let eventId: number | undefined;
  for (const { id, from_status: from } of done.toReversed()) {
    if (from === null) {
      await swapTexts(trx, { commentId: comment.id, revisionId, now });
      eventId = await recordEvent(trx, { subjectKind: 'comment', subjectId: comment.id, undoes: id, ...taking });
    } else {
      const takenBack = new Map([[comment.id, { eventId: id, from: from as CommentStatus }]]);
      await changeStatus(trx, [comment], { ...taking, takenBack });
    }
  }
  const eventIds = done.map(({ id }) => id);
  await reopenAppeals(trx, { eventIds });
  await reopenReports(trx, { eventIds });
  return { kind: 'undone', count: 1, eventId };
}

// What happened last to the comment can be undone first, by who may undo that.
async function findInstead(
  trx: Transaction<Database>,
  { eventId, moderator }: { eventId: number | undefined; moderator: Moderator },
): Promise<number | undefined> {
  if (eventId === undefined) return undefined;
  const event = (await listDoneTogether(trx, eventId)).find(({ id }) => id === eventId);
  return event && mayUndo(event, moderator) ? eventId : undefined;
}
