import type { Event } from '../events/table.ts';
import type { Message, MessageKey } from '../http/messages.ts';
import type { RuleChoice } from '../rules/rule.ts';
import { nameField } from '../site/name-field.ts';
import type { ChangedFields, CommentMode, SettingValue } from '../site/table.ts';
import { asSite } from './close.ts';
import { switchesIn } from './rule-switches.ts';
import { daysIn } from './take-back-closing.ts';
import { modesIn, type NamedMode } from './take-back-mode.ts';

/** A change of one setting in words. */
export interface SettingWords {
  readonly field: MessageKey;
  readonly before: Message;
  readonly after: Message;
}

/** Says in words what a change of the site’s settings or rules changed. */
export function wordSiteSettings(fields: ChangedFields): SettingWords[] {
  return Object.entries(fields).map(([name, { before, after }]) => ({
    field: nameField(name),
    before: wordValue(name, before),
    after: wordValue(name, after),
  }));
}

/**
 * Says in words what an event changed of the settings of a conversation: who may reply, after how many days it closes by
 * itself, how often one person may speak, which rules hold.
 */
export function wordConversationSettings(
  event: Pick<Event, 'action' | 'from_status' | 'to_status' | 'numbers'>,
): SettingWords[] {
  const modes = modesIn(event);
  const days = daysIn(event);
  const { slow_before, slow_after } = event.numbers;
  const changes: SettingWords[] = [];
  if (modes) changes.push({ field: 'writing.mode', before: wordMode(modes.before), after: wordMode(modes.after) });
  for (const kind of ['age', 'quiet'] as const) {
    const { before, after } = days?.[kind] ?? {};
    if (before !== undefined && after !== undefined && before !== after)
      changes.push({ field: `settings.conversation.${kind}`, before: wordDays(before), after: wordDays(after) });
  }
  if (slow_before !== undefined && slow_after !== undefined)
    changes.push({ field: 'pace.label', before: wordPace(slow_before), after: wordPace(slow_after) });
  for (const { rule, before, after } of switchesIn(event))
    changes.push({ field: `rules.title.${rule}`, before: wordSwitch(before), after: wordSwitch(after) });
  return changes;
}

function wordValue(name: string, value: SettingValue): Message {
  if (Array.isArray(value)) return wordOrder(value);
  if (typeof value === 'object' && value !== null) return wordRule(value as RuleChoice);
  if (typeof value === 'boolean') return { key: value ? 'settings.yes' : 'settings.no' };
  if (value === null) return { key: 'settings.value.never' }; // of days
  if (value === '') return { key: 'settings.nothing' };
  switch (name) {
    case 'comment_mode':
      return { key: `settings.mode.${value as CommentMode}` };
    case 'close_after_days':
    case 'close_after_quiet_days':
      return { key: 'settings.value.days', values: { value } };
    case 'edit_minutes':
      return { key: 'settings.value.minutes', values: { value } };
    case 'title':
    case 'tagline':
      return { key: 'settings.value.words', values: { value } };
    default:
      return { key: typeof value === 'number' ? 'settings.value.number' : 'settings.value.plain', values: { value } };
  }
}

// Lists can be long; what stands first in them is enough to know them by.
function wordRule({ name, enabled, settings }: RuleChoice): Message {
  if (name === 'outside') {
    const { url, found, network } = settings;
    const values = { on: String(enabled), named: String(url !== ''), url, found, network: String(network) };
    return { key: 'log.rule.outside', values };
  }
  const values = Object.values<string | number | boolean | null>(settings).map((value) =>
    typeof value === 'boolean' ? (value ? '✓' : '–') : String(value ?? '–').slice(0, 60),
  );
  return { key: 'log.rule', values: { on: String(enabled), value: values.join(', '), count: values.length } };
}

function wordOrder(names: readonly string[]): Message {
  return { key: 'settings.value.plain', values: { value: names.map((name) => name.replaceAll('_', ' ')).join(', ') } };
}

function wordMode(mode: NamedMode): Message {
  return { key: mode === 'site' ? 'settings.value.asSite' : `writing.mode.${mode}` };
}

function wordDays(days: number): Message {
  if (days === asSite) return { key: 'settings.value.asSite' };
  return days === 0 ? { key: 'settings.value.never' } : { key: 'settings.value.days', values: { value: days } };
}

function wordSwitch(value: boolean | undefined): Message {
  return { key: value === undefined ? 'settings.value.asSite' : value ? 'switches.on' : 'switches.off' };
}

function wordPace(minutes: number): Message {
  return { key: 'pace.choice', values: { minutes } };
}
