import type { Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { type DoneEvent, listEvents } from '../events/queries.ts';
import { takeBackRules } from '../rules/save-rules.ts';
import { takeBackSettings } from '../site/take-back-settings.ts';
import type { Moderator } from './moderator.ts';
import type { UndoOutcome } from './undo-outcome.ts';

/**
 * Takes back a change of the settings or the rules, where nothing of it was set since.
 *
 * @param partly undo the rest, where some of it was.
 */
export async function undoSettings(
  trx: Transaction<Database>,
  { event, partly, moderator, now }: { event: DoneEvent; partly: boolean; moderator: Moderator; now: Date },
): Promise<UndoOutcome> {
  const takeBack = event.numbers.rules === undefined ? takeBackSettings : takeBackRules;
  const outcome = await takeBack(trx, { eventId: event.id, partly, actorId: moderator.viewer.id, now });
  if (outcome.kind === 'undone') return { kind: 'undone', count: 1, eventId: outcome.eventId };
  const events = await listEvents(trx, [...outcome.since.keys()]);
  const since = events.map((each) => ({ event: each, fields: outcome.since.get(each.id) ?? {} }));
  return { kind: 'settings_moved_on', since, rest: outcome.rest };
}
