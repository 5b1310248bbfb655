import { permissions } from '../accounts/permissions.ts';
import { undoableChanges } from '../accounts/take-back-change.ts';
import { undoable } from '../comments/lifecycle.ts';
import type { DoneEvent } from '../events/queries.ts';
import { canBeTakenBack, mayTakeBack } from '../posts/may-take-back.ts';
import type { Moderator } from './moderator.ts';

type Doing = Pick<DoneEvent, 'subject_kind' | 'action' | 'actor_id' | 'numbers'> & {
  /** Whether it is about a post of which the asker is an author. */
  readonly on_own_post?: boolean;
};

/**
 * Whether somebody may take an event back: authors only what they did themselves, what moderators decide stands above it; of
 * posts whatever they may write on.
 */
export function mayUndo(event: Doing, { viewer, reach }: Moderator): boolean {
  if (!isUndoable(event)) return false;
  if (event.subject_kind === 'post')
    return mayTakeBack({ role: viewer.role, isOwn: event.on_own_post ?? false, numbers: event.numbers });
  if (reach === 'none') return false;
  if (isOfSettings(event)) return permissions[viewer.role].manage_settings === 'all';
  if (isOfEdit(event)) return permissions[viewer.role].take_back_edits === 'all' || event.actor_id === viewer.id;
  if (event.subject_kind === 'account') return permissions[viewer.role].manage_people === 'all';
  // Who is trusted or shut out, the whole site feels.
  return reach === 'all' || (event.subject_kind !== 'standing' && event.actor_id === viewer.id);
}

/** Whether an event is something that moderators do, and can be taken back. */
export function isUndoable({ subject_kind, action, actor_id, numbers }: Doing): boolean {
  if (actor_id === null) return false;
  if (subject_kind === 'comment') return undoable.includes(action) || isOfEdit({ subject_kind, numbers });
  if (subject_kind === 'standing') return true;
  if (subject_kind === 'account') return undoableChanges.includes(action);
  if (subject_kind === 'post') return canBeTakenBack({ action, numbers });
  if (isOfSettings({ subject_kind, numbers })) return numbers.fields !== undefined;
  if (subject_kind === 'appeal') return action === 'uphold';
  if (subject_kind === 'report') return action === 'dismiss';
  if (subject_kind === 'conversation' && ['set_mode', 'set_closing'].includes(action)) return true;
  // Closings of earlier versions did not write down what they changed.
  const marks = ['closure', 'days_before', 'own_before', 'slow_before', 'pinned_before', 'switched'];
  const known = marks.some((name) => numbers[name] !== undefined);
  const closable = ['conversation', 'branch', 'site'].includes(subject_kind);
  return (
    closable &&
    known &&
    ['close', 'close_later', 'reopen', 'set_pace', 'set_rules', 'pin', 'unpin', 'undo'].includes(action)
  );
}

/** Whether an event is an edit of the staff, what a rule did by it, or the undo of either. */
export function isOfEdit({ subject_kind, numbers }: Pick<Doing, 'subject_kind' | 'numbers'>): boolean {
  return subject_kind === 'comment' && numbers.revision !== undefined;
}

/** Whether an event is of the settings of the site, and not of its conversations. */
export function isOfSettings({ subject_kind, numbers }: Pick<Doing, 'subject_kind' | 'numbers'>): boolean {
  return subject_kind === 'site' && numbers.version !== undefined;
}
