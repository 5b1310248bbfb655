import { readFields } from '../http/fields.ts';
import type { Message, MessageKey } from '../http/messages.ts';
import { readServiceUrl } from '../outside/service.ts';
import type { RuleChoice, SettableRule } from '../rules/rule.ts';
import { fieldName, type RuleField, settingsIn } from './rule-fields.ts';

/** The rules as a form holds them: their order, and what was typed into each field. */
export interface RulesForm {
  readonly order: readonly SettableRule[];
  readonly values: Readonly<Record<string, string>>;
}

/** One thing that is wrong with a field. */
export interface RuleError {
  readonly field: string;
  readonly message: Message;
}

/** The stored rules as the form shows them. */
export function formOf(rules: readonly RuleChoice[]): RulesForm {
  return {
    order: rules.map(({ name }) => name),
    values: Object.fromEntries(
      rules.flatMap(({ name, enabled, settings }) => [
        [fieldName(name, 'on'), enabled ? 'on' : ''],
        ...Object.entries<SettingOfRule>(settings).map(([setting, value]) => [
          fieldName(name, setting),
          typedAs(value),
        ]),
      ]),
    ),
  };
}

type SettingOfRule = string | number | boolean | null;

function typedAs(value: SettingOfRule): string {
  return typeof value === 'boolean' ? (value ? 'on' : '') : String(value ?? '');
}

/**
 * Picks the rules out of what was sent. An order that leaves rules out, or names one twice, is completed by the stored one.
 *
 * @param stored the names of all rules, in their order.
 */
export function readRules(body: unknown, stored: readonly SettableRule[]): RulesForm {
  const { order } = readFields(body, ['order']);
  const named = order.split(' ').flatMap((name) => stored.find((each) => each === name) ?? []);
  const names = stored.flatMap((rule) =>
    ['on', ...settingsIn(rule).map(([name]) => name)].map((each) => fieldName(rule, each)),
  );
  return { order: [...new Set([...named, ...stored])], values: readFields(body, names) };
}

/** The same form with one rule a place further up or down. @param move `<rule> up` or `<rule> down`; anything else moves none. */
export function moveRule({ order, values }: RulesForm, move: string): RulesForm {
  const [name, direction] = move.split(' ');
  const from = order.indexOf(name as SettableRule);
  const to = direction === 'up' ? from - 1 : direction === 'down' ? from + 1 : from;
  const [moved, other] = [order[from], order[to]];
  if (!moved || !other) return { order, values };
  return { order: order.map((each) => (each === moved ? other : each === other ? moved : each)), values };
}

/**
 * Checks what was typed.
 *
 * @param key for a service elsewhere; empty: none was typed. There must be an address that it is for.
 * @returns the rules in their new order, or what is wrong.
 */
export function checkRules({ order, values }: RulesForm, { key }: { key: string }): RuleChoice[] | RuleError[] {
  const errors: RuleError[] = [];
  const rules = order.map((name) => {
    const enabled = values[fieldName(name, 'on')] === 'on';
    const needed = enabled || (name === 'outside' && key !== '');
    const settings = settingsIn(name).map(([setting, shape]) => {
      const field = fieldName(name, setting);
      const typed = values[field] ?? '';
      const wrong = whatIsWrong(shape, { typed, needed });
      if (wrong) errors.push({ field, message: wrong });
      return [setting, readSetting(shape, typed)] as const;
    });
    return {
      name,
      enabled,
      settings: Object.fromEntries(settings),
    } as RuleChoice;
  });
  return errors.length > 0 ? errors : rules;
}

/** Tells rules from what is wrong with them. */
export function areRules(checked: RuleChoice[] | RuleError[]): checked is RuleChoice[] {
  return checked.every((each) => 'settings' in each);
}

function readSetting(shape: RuleField, typed: string): SettingOfRule {
  switch (shape.kind) {
    case 'number':
      return shape.optional && typed.trim() === '' ? null : readNumber(typed);
    case 'list':
      return typed.trim();
    case 'address': {
      const read = readServiceUrl(typed);
      return 'url' in read ? read.url : '';
    }
    case 'choice':
      return shape.choices.find((each) => each === typed) ?? shape.choices[0];
    case 'flag':
      return typed === 'on';
  }
}

// @param needed whether there must be an address; a rule that is off may have none yet.
function whatIsWrong(shape: RuleField, { typed, needed }: { typed: string; needed: boolean }): Message | undefined {
  switch (shape.kind) {
    case 'number':
      return wrongNumber(shape, typed);
    case 'list': {
      const [problem] = shape.problems(typed);
      if (!problem) return undefined;
      const { line, kind, text } = problem;
      return { key: `rules.list.${kind}` as MessageKey, values: { line, text } };
    }
    case 'address': {
      if (typed.trim() === '' && !needed) return undefined;
      const read = readServiceUrl(typed);
      return 'problem' in read ? { key: `rules.address.${read.problem}` } : undefined;
    }
    case 'choice':
    case 'flag':
      return undefined;
  }
}

function wrongNumber(
  { least, most, optional }: Extract<RuleField, { kind: 'number' }>,
  typed: string,
): Message | undefined {
  if (optional && typed.trim() === '') return undefined;
  const value = readNumber(typed);
  return value >= least && value <= most ? undefined : { key: 'rules.numberWrong', values: { least, most } };
}

// Anything but a whole number is no number, which no comparison lets pass.
function readNumber(text: string): number {
  const typed = text.trim();
  return /^\d{1,9}$/.test(typed) ? Number(typed) : Number.NaN;
}
