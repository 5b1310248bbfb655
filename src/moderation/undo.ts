import { randomUUID } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import { type CommentStatus, undoable } from '../comments/lifecycle.ts';
import { changeStatus, type LockedComment, lockWithAncestors, type TakenBack } from '../comments/transition.ts';
import type { Database } from '../database.ts';
import { lastEvents, listDoneTogether, listForUndo, type ToldEvent } from '../events/queries.ts';
import { standingOf } from '../events/standing.ts';
import type { Moderator, Overtaken } from './decide.ts';
import { filterReachable } from './queries.ts';

/** What became of an undo. */
export type UndoOutcome =
  /** `eventId` is one of the events that say so, by which it can be undone itself. */
  | { readonly kind: 'undone'; readonly count: number; readonly eventId: number }
  /** Nothing was done: something else has happened to some of the comments since. The rest can still be undone. */
  | { readonly kind: 'moved_on'; readonly overtaken: readonly Overtaken[]; readonly rest: number }
  /** There is no such event, it is beyond this moderator's reach, or nothing that can be undone. */
  | { readonly kind: 'unknown' };

/**
 * Takes back what was done to a comment, with all that was done along with it: each stands again where it stood before. It
 * is a new event that names the one it takes back.
 *
 * @param eventId any of those that were done together.
 * @param partly undo the rest, where something else has happened to some since.
 */
export function undo(
  db: Kysely<Database>,
  { eventId, partly, moderator, now }: { eventId: number; partly: boolean; moderator: Moderator; now: Date },
): Promise<UndoOutcome> {
  return db.transaction().execute(async (trx) => {
    const done = (await listDoneTogether(trx, eventId)).filter(isUndoable);
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
        batch: ready.length > 1 ? randomUUID() : undefined,
        now,
      },
    );
    const ids = ready.map(({ comment }) => comment.id);
    const events = await lastEvents(trx, { subjectKind: 'comment', subjectIds: ids });
    return { kind: 'undone', count: ready.length, eventId: (events.get(ids[0] as number) as ToldEvent).id };
  });
}

type DoneEvent = Awaited<ReturnType<typeof listDoneTogether>>[number];

/** Whether an event is something that moderators do, and can take back. */
export function isUndoable({
  subject_kind,
  action,
  actor_id,
}: Pick<DoneEvent, 'subject_kind' | 'action' | 'actor_id'>): boolean {
  return subject_kind === 'comment' && actor_id !== null && undoable.includes(action);
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
