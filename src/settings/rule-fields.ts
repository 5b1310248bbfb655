import { readHostList } from '../rules/hosts.ts';
import type { LineProblem } from '../rules/pasted-list.ts';
import type { RuleSettings, SettableRule } from '../rules/rule.ts';
import { readWordList } from '../rules/words.ts';

/**
 * How a setting of a rule is typed: a whole number within bounds, which may be left out; a list with an entry a line; the address of
 * a service; one of several things; or yes or no.
 */
export type RuleField = NumberField | ListField | AddressField | ChoiceField | FlagField;

interface NumberField {
  readonly kind: 'number';
  readonly least: number;
  readonly most: number;
  /** Nothing typed is null. */
  readonly optional?: boolean;
}

interface ListField {
  readonly kind: 'list';
  /** What is wrong with its lines. */
  readonly problems: (text: string) => readonly LineProblem<string>[];
}

interface AddressField {
  readonly kind: 'address';
}

interface ChoiceField {
  readonly kind: 'choice';
  /** What is none of them is the first. */
  readonly choices: readonly [string, ...string[]];
}

interface FlagField {
  readonly kind: 'flag';
}

const between = (least: number, most: number): NumberField => ({ kind: 'number', least, most });
const score: NumberField = { ...between(1, 100), optional: true };
const words: ListField = { kind: 'list', problems: (text) => readWordList(text).problems };
const hosts: ListField = { kind: 'list', problems: (text) => readHostList(text).problems };

/** The settings of each rule, as fields of the form in the order of its sentence; lists and yes or no stand below it. */
export const ruleFields: {
  readonly [Name in SettableRule]: { readonly [Setting in keyof RuleSettings[Name]]: RuleField };
} = {
  person_trusted: {},
  person_held: {},
  bait: {},
  words: { spam: words, held: words },
  hosts: { spam: hosts },
  copies: { held: between(1, 50), spam: between(1, 50) },
  campaign: { held: between(1, 50), spam: between(1, 50), hosts },
  disguise: { held: between(1, 50), spam: between(1, 50) },
  learned: { held: score, spam: score },
  outside: {
    url: { kind: 'address' },
    found: { kind: 'choice', choices: ['held', 'spam'] },
    network: { kind: 'flag' },
  },
  links: { allowed: between(0, 100), hosts },
  name_link: {},
  flooding: { browser: between(1, 100), network: between(1, 100) },
  wave: { comments: between(2, 100) },
  haste: { seconds: between(1, 60) },
  post_age: { days: between(1, 36_500) },
  first_comment: { comments: between(1, 100) },
  reports: { people: between(1, 100) },
};

/** The field for the key of the service elsewhere. No setting: what is typed there is kept apart, and never shown again. */
export const keyField = 'outside.key';

/** The name of a field of the form: that of a setting, or of the switch of a rule. */
export function fieldName(rule: SettableRule, setting: string): string {
  return `${rule}.${setting}`;
}

/** The settings of a rule by their names. */
export function settingsIn(rule: SettableRule): [string, RuleField][] {
  return Object.entries<RuleField>(ruleFields[rule]);
}

/** The names of all fields that hold lists. */
export function listFields(): string[] {
  return (Object.keys(ruleFields) as SettableRule[]).flatMap((rule) =>
    settingsIn(rule).flatMap(([setting, { kind }]) => (kind === 'list' ? [fieldName(rule, setting)] : [])),
  );
}
