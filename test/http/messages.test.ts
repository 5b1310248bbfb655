import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { IntlMessageFormat } from 'intl-messageformat';
import { availableLanguages, createTranslate, type MessageKey } from '../../src/http/messages.ts';

// The types of the elements that a sentence is made of.
const literal = 0;
const argument = 1;

const folder = join(import.meta.dirname, '..', '..', 'messages', 'en');
const files = readdirSync(folder).map((name) => ({ name, sentences: readJson(join(folder, name)) }));
const all = files.flatMap(({ name, sentences }) =>
  Object.entries(sentences).map(([key, text]) => ({ name, key, text })),
);

describe('The sentences of the interface', () => {
  it('have one place each', () => {
    const keys = all.map(({ key }) => key);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  it('are all there: none is empty, none falls back to its name', () => {
    const t = createTranslate('en');
    for (const { key, text } of all) {
      expect(text.trim()).not.toBe('');
      const values = Object.fromEntries([...placesIn(text)].map(([name]) => [name, 1]));
      expect(t(key as MessageKey, values)).not.toBe(key);
    }
  });

  it('name their places in lower camel case, and use each in one way', () => {
    for (const { key, text } of all) {
      for (const [name, kinds] of placesIn(text)) {
        expect([key, name]).toEqual([key, expect.stringMatching(/^[a-z][A-Za-z]*$/)]);
        expect([key, name, kinds.size]).toEqual([key, name, 1]);
      }
    }
  });

  it('have typographic apostrophes: a straight one would quote what follows', () => {
    expect(all.filter(({ text }) => text.includes("'")).map(({ key }) => key)).toEqual([]);
  });
});

describe('A sentence', () => {
  const t = createTranslate('en');

  it('is filled with what is given, as text', () => {
    expect(t('thread.replyTo', { name: '<b>{Petra}</b>' })).toBe('Reply to <b>{Petra}</b>');
  });

  it('counts in words', () => {
    const heading = (count: number) => t('thread.heading', { count, title: 'Leading' });
    expect(heading(0)).toBe('No thoughts yet on “Leading”');
    expect(heading(1)).toBe('One thought on “Leading”');
    expect(heading(2)).toBe('2 thoughts on “Leading”');
    expect(heading(12_345)).toBe('12,345 thoughts on “Leading”');
  });

  it('is English where a language lacks it', () => {
    expect(createTranslate('tlh')('thread.reply')).toBe('Reply');
  });

  it('comes in English at least', () => {
    expect(availableLanguages()).toContain('en');
  });
});

function readJson(path: string): Record<string, string> {
  return JSON.parse(readFileSync(path, 'utf8'));
}

// The places of a sentence by their names, and whether each is filled in as it is or counted, formatted, chosen by.
function placesIn(text: string): Map<string, Set<'plain' | 'formatted'>> {
  const places = new Map<string, Set<'plain' | 'formatted'>>();
  const visit = (elements: Elements) => {
    for (const element of elements) {
      if (!('value' in element) || element.type === literal) continue;
      const kind = element.type === argument ? 'plain' : 'formatted';
      places.set(element.value, (places.get(element.value) ?? new Set()).add(kind));
      if ('options' in element) for (const option of Object.values(element.options)) visit(option.value);
    }
  };
  visit(new IntlMessageFormat(text, 'en', undefined, { ignoreTag: true }).getAst());
  return places;
}

type Elements = ReturnType<IntlMessageFormat['getAst']>;
