import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import accounts from '../../messages/en/accounts.json' with { type: 'json' };
import alerts from '../../messages/en/alerts.json' with { type: 'json' };
import appeals from '../../messages/en/appeals.json' with { type: 'json' };
import closings from '../../messages/en/closings.json' with { type: 'json' };
import colleagues from '../../messages/en/colleagues.json' with { type: 'json' };
import commenters from '../../messages/en/commenters.json' with { type: 'json' };
import comments from '../../messages/en/comments.json' with { type: 'json' };
import editing from '../../messages/en/editing.json' with { type: 'json' };
import feeds from '../../messages/en/feeds.json' with { type: 'json' };
import following from '../../messages/en/following.json' with { type: 'json' };
import general from '../../messages/en/general.json' with { type: 'json' };
import learner from '../../messages/en/learner.json' with { type: 'json' };
import moderation from '../../messages/en/moderation.json' with { type: 'json' };
import overview from '../../messages/en/overview.json' with { type: 'json' };
import persons from '../../messages/en/persons.json' with { type: 'json' };
import posts from '../../messages/en/posts.json' with { type: 'json' };
import queue from '../../messages/en/queue.json' with { type: 'json' };
import reading from '../../messages/en/reading.json' with { type: 'json' };
import replay from '../../messages/en/replay.json' with { type: 'json' };
import reports from '../../messages/en/reports.json' with { type: 'json' };
import rules from '../../messages/en/rules.json' with { type: 'json' };
import settings from '../../messages/en/settings.json' with { type: 'json' };
import spam from '../../messages/en/spam.json' with { type: 'json' };
import versions from '../../messages/en/versions.json' with { type: 'json' };
import writing from '../../messages/en/writing.json' with { type: 'json' };

const english = {
  ...accounts,
  ...alerts,
  ...appeals,
  ...closings,
  ...colleagues,
  ...commenters,
  ...comments,
  ...editing,
  ...feeds,
  ...following,
  ...general,
  ...learner,
  ...moderation,
  ...overview,
  ...persons,
  ...posts,
  ...queue,
  ...reading,
  ...replay,
  ...reports,
  ...rules,
  ...settings,
  ...spam,
  ...versions,
  ...writing,
};

/** The name of a sentence of the interface. English has all of them. */
export type MessageKey = keyof typeof english;

/** What a sentence is filled with. */
export type MessageValues = Readonly<Record<string, string | number | Date>>;

/** Gives a sentence of the interface, with its places filled (ICU message syntax). The result is text, not HTML. */
export type Translate = (key: MessageKey, values?: MessageValues) => string;

/** A sentence that is chosen in one place and worded in another. */
export interface Message {
  readonly key: MessageKey;
  readonly values?: MessageValues;
}

/**
 * Gives a counted sentence in all the forms that the language has, for a script of the page to choose from: by plural
 * category (of CLDR: `one`, `other`, ...), with `#` where the number goes. The sentence itself chooses by
 * `{category, select, ...}` and has `{number}` in it.
 */
export type CountedForms = (key: MessageKey) => readonly (readonly [category: string, text: string])[];

const folder = join(import.meta.dirname, '..', '..', 'messages');

/**
 * Reads the sentences of a language; what it lacks is said in English.
 *
 * @param language BCP 47 tag. A folder under `messages/` with its name makes it available.
 */
export function createTranslate(language: string): Translate {
  const sentences: Record<string, string> = { ...english, ...readSentences(language) };
  const formats = new Map<string, Format>();
  const numbers = new Intl.NumberFormat(language);
  return (key, values = {}) => {
    let format = formats.get(key);
    if (!format) {
      const sentence = new IntlMessageFormat(sentences[key] ?? key, language, undefined, { ignoreTag: true });
      format = prepare(sentence, numbers);
      formats.set(key, format);
    }
    return format(values);
  };
}

type Format = (values: MessageValues) => string;

// The kinds of parts in a parsed sentence (ICU MessageFormat): text, a place for a value as it is, and one for a number.
const partKinds = { literal: 0, argument: 1, number: 2 };

// Most sentences have no choices in them: their parts are joined, which takes a fiftieth of the time. What one number
// decides is remembered.
function prepare(sentence: IntlMessageFormat, numbers: Intl.NumberFormat): Format {
  const whole = (values: MessageValues) => String(sentence.format(values));
  const parts = sentence.getAst() as readonly { type: number; value: string; style?: unknown }[];
  const plain = parts.every(({ type, style }) => Object.values(partKinds).includes(type) && !style);
  if (!plain) return rememberingCounts(whole);
  return (values) => {
    let text = '';
    for (const { type, value: written } of parts) {
      const value = type === partKinds.literal ? written : values[written];
      if (typeof value === 'string') text += value;
      else if (type === partKinds.number && typeof value === 'number') text += numbers.format(value);
      else return whole(values);
    }
    return text;
  };
}

const mostCounts = 1_000;

function rememberingCounts(format: Format): Format {
  const written = new Map<string, string>();
  return (values) => {
    const [[name, count] = [], ...more] = Object.entries(values);
    if (typeof count !== 'number' || more.length > 0) return format(values);
    const key = `${name} ${count}`;
    const text = written.get(key) ?? format(values);
    if (written.size < mostCounts) written.set(key, text);
    return text;
  };
}

/** Makes the forms of counted sentences, once each. */
export function createCountedForms(t: Translate, language: string): CountedForms {
  const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  const made = new Map<MessageKey, ReturnType<CountedForms>>();
  return (key) => {
    const forms = made.get(key) ?? categories.map((category) => [category, t(key, { category, number: '#' })] as const);
    made.set(key, forms);
    return forms;
  };
}

/** The languages that can be chosen: BCP 47 tags. */
export function availableLanguages(): string[] {
  return readdirSync(folder).sort();
}

function readSentences(language: string): Record<string, string> {
  if (language === 'en' || !availableLanguages().includes(language)) return {};
  const files = readdirSync(join(folder, language));
  return Object.assign({}, ...files.map((file) => JSON.parse(readFileSync(join(folder, language, file), 'utf8'))));
}
