import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import { reopenAppeals } from '../appeals/queries.ts';
import type { Database } from '../database.ts';
import { type DoneEvent, lastEvents, recordEvents } from '../events/queries.ts';
import { reopenReports } from '../reports/settle.ts';
import type { Moderator } from './decide.ts';
import type { UndoOutcome } from './undo-outcome.ts';

/** Takes back answers that left a comment as it was: that a decision stands, or that reports were dismissed. They are open again. */
export async function undoAnswers(
  trx: Transaction<Database>,
  { done, moderator, now }: { done: readonly DoneEvent[]; moderator: Moderator; now: Date },
): Promise<UndoOutcome> {
  const [first] = done as [DoneEvent];
  const subjectKind = first.subject_kind;
  const eventIds = done.map(({ id }) => id);
  const open = new Set(await (subjectKind === 'appeal' ? reopenAppeals : reopenReports)(trx, { eventIds }));
  const undone = done.filter(({ subject_id }) => open.has(subject_id));
  if (undone.length === 0) {
    const last = (await lastEvents(trx, { subjectKind, subjectIds: [first.subject_id] })).get(first.subject_id);
    const again = last?.undoes === first.id && last.actor_id === moderator.viewer.id;
    return again ? { kind: 'undone', count: done.length, eventId: undefined } : { kind: 'answer_moved_on' };
  }
  const batch = undone.length > 1 ? randomUUID() : undefined;
  await recordEvents(
    trx,
    undone.map(({ id, subject_id }) => ({
      subjectKind,
      subjectId: subject_id,
      action: 'undo',
      undoes: id,
      actorId: moderator.viewer.id,
      batch,
      now,
    })),
  );
  return { kind: 'undone', count: undone.length, eventId: undefined };
}
