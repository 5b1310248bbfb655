import type { Kysely } from 'kysely';
import { permissions } from '../accounts/permissions.ts';
import { undoable } from '../comments/lifecycle.ts';
import type { Database } from '../database.ts';
import { type DoneEvent, listDoneTogether } from '../events/queries.ts';
import type { Moderator } from './decide.ts';
import { undoAnswers } from './undo-answers.ts';
import { undoClosing } from './undo-closing.ts';
import { undoDecisions } from './undo-decisions.ts';
import type { UndoOutcome } from './undo-outcome.ts';
import { undoSettings } from './undo-settings.ts';
import { undoStanding } from './undo-standing.ts';

/**
 * Takes back what was done, with all that was done along with it: everything is again as it was before. It is a new event
 * that names the one it takes back.
 *
 * @param eventId any of those that were done together.
 * @param partly undo the rest, where something else has happened to some since.
 */
export function undo(
  db: Kysely<Database>,
  { eventId, partly, moderator, now }: { eventId: number; partly: boolean; moderator: Moderator; now: Date },
): Promise<UndoOutcome> {
  return db.transaction().execute(async (trx) => {
    const done = (await listDoneTogether(trx, eventId)).filter((event) => mayUndo(event, moderator));
    const [event] = done;
    if (event?.subject_kind === 'standing') return undoStanding(trx, { event, moderator, now });
    if (event && isOfSettings(event)) return undoSettings(trx, { event, partly, moderator, now });
    if (event?.subject_kind === 'appeal' || event?.subject_kind === 'report')
      return undoAnswers(trx, { done, moderator, now });
    const closing = done.find(({ subject_kind }) => subject_kind !== 'comment');
    const decisions = done.filter(({ subject_kind }) => subject_kind === 'comment');
    if (closing) return undoClosing(trx, { event: closing, decisions, partly, moderator, now });
    return undoDecisions(trx, { done: decisions, partly, moderator, now });
  });
}

type Doing = Pick<DoneEvent, 'subject_kind' | 'action' | 'actor_id' | 'numbers'>;

/** Whether somebody may take an event back: authors only what they did themselves, what moderators decide stands above it. */
export function mayUndo(event: Doing, { viewer, reach }: Moderator): boolean {
  if (!isUndoable(event)) return false;
  if (isOfSettings(event)) return permissions[viewer.role].manage_settings === 'all';
  // Who is trusted or shut out, the whole site feels.
  return reach === 'all' || (event.subject_kind !== 'standing' && event.actor_id === viewer.id);
}

/** Whether an event is something that moderators do, and can be taken back. */
export function isUndoable({ subject_kind, action, actor_id, numbers }: Doing): boolean {
  if (actor_id === null) return false;
  if (subject_kind === 'comment') return undoable.includes(action);
  if (subject_kind === 'standing') return true;
  if (isOfSettings({ subject_kind, numbers })) return numbers.fields !== undefined;
  if (subject_kind === 'appeal') return action === 'uphold';
  if (subject_kind === 'report') return action === 'dismiss';
  if (subject_kind === 'conversation' && ['set_mode', 'set_closing'].includes(action)) return true;
  // Closings of earlier versions did not write down what they changed.
  const marks = ['closure', 'days_before', 'own_before', 'slow_before', 'pinned_before'];
  const known = marks.some((name) => numbers[name] !== undefined);
  const closable = ['conversation', 'branch', 'site'].includes(subject_kind);
  return closable && known && ['close', 'close_later', 'reopen', 'set_pace', 'pin', 'unpin', 'undo'].includes(action);
}

/** Whether an event is of the settings of the site, and not of its conversations. */
export function isOfSettings({ subject_kind, numbers }: Pick<Doing, 'subject_kind' | 'numbers'>): boolean {
  return subject_kind === 'site' && numbers.version !== undefined;
}
