/** Letters of scripts that put no spaces between words. */
const unspaced = String.raw`[[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Bopomofo}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]&&[\p{L}\p{N}\p{M}]]`;

const spaced = String.raw`[[\p{L}\p{N}\p{M}]--${unspaced}]`;

const words = new RegExp(`${unspaced}\\p{M}*|${spaced}+`, 'gv');

const oneUnspaced = new RegExp(`^${unspaced}`, 'v');

const patterns = new RegExp(`${unspaced}\\p{M}*|[${spaced}*]+`, 'gv');

/**
 * The words of a folded text in their order: runs of letters, digits and marks, whatever stands between them. Where a script
 * puts no spaces between words (Chinese, Japanese, Thai, …), each character is a word by itself, so that a word of theirs is
 * a phrase here and is found anywhere.
 */
export function splitWords(folded: string): readonly string[] {
  return folded.match(words) ?? [];
}

/** How long a text is for a reader, in words; where characters are words by themselves, two of them count as one. */
export function lengthInWords(words: readonly string[]): number {
  return words.reduce((sum, word) => sum + (oneUnspaced.test(word) ? 0.5 : 1), 0);
}

/** Splits what somebody looks for in the same way: `*` is part of the word that it stands at, or a word by itself. */
export function splitPatterns(folded: string): readonly string[] {
  return folded.match(patterns) ?? [];
}

/** The signs of a folded text, such as emoji, in their order. */
export function splitSigns(folded: string): readonly string[] {
  return folded.match(/[\p{So}\p{Sc}\p{Extended_Pictographic}]/gu) ?? [];
}
