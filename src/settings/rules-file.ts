import { isDeepStrictEqual } from 'node:util';
import type { Translate } from '../http/messages.ts';
import { defaultRules, type RuleChoice } from '../rules/rule.ts';
import { settingsIn } from './rule-fields.ts';
import { areRules, checkRules, formOf, readRules } from './rules-form.ts';

/** Writes rules as a file of JSON that people can read, change and keep with other files. */
export function writeRules(rules: readonly RuleChoice[]): string {
  return JSON.stringify(rules, null, 2);
}

/**
 * Reads rules from such a file: all of them, in the order in which they are asked. They are checked as those of the form are.
 *
 * @returns the rules, or in a sentence what is wrong with the file.
 */
export function parseRules(text: string, { t }: { t: Translate }): RuleChoice[] | string {
  const given = parseList(text);
  if (!given?.every(looksLikeRule)) {
    return 'It is no list of rules, each with its “name”, whether it is “enabled”, and its “settings”.';
  }
  const names = given.map(({ name }) => name);
  const known = defaultRules.map(({ name }) => name);
  const strange = names.find((name) => !known.includes(name));
  if (strange !== undefined) return `There is no rule “${strange}”.`;
  if (!isDeepStrictEqual(names.toSorted(), known.toSorted())) {
    const missing = known.find((name) => !names.includes(name));
    return missing === undefined ? 'A rule is there twice.' : `The rule “${missing}” is missing.`;
  }
  for (const { name, settings } of given) {
    const own = settingsIn(name).map(([setting]) => setting);
    const setting = Object.keys(settings).find((each) => !own.includes(each));
    if (setting !== undefined) return `The rule “${name}” has no setting “${setting}”.`;
    const missing = own.find((each) => !Object.hasOwn(settings, each));
    if (missing !== undefined) return `The rule “${name}” lacks its setting “${missing}”.`;
  }
  const { order, values } = formOf(given);
  const checked = checkRules(readRules({ ...values, order: order.join(' ') }, known), { key: '' });
  if (areRules(checked)) return checked;
  return checked.map(({ field, message }) => `${field}: ${t(message.key, message.values)}`).join(' ');
}

function parseList(text: string): unknown[] | undefined {
  try {
    const given: unknown = JSON.parse(text);
    return Array.isArray(given) ? given : undefined;
  } catch {
    return undefined;
  }
}

function looksLikeRule(given: unknown): given is RuleChoice {
  if (typeof given !== 'object' || given === null) return false;
  const { name, enabled, settings } = given as Partial<Record<keyof RuleChoice, unknown>>;
  return typeof name === 'string' && typeof enabled === 'boolean' && typeof settings === 'object' && settings !== null;
}
