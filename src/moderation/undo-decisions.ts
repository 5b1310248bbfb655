import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import { reopenAppeals } from '../appeals/queries.ts';
import type { CommentStatus } from '../comments/lifecycle.ts';
import { changeStatus, type LockedComment, lockWithAncestors, type TakenBack } from '../comments/transition.ts';
import type { Database } from '../database.ts';
import { type DoneEvent, lastEvents, listForUndo, type ToldEvent } from '../events/queries.ts';
import { standingOf } from '../events/standing.ts';
import { reopenReports } from '../reports/settle.ts';
import type { Overtaken } from './decide.ts';
import type { Moderator } from './moderator.ts';
import { filterReachable } from './queries.ts';
import type { UndoOutcome } from './undo-outcome.ts';

/**
 * Takes back what was done to comments in one go: each stands again where it stood before.
 *
 * @param done events about comments, that can be undone.
 * @param partly undo the rest, where something else has happened to some since.
 * @param batch UUID that the events share, with what else is taken back in one go; none: one of their own, where they are
 * several.
 */
export async function undoDecisions(
  trx: Transaction<Database>,
  {
    done,
    partly,
    batch,
    moderator,
    now,
  }: { done: readonly DoneEvent[]; partly: boolean; batch?: string; moderator: Moderator; now: Date },
): Promise<UndoOutcome> {
  const reachable = await filterReachable(trx, { ids: done.map(({ subject_id }) => subject_id), moderator });
  const locked = await lockWithAncestors(trx, reachable);
  const { ready, repeated, overtaken } = await sortOut(trx, { done, locked, moderator });
  const [again] = repeated;
  if (ready.length === 0 && again) return { kind: 'undone', count: repeated.length, eventId: again.id };
  if (ready.length === 0 && overtaken.length === 0) return { kind: 'unknown' };
  if (ready.length === 0 || (overtaken.length > 0 && !partly))
    return { kind: 'moved_on', overtaken, rest: ready.length };
  await changeStatus(
    trx,
    ready.map(({ comment }) => comment),
    {
      action: 'undo',
      takenBack: new Map(ready.map(({ comment, takenBack }) => [comment.id, takenBack])),
      actorId: moderator.viewer.id,
      batch: batch ?? (ready.length > 1 ? randomUUID() : undefined),
      now,
    },
  );
  // What these decisions had answered is open again.
  const eventIds = ready.map(({ takenBack }) => takenBack.eventId);
  await reopenAppeals(trx, { eventIds });
  await reopenReports(trx, { eventIds });
  const ids = ready.map(({ comment }) => comment.id);
  const events = await lastEvents(trx, { subjectKind: 'comment', subjectIds: ids });
  return { kind: 'undone', count: ready.length, eventId: (events.get(ids[0] as number) as ToldEvent).id };
}

interface Sorted {
  readonly ready: { readonly comment: LockedComment; readonly takenBack: TakenBack }[];
  readonly repeated: ToldEvent[];
  readonly overtaken: Overtaken[];
}

// What is to be undone has to be the last that holds of what happened: else somebody has built on it.
async function sortOut(
  trx: Transaction<Database>,
  {
    done,
    locked,
    moderator,
  }: { done: readonly DoneEvent[]; locked: ReadonlyMap<number, LockedComment>; moderator: Moderator },
): Promise<Sorted> {
  const subjects = { subjectKind: 'comment', subjectIds: [...locked.keys()] } as const;
  const [latest, histories] = [await lastEvents(trx, subjects), await listForUndo(trx, subjects)];
  const sorted: Sorted = { ready: [], repeated: [], overtaken: [] };
  for (const { id, subject_id, from_status } of done) {
    const comment = locked.get(subject_id);
    const last = latest.get(subject_id);
    if (!comment || !last) continue;
    if (standingOf(histories.get(subject_id) ?? []).undoable.has(id)) {
      sorted.ready.push({ comment, takenBack: { eventId: id, from: from_status as CommentStatus } });
    } else if (last.undoes === id && last.actor_id === moderator.viewer.id) {
      sorted.repeated.push(last);
    } else sorted.overtaken.push({ id: subject_id, status: comment.status, event: last });
  }
  return sorted;
}
