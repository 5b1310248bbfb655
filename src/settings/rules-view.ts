import type { MessageKey, Translate } from '../http/messages.ts';
import type { SettableRule } from '../rules/rule.ts';
import { fieldName, keyField, settingsIn } from './rule-fields.ts';
import type { RuleError, RulesForm } from './rules-form.ts';

/** A rule as the page of the rules says it. */
export interface RuleItem {
  readonly name: SettableRule;
  readonly title: string;
  readonly on: boolean;
  /** Its sentence in parts: words, and fields that stand among them. */
  readonly sentence: readonly SentencePart[];
  /** Its lists, below the sentence. */
  readonly lists: readonly RuleList[];
  /** What can be chosen beside it. */
  readonly flags: readonly { readonly field: string; readonly label: string; readonly on: boolean }[];
  /** Where a key is typed, and what is said of it; the key itself is never shown. */
  readonly key: { readonly field: string; readonly label: string; readonly hint: string } | undefined;
  readonly first: boolean;
  readonly last: boolean;
}

/** Words of a sentence, or a field in it. */
export type SentencePart =
  | { readonly text: string }
  | {
      readonly field: string;
      readonly kind: InSentence;
      readonly label: string;
      readonly value: string;
      /** Of a choice: what there is to choose. */
      readonly choices: readonly { readonly value: string; readonly label: string }[];
      readonly error: string | undefined;
    };

const inSentences = ['number', 'address', 'choice'] as const;
type InSentence = (typeof inSentences)[number];

/** Whether a key is stored for the service that is named, or was typed and comes to nothing with the form. */
export type KeyState = 'stored' | 'missing' | 'typed';

/** A list that is typed or pasted, an entry a line. */
export interface RuleList {
  readonly field: string;
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly entries: number;
  /** Where it can be had as a file, as it is stored. */
  readonly href: string;
  readonly error: string | undefined;
}

/** Makes the rules of a form ready to print, in their order. */
export function presentRules(
  { order, values }: RulesForm,
  { errors, keyState, t }: { errors: readonly RuleError[]; keyState: KeyState; t: Translate },
): RuleItem[] {
  return order.map((name, index) => ({
    name,
    title: t(`rules.title.${name}`),
    on: values[fieldName(name, 'on')] === 'on',
    sentence: sentenceOf(name, { values, errors, t }),
    lists: listsOf(name, { values, errors, t }),
    flags: flagsOf(name, { values, t }),
    key: name === 'outside' ? { field: keyField, label: t('rules.key'), hint: t(`rules.key.${keyState}`) } : undefined,
    first: index === 0,
    last: index === order.length - 1,
  }));
}

function listsOf(
  rule: SettableRule,
  { values, errors, t }: { values: RulesForm['values']; errors: readonly RuleError[]; t: Translate },
): RuleList[] {
  return settingsIn(rule)
    .filter(([, { kind }]) => kind === 'list')
    .map(([setting]) => {
      const field = fieldName(rule, setting);
      const value = values[field] ?? '';
      const error = errors.find((each) => each.field === field);
      return {
        field,
        label: t(`rules.field.${field}` as MessageKey),
        hint: t(rule === 'words' ? 'rules.wordsHint' : 'rules.hostsHint'),
        value,
        entries: countEntries(value),
        href: listHref(field),
        error: error && t(error.message.key, error.message.values),
      };
    });
}

function flagsOf(rule: SettableRule, { values, t }: { values: RulesForm['values']; t: Translate }): RuleItem['flags'] {
  return settingsIn(rule)
    .filter(([, { kind }]) => kind === 'flag')
    .map(([setting]) => {
      const field = fieldName(rule, setting);
      return { field, label: t(`rules.field.${field}` as MessageKey), on: values[field] === 'on' };
    });
}

/** Where a list can be had as a file. */
export function listHref(field: string): string {
  return `/settings/rules/lists/${field}.txt`;
}

function countEntries(list: string): number {
  return list.split('\n').filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#')).length;
}

// The sentence is asked for with marks in the places of its fields, and cut there: so its words can have any order.
function sentenceOf(
  rule: SettableRule,
  { values, errors, t }: { values: RulesForm['values']; errors: readonly RuleError[]; t: Translate },
): SentencePart[] {
  const settings = new Map(
    settingsIn(rule).flatMap(([name, shape]) => {
      const kind = inSentences.find((each) => each === shape.kind);
      return kind ? [[name, { kind, choices: shape.kind === 'choice' ? shape.choices : [] }] as const] : [];
    }),
  );
  const marks = Object.fromEntries([...settings.keys()].map((setting) => [setting, `\u0000${setting}\u0000`]));
  return t(`rules.says.${rule}`, marks)
    .split('\u0000')
    .flatMap((part): SentencePart[] => {
      const setting = settings.get(part);
      if (!setting) return part === '' ? [] : [{ text: part }];
      const field = fieldName(rule, part);
      const error = errors.find((each) => each.field === field);
      const label = t(`rules.field.${field}` as MessageKey);
      const wrong = error && t(error.message.key, error.message.values);
      const choices = setting.choices.map((value) => ({
        value,
        label: t(`rules.choice.${field}.${value}` as MessageKey),
      }));
      return [{ field, kind: setting.kind, label, value: values[field] ?? '', choices, error: wrong }];
    });
}
