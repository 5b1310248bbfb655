/** One word of what is looked for, cut at its wildcards: `via*ra` is `via` and `ra`, and a word without one is one part. */
export type Pattern = readonly string[];

/** Reads a word in which `*` stands for any characters, or none. */
export function readPattern(word: string): Pattern {
  return word.split(/\*+/);
}

/** Whether a pattern fits a whole word. Its parts are looked for once each, from the front: never back again. */
export function fitsPattern(pattern: Pattern, word: string): boolean {
  const [first = '', ...others] = pattern;
  const last = others.pop();
  if (last === undefined) return word === first;
  const end = word.length - last.length;
  if (end < first.length || !word.startsWith(first) || !word.endsWith(last)) return false;
  let from = first.length;
  for (const part of others) {
    const found = word.indexOf(part, from);
    if (found === -1 || found + part.length > end) return false;
    from = found + part.length;
  }
  return true;
}

/** Where a part stands in its word. */
export type PartPlace = 'whole' | 'beginning' | 'end' | 'inside';

/** The part by which a phrase is looked for. */
export interface Anchor {
  /** The word that it is a part of, counted from 0. */
  readonly word: number;
  readonly place: PartPlace;
  readonly text: string;
}

/** The longest part of a phrase: the one that is least likely to stand in a text by chance. */
export function anchorOf(patterns: readonly Pattern[]): Anchor {
  const parts = patterns.flatMap((pattern, word) =>
    pattern.map((text, index): Anchor => ({ word, place: placeOf(index, pattern.length), text })),
  );
  return parts.reduce((longest, part) => (part.text.length > longest.text.length ? part : longest));
}

function placeOf(index: number, count: number): PartPlace {
  if (count === 1) return 'whole';
  return index === 0 ? 'beginning' : index === count - 1 ? 'end' : 'inside';
}
