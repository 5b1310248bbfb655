import { readFields } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import { choiceOf, type RuleChoice, type RuleSettings } from '../rules/rule.ts';

/** From which score on, in hundredths, a comment is held or taken for spam; null: none is. */
export type Thresholds = RuleSettings['learned'];

const names = ['held', 'spam', 'on'] as const;

/** The thresholds as a form holds them, and whether they are in force. */
export type ThresholdFields = Record<(typeof names)[number], string>;

/** What is wrong with one of them. */
export interface ThresholdError {
  readonly field: keyof ThresholdFields;
  readonly message: Message;
}

/** What is set, as the form shows it. */
export function fieldsOf(rules: readonly RuleChoice[]): ThresholdFields {
  const { enabled, settings } = choiceOf(rules, 'learned');
  return { held: String(settings.held ?? ''), spam: String(settings.spam ?? ''), on: enabled ? 'on' : '' };
}

/** Picks the thresholds out of what was sent. */
export function readThresholds(body: unknown): ThresholdFields {
  return readFields(body, names);
}

/** Checks what was typed. @returns the thresholds, or what is wrong with them. */
export function checkThresholds(fields: ThresholdFields): Thresholds | ThresholdError[] {
  const [held, spam] = [readScore(fields.held), readScore(fields.spam)];
  const errors: ThresholdError[] = [];
  if (held === undefined) errors.push({ field: 'held', message: { key: 'learner.wrongScore' } });
  if (spam === undefined) errors.push({ field: 'spam', message: { key: 'learner.wrongScore' } });
  if (held && spam && spam <= held) errors.push({ field: 'spam', message: { key: 'learner.wrongOrder' } });
  return held === undefined || spam === undefined || errors.length > 0 ? errors : { held, spam };
}

/** The rules with these thresholds, on or off. */
export function withThresholds(
  rules: readonly RuleChoice[],
  { thresholds, on }: { thresholds: Thresholds; on: boolean },
): RuleChoice[] {
  return rules.map((rule) => (rule.name === 'learned' ? { ...rule, enabled: on, settings: thresholds } : rule));
}

// Nothing typed: null; anything but such a number: undefined.
function readScore(text: string): number | null | undefined {
  const typed = text.trim();
  if (typed === '') return null;
  return /^(?:[1-9]\d?|100)$/.test(typed) ? Number(typed) : undefined;
}
