import { letterLikeSigns, lookAlikes, pairs } from './look-alikes.ts';

/**
 * What more is taken for a letter in a name, where nobody reads closely: digits, and letters that look like one. "i" and "l"
 * are one, as I, l and 1 are.
 */
const alsoInNames = pairs('0o 1l |l il ßb ʒ3 ȝ3 ɜ3 з3 ӡ3');

/**
 * What is left of a name when everything is taken away that a quick reader overlooks: case, marks on Latin letters,
 * spaces, punctuation, invisible characters, and the script of letters that look alike. Two names with one key are taken
 * for the same person's. It is for comparing only, and never shown. A name of signs alone is its own key.
 */
export function nameKey(name: string): string {
  const visible = name
    .toWellFormed()
    .normalize('NFKD')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  const letters = [...visible.toLowerCase()]
    .map((letter) => lookAlikes.get(letter) ?? letter)
    .map((letter) => alsoInNames.get(letter) ?? letter)
    .join('')
    .replace(/(\p{Script=Latin})\p{M}+/gu, '$1')
    .replace(letterLikeSigns, '')
    .replace(/[^\p{L}\p{N}\p{M}]/gu, '')
    .replace(/rn/g, 'm')
    .replace(/vv/g, 'w');
  return letters || name.normalize('NFKC').trim();
}
