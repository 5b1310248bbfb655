import { describe, expect, it } from '@jest/globals';
import { compareTexts, type Passage } from '../../src/text/compare.ts';

/** Passages in short: [-removed-], [+added+], and how much is skipped. */
const told = (passages: readonly Passage[]) =>
  passages.map((passage) => {
    if (passage.kind === 'skipped') return `(${passage.lines})`;
    if (passage.kind === 'same') return passage.text;
    return passage.parts
      .map(({ kind, text }) => ({ same: text, removed: `[-${text}-]`, added: `[+${text}+]` })[kind])
      .join('');
  });

/** What a comparison shows of one of both texts, as far as nothing is skipped. */
const side = (passages: readonly Passage[], kind: 'removed' | 'added') =>
  passages
    .flatMap((passage) => (passage.kind === 'changed' ? passage.parts : passage.kind === 'same' ? [passage] : []))
    .flatMap((part) => (part.kind === 'same' || part.kind === kind ? [part.text] : []))
    .join('');

describe('What is shown of two texts', () => {
  it('is nothing where they are the same, however their lines end', () => {
    expect(compareTexts('', '')).toEqual([]);
    expect(compareTexts('One\r\ntwo', 'One\ntwo\n')).toEqual([]);
  });

  it('is which words of a line were changed', () => {
    expect(told(compareTexts('The quick brown fox jumps.', 'The quick red fox jumps.'))).toEqual([
      'The quick [-brown-][+red+] fox jumps.\n',
    ]);
  });

  it('is a line that came or went as a whole', () => {
    expect(told(compareTexts('One\nTwo\n', 'One\nNew\nTwo\n'))).toEqual(['One\n', '[+New\n+]', 'Two\n']);
    expect(told(compareTexts('One\nOld\nTwo\n', 'One\nTwo\n'))).toEqual(['One\n', '[-Old\n-]', 'Two\n']);
    expect(told(compareTexts('', 'All of it.'))).toEqual(['[+All of it.\n+]']);
  });

  it('is both texts as a whole where hardly a word is common to them', () => {
    expect(told(compareTexts('Nothing remains of this at all', 'A wholly different sentence'))).toEqual([
      '[-Nothing remains of this at all\n-][+A wholly different sentence\n+]',
    ]);
  });

  it('leaves out what is the same and far from any change', () => {
    const lines = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, at) => `Line ${from + at}\n`).join('');
    const passages = compareTexts(lines(1, 40), lines(1, 20).replace('Line 20', 'Line twenty') + lines(21, 40));
    expect(told(passages)).toEqual(['(16)', lines(17, 19), 'Line [-20-][+twenty+]\n', lines(21, 23), '(17)']);
  });

  it('holds all of both texts', () => {
    const before = 'Intro\n\nThe first paragraph stays.\n\n- a list\n- of things\n\nالعربية هنا\n';
    const after = 'Intro!\n\nThe first paragraph nearly stays.\n\n- a list\n\nالعربية هناك\n\nThe end <b>';
    const passages = compareTexts(before, after);
    expect(side(passages, 'removed')).toBe(before);
    expect(side(passages, 'added')).toBe(`${after}\n`);
  });

  it('is there in time where very many lines were changed a little, and shows the last of them as written anew', () => {
    const before = Array.from({ length: 300 }, (_, line) => `${line} ${'a b c d e f g h '.repeat(1_500)}\n`);
    const after = before.map((text, line) => (line % 2 ? text.replaceAll('e', 'x') : text));
    const begun = performance.now();
    const passages = compareTexts(before.join(''), after.join(''));
    expect(performance.now() - begun).toBeLessThan(1_500);
    const shown = told(passages);
    expect(shown.length).toBe(300);
    expect(shown.at(-1) === `[-${before.at(-1)}-][+${after.at(-1)}+]`).toBe(true);
  });

  it('is there in time for long texts that have nothing in common', () => {
    const random = (seed: number) =>
      Array.from({ length: 60_000 }, (_, at) => `${((at + 1) * seed) % 99_991}${at % 9 ? ' ' : '\n'}`).join('');
    const begun = performance.now();
    const passages = compareTexts(random(7), random(13));
    expect(performance.now() - begun).toBeLessThan(3_000);
    expect(side(passages, 'added')).toContain(random(13).slice(0, 100));
  });
});
