import type { Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { type DoneEvent, lastEvents, listForUndo } from '../events/queries.ts';
import { standingOf } from '../events/standing.ts';
import { takeBackStanding } from '../persons/give.ts';
import { takeTurn } from '../turns.ts';
import type { Moderator } from './moderator.ts';
import type { UndoOutcome } from './undo-outcome.ts';

/** Takes back what was decided about a person. Waits for the replies that are being stored, as the decision did. */
export async function undoStanding(
  trx: Transaction<Database>,
  { event, moderator, now }: { event: DoneEvent; moderator: Moderator; now: Date },
): Promise<UndoOutcome> {
  await takeTurn(trx, { about: 'site', id: 1 });
  const subjects = { subjectKind: 'standing', subjectIds: [event.subject_id] } as const;
  const actorId = moderator.viewer.id;
  const last = (await lastEvents(trx, subjects)).get(event.subject_id);
  if (last?.undoes === event.id && last.actor_id === actorId) return { kind: 'undone', count: 1, eventId: last.id };
  const { undoable } = standingOf((await listForUndo(trx, subjects)).get(event.subject_id) ?? []);
  const eventId = undoable.has(event.id) ? await takeBackStanding(trx, { event, actorId, now }) : undefined;
  return eventId === undefined ? { kind: 'standing_moved_on', last } : { kind: 'undone', count: 1, eventId };
}
