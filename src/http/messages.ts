import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import accounts from '../../messages/en/accounts.json' with { type: 'json' };
import commenters from '../../messages/en/commenters.json' with { type: 'json' };
import comments from '../../messages/en/comments.json' with { type: 'json' };
import editing from '../../messages/en/editing.json' with { type: 'json' };
import feeds from '../../messages/en/feeds.json' with { type: 'json' };
import following from '../../messages/en/following.json' with { type: 'json' };
import general from '../../messages/en/general.json' with { type: 'json' };
import moderation from '../../messages/en/moderation.json' with { type: 'json' };
import posts from '../../messages/en/posts.json' with { type: 'json' };
import reading from '../../messages/en/reading.json' with { type: 'json' };
import settings from '../../messages/en/settings.json' with { type: 'json' };
import writing from '../../messages/en/writing.json' with { type: 'json' };

const english = {
  ...accounts,
  ...commenters,
  ...comments,
  ...editing,
  ...feeds,
  ...following,
  ...general,
  ...moderation,
  ...posts,
  ...reading,
  ...settings,
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
  return (key, values = {}) => {
    let format = formats.get(key);
    if (!format) {
      format = prepare(new IntlMessageFormat(sentences[key] ?? key, language, undefined, { ignoreTag: true }));
      formats.set(key, format);
    }
    return format(values);
  };
}

type Format = (values: MessageValues) => string;

// The kinds of parts in a parsed sentence that are text, and a place for a value as it is (ICU MessageFormat).
const partKinds = { literal: 0, argument: 1 };

// Most sentences have no choices in them: where all places are filled with text, their parts are joined, which takes a
// fiftieth of the time.
function prepare(sentence: IntlMessageFormat): Format {
  const parts = sentence.getAst();
  const plain = parts.every(({ type }) => type === partKinds.literal || type === partKinds.argument);
  const whole = (values: MessageValues) => String(sentence.format(values));
  if (!plain) return whole;
  return (values) => {
    let text = '';
    for (const part of parts) {
      const { type, value: written } = part as { type: number; value: string };
      const value = type === partKinds.literal ? written : values[written];
      if (typeof value !== 'string') return whole(values);
      text += value;
    }
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
