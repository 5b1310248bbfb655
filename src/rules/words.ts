import { foldText } from '../text/fold.ts';
import { splitPatterns, splitSigns, splitWords } from '../text/split-words.ts';
import { type LineProblem, readPastedList } from './pasted-list.ts';
import { findBranch, isBare, type PrefixTree, plantTree } from './prefix-tree.ts';
import { anchorOf, fitsPattern, type PartPlace, type Pattern, readPattern } from './wildcards.ts';

/** In characters. */
const longestEntry = 100;

/**
 * Why a line is no entry: too long, nothing that could be looked for, or a wildcard with so little beside it that nearly
 * everything would be found; and too many of them.
 */
export type WordProblem = 'too_long' | 'no_word' | 'too_wide' | 'too_many';

/** Words that are looked for, made ready. */
export interface WordMatcher {
  /** By the words of a phrase; the values are the entries. */
  readonly phrases: PrefixTree<string, string>;
  /** By signs, such as emoji, of those that have no letter. */
  readonly signs: PrefixTree<string, string>;
  /** With wildcards; missing where there is none. */
  readonly wild: WildTrees | undefined;
}

/** By where the longest part of an entry stands in its word, and by the character codes of it, from its end for `end`. */
type WildTrees = Readonly<Record<PartPlace, PrefixTree<number, WildEntry>>>;

interface WildEntry {
  readonly entry: string;
  readonly patterns: readonly Pattern[];
  /** The word of the phrase that its longest part is in. */
  readonly anchorWord: number;
}

/**
 * Reads a pasted list of words and phrases, one a line. `#` begins a comment. `*` stands for any characters of a word, or
 * for one whole word where it stands alone.
 */
export function readWordList(text: string): {
  readonly entries: readonly string[];
  readonly problems: readonly LineProblem<WordProblem>[];
} {
  return readPastedList<WordProblem>(text, (line) => {
    const problem = problemOf(line);
    return problem ? { problem } : { entry: line };
  });
}

function problemOf(line: string): WordProblem | undefined {
  if ([...line].length > longestEntry) return 'too_long';
  const words = wordsOf(line);
  if (words.length === 0) return splitSigns(foldText(line)).length > 0 ? undefined : 'no_word';
  const isNarrow = (word: string) => !word.includes('*') || [...word.replaceAll('*', '')].length > 1;
  return words.some(isNarrow) ? undefined : 'too_wide';
}

// At its ends a `*` that stands alone says nothing: words there may be anyway.
function wordsOf(entry: string): readonly string[] {
  const words = splitPatterns(foldText(entry));
  const says = (word: string) => /[^*]/.test(word);
  return words.slice(words.findIndex(says), words.findLastIndex(says) + 1);
}

/** Makes a list ready for looking its entries up; those in which there is nothing to look for are left out. */
export function compileWords(entries: readonly string[]): WordMatcher {
  const read = entries.map((entry) => ({ entry, words: wordsOf(entry) }));
  const isWild = ({ words }: { words: readonly string[] }) => words.some((word) => word.includes('*'));
  const plain = read.filter((each) => each.words.length > 0 && !isWild(each));
  const bySigns = read
    .filter(({ words }) => words.length === 0)
    .map(({ entry }) => ({ key: splitSigns(foldText(entry)), value: entry }))
    .filter(({ key }) => key.length > 0);
  return {
    phrases: plantTree(plain.map(({ entry, words }) => ({ key: words, value: entry }))),
    signs: plantTree(bySigns),
    wild: plantWild(read.filter(isWild)),
  };
}

function plantWild(read: readonly { entry: string; words: readonly string[] }[]): WildTrees | undefined {
  if (read.length === 0) return undefined;
  const places = Map.groupBy(read.map(wildBranch), ({ place }) => place);
  const plant = (place: PartPlace) => plantTree(places.get(place) ?? []);
  return { whole: plant('whole'), beginning: plant('beginning'), end: plant('end'), inside: plant('inside') };
}

function wildBranch({ entry, words }: { entry: string; words: readonly string[] }) {
  const patterns = words.map(readPattern);
  const { word, place, text } = anchorOf(patterns);
  const codes = codesOf(place === 'whole' ? `${text} ` : text);
  const value: WildEntry = { entry, patterns, anchorWord: word };
  return { place, key: place === 'end' ? codes.reverse() : codes, value };
}

/**
 * Looks for the entries of a list in a text: whole words, in any script and case, across any run of spaces or punctuation.
 * Takes time in proportion to the text, however long the list is.
 *
 * @returns the entry that was found first, as it was given.
 */
export function findWord(matcher: WordMatcher, text: string): string | undefined {
  if (isBare(matcher.phrases) && isBare(matcher.signs) && !matcher.wild) return undefined;
  const folded = foldText(text);
  const words = splitWords(folded);
  return (
    findPhrase(matcher.phrases, words) ??
    (isBare(matcher.signs) ? undefined : findPhrase(matcher.signs, splitSigns(folded))) ??
    (matcher.wild && findWild(matcher.wild, words))
  );
}

function findPhrase(tree: PrefixTree<string, string>, parts: readonly string[]): string | undefined {
  for (let at = 0; at < parts.length; at += 1) {
    const found = findBranch(tree, parts, at, (entry) => entry);
    if (found !== undefined) return found;
  }
  return undefined;
}

// Each word ends with a space, so that nothing is found across two of them.
function findWild({ whole, beginning, end, inside }: WildTrees, words: readonly string[]): string | undefined {
  const codes = codesOf(`${words.join(' ')} `);
  const backwards = isBare(end) ? codes : codes.toReversed();
  const anywhere = !isBare(inside);
  let [at, start] = [0, 0];
  // What does not fit a word does not fit it better where another of its parts is found once more.
  const refused = new Set<WildEntry>();
  const accept = (wanted: WildEntry) => {
    if (refused.has(wanted)) return undefined;
    if (fitsAt(wanted, words, at)) return wanted.entry;
    refused.add(wanted);
    return undefined;
  };
  for (const { length } of words) {
    const found =
      findBranch(whole, codes, start, accept) ??
      findBranch(beginning, codes, start, accept) ??
      findBranch(end, backwards, codes.length - start - length, accept) ??
      (anywhere ? findInside(inside, codes, { from: start, length }, accept) : undefined);
    if (found !== undefined) return found;
    at += 1;
    start += length + 1;
    if (refused.size > 0) refused.clear();
  }
  return undefined;
}

function findInside(
  tree: PrefixTree<number, WildEntry>,
  codes: Uint16Array,
  { from, length }: { from: number; length: number },
  accept: (wanted: WildEntry) => string | undefined,
): string | undefined {
  for (let at = from; at < from + length; at += 1) {
    const found = findBranch(tree, codes, at, accept);
    if (found !== undefined) return found;
  }
  return undefined;
}

// @param at place of the word in which the longest part was found.
function fitsAt({ patterns, anchorWord }: WildEntry, words: readonly string[], at: number): boolean {
  const first = at - anchorWord;
  return (
    first >= 0 &&
    first + patterns.length <= words.length &&
    patterns.every((pattern, index) => fitsPattern(pattern, words[first + index] as string))
  );
}

function codesOf(text: string): Uint16Array {
  const codes = new Uint16Array(text.length);
  for (let at = 0; at < text.length; at += 1) codes[at] = text.charCodeAt(at);
  return codes;
}
