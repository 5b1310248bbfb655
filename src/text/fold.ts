import { letterLikeSigns, lookAlikes } from './look-alikes.ts';

/** Nobody writes more marks on one letter: who piles them up means to hide it, or to keep us busy. */
const pilesOfMarks = /(\p{M}{4})\p{M}+/gu;

const markedLetters =
  /([[\p{scx=Latin}\p{scx=Greek}\p{scx=Cyrillic}\p{scx=Armenian}\p{scx=Cherokee}\p{scx=Lisu}]&&\p{L}])\p{M}+/gv;

/** Cyrillic letters of their own, which Unicode takes apart: й ў ї ѓ ќ. */
const ownLetters = /^(?:[иу]\u0306|і\u0308|[гк]\u0301)/u;

/** What Arabic and Hebrew may be written with or without, and what stretches a word. */
const pointing = /[\u064b-\u0652\u0670\u0640]|[\p{M}&&\p{Script=Hebrew}]/gv;

const apostrophes = /[‘’ʼʻꞌ`]/g;

/**
 * Signs that stand for a whole sentence of Arabic (ﷺ), or for a word of Japanese (㌖): nobody writes anything else with
 * them, and taken apart they make a text many times as long.
 */
const wordSigns = /[\ufdfa\ufdfb\u3300-\u3357\u337b-\u337f]/g;

/** White letters in a black circle or square, 32 code points apart. */
const darkLetters = /[\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}]/gu;

/** By UTF-16 unit, what it is taken for; most units are themselves. */
const taken = Uint16Array.from({ length: 0x10000 }, (_none, unit) => unit);
for (const [letter, other] of lookAlikes) taken[letter.charCodeAt(0)] = other.charCodeAt(0);

/**
 * What is left of a text for comparing words: lower case, compatible forms of a letter made one (full width, mathematical,
 * circled), what cannot be seen removed (zero-width, bidi, variation selectors), and letters that look alike folded onto
 * one. Marks go where words are written without them, too: from Latin, Greek, Cyrillic and such letters, though й stays й, and
 * the points of Arabic and Hebrew. Digits stay digits. Spaces and punctuation stay. Of two texts that are folded one can be
 * looked for in the other; neither is for showing. Takes time in proportion to the length.
 */
export function foldText(text: string): string {
  if (/^[\t\n\r\x20-\x7e]*$/.test(text)) return text.toLowerCase();
  const plain = text
    .toWellFormed()
    .replace(/\p{Default_Ignorable_Code_Point}+/gu, '')
    .replace(pilesOfMarks, '$1')
    .replaceAll('´', "'")
    .replace(wordSigns, ' ')
    .normalize('NFKD')
    .replace(apostrophes, "'")
    .replace(darkLetters, (letter) => String.fromCharCode(0x61 + (((letter.codePointAt(0) ?? 0) - 0x1f150) % 32)))
    .toLowerCase()
    .replace(letterLikeSigns, '')
    .replace(markedLetters, (marked, letter: string) => ownLetters.exec(marked)?.[0] ?? letter)
    .replace(pointing, '')
    .normalize('NFC')
    .replaceAll('ß', 'ss');
  return takeLookAlikes(plain);
}

function takeLookAlikes(text: string): string {
  const units = new Uint16Array(text.length);
  for (let at = 0; at < text.length; at += 1) units[at] = taken[text.charCodeAt(at)] as number;
  return Buffer.from(units.buffer).toString('utf16le');
}
