import type { Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { type DoneEvent, lastEvents } from '../events/queries.ts';
import { takeBackRules } from '../rules/save-rules.ts';
import { takeBackSettings } from '../site/settings.ts';
import type { Moderator } from './decide.ts';
import type { UndoOutcome } from './undo-outcome.ts';

/** Takes back a change of the settings or the rules, where what it set is still set so. */
export async function undoSettings(
  trx: Transaction<Database>,
  { event, moderator, now }: { event: DoneEvent; moderator: Moderator; now: Date },
): Promise<UndoOutcome> {
  const takeBack = event.numbers.rules === undefined ? takeBackSettings : takeBackRules;
  const eventId = await takeBack(trx, { eventId: event.id, actorId: moderator.viewer.id, now });
  if (eventId !== undefined) return { kind: 'undone', count: 1, eventId };
  const last = (await lastEvents(trx, { subjectKind: 'site', subjectIds: [event.subject_id] })).get(event.subject_id);
  // A form that was sent twice.
  if (last?.undoes === event.id && last.actor_id === moderator.viewer.id)
    return { kind: 'undone', count: 1, eventId: last.id };
  return { kind: 'settings_moved_on', last };
}
