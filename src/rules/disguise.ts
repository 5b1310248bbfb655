import { lookAlikes } from '../text/look-alikes.ts';

/** Letters, their marks, and what cannot be seen between them. */
const words = /[\p{L}\p{M}\u200b-\u200d\u2060-\u2064\ufeff]+/gu;

/**
 * What cannot be seen, behind a letter of a script that has no use for it. A joiner is spelling in Persian and in the scripts of
 * India, a space of no width parts words in Thai and Khmer, and emoji are joined. Soft hyphens come along with what is copied.
 */
const hidden =
  /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hebrew}]\p{M}*[\u200b-\u200d\u2060-\u2064\ufeff]+(?=\p{L})/gu;

const latin = /\p{Script=Latin}/u;
const cyrillicOrGreek = /[\p{Script=Cyrillic}\p{Script=Greek}]/u;

const twins = new Set([...lookAlikes].filter(([letter]) => cyrillicOrGreek.test(letter)).map(([, other]) => other));

/** Without the letters for them on the keyboard, Ukrainian and the languages of the Caucasus are written with these. */
const borrowed = /^[il]$/i;

/**
 * Counts the words that hide what they say from programs and not from people: with what cannot be seen between their letters, or
 * with letters that look like those of another script. Takes time in proportion to the text.
 */
export function countDisguised(text: string): number {
  if (/^[\t\n\r\x20-\x7e]*$/.test(text)) return 0;
  return (text.match(words) ?? []).filter((word) => isSplit(word) || isMixed(word)).length;
}

// One may have been copied from a page along with the word.
function isSplit(word: string): boolean {
  return (word.match(hidden)?.length ?? 0) >= 2;
}

// Where one script ends and the other begins once, that is how people write: PDFка. And some letters look like no others: xΔy.
function isMixed(word: string): boolean {
  const letters = [...word].filter((letter) => latin.test(letter) || cyrillicOrGreek.test(letter));
  const isLatin = letters.map((letter) => latin.test(letter));
  const turns = isLatin.filter((is, at) => at > 0 && is !== isLatin[at - 1]).length;
  if (turns < 2 || letters.length < 4) return false;
  const ofLatin = letters.filter((_letter, at) => isLatin[at]);
  const ofOthers = letters.filter((_letter, at) => !isLatin[at]);
  if (ofLatin.every((letter) => borrowed.test(letter))) return false;
  return (
    ofOthers.every((letter) => lookAlikes.has(letter.toLowerCase())) ||
    ofLatin.every((letter) => twins.has(letter.toLowerCase()))
  );
}
