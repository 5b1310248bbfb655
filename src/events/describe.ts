import type { Dates } from '../http/dates.ts';
import type { Message } from '../http/messages.ts';
import type { ToldEvent } from './queries.ts';

const told = [
  'post',
  'approve',
  'reject',
  'spam',
  'remove',
  'restore',
  'hold',
  'edit',
  'delete',
  'expire',
  'close',
  'close_later',
  'reopen',
  'undo',
  'create',
  'publish',
  'schedule',
  'unpublish',
  'set_mode',
  'set_closing',
  'set_pace',
  'set_rules',
  'pin',
  'unpin',
  'hand_over',
  'hand_back',
  'settings_saved',
  'rules_saved',
  'outside_key_set',
  'joined',
  'invited',
  'invitation_withdrawn',
  'role_changed',
  'disabled',
  'enabled',
  'first_start',
  'stand_trusted',
  'stand_held',
  'stand_timed_out',
  'stand_banned',
  'end_standing',
  'appeal',
  'uphold',
  'dismiss',
] as const;

/** Says in one sentence what happened to a comment or a conversation, who did it and when; the same words everywhere. */
export function describeEvent(
  event: Pick<ToldEvent, 'action' | 'actor_name' | 'created_at' | 'rule'>,
  dates: Dates,
): Message {
  const action = told.find((each) => each === event.action) ?? 'other';
  const when = dates.minute(event.created_at);
  if (action === 'hold' && event.rule === 'reports') return { key: 'event.hold.reports', values: { when } };
  if (event.actor_name === null) return { key: `event.${action}.byNobody`, values: { when } };
  return { key: `event.${action}`, values: { when, actor: event.actor_name } };
}
