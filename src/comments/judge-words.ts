import type { RuleSettings } from '../rules/rule.ts';
import { compileWords, findWord, readWordList, type WordMatcher } from '../rules/words.ts';
import type { Facts, Opinion } from './judge.ts';

type Matchers = { readonly [List in keyof RuleSettings['words']]: WordMatcher };

// Lists are long, and set seldom: each is made ready once.
const ready = new WeakMap<RuleSettings['words'], Matchers>();

/** Takes for spam, or holds, what has words or phrases of a list in it. */
export function judgeWords(_facts: Facts, settings: RuleSettings['words'], words: string): Opinion | undefined {
  const { spam, held } = matchersOf(settings);
  const worst = findWord(spam, words);
  if (worst !== undefined) return { status: 'spam', numbers: { spam: 1 }, detail: worst };
  const bad = findWord(held, words);
  return bad === undefined ? undefined : { status: 'pending', numbers: { spam: 0 }, detail: bad };
}

function matchersOf(settings: RuleSettings['words']): Matchers {
  const known = ready.get(settings);
  if (known) return known;
  const compile = (list: string) => compileWords(readWordList(list).entries);
  const made = { spam: compile(settings.spam), held: compile(settings.held) };
  ready.set(settings, made);
  return made;
}
