const longest = 80;

/** Latin letters that Unicode does not take apart into a letter and a mark. */
const latin: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
  ĸ: 'k',
  ł: 'l',
  ŋ: 'n',
  ŧ: 't',
  ƒ: 'f',
  ə: 'e',
};

/**
 * The part of an address that a title proposes: lower case, words joined by single hyphens, at most 80 characters, cut
 * after a word. Latin letters lose their marks ("Ærø på ny" → "aero-pa-ny"); letters and digits of other scripts stay as
 * they are, and browsers show them so. A title without any letter or digit proposes nothing.
 */
export function slugify(title: string): string | undefined {
  const words = title
    .normalize('NFKD')
    .replace(/['‘’ʼ`\u00ad\u200d]/g, '')
    .replace(/(\p{Script=Latin})\p{M}+/gu, '$1')
    .toLowerCase()
    .replace(/\p{Script=Latin}/gu, (letter) => latin[letter] ?? letter)
    .normalize('NFC')
    .match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu);
  return words ? withinLimit(words) : undefined;
}

function withinLimit(words: readonly string[]): string {
  const [first = '', ...others] = words;
  let slug = [...first].slice(0, longest).join('');
  for (const word of others) {
    const longer = `${slug}-${word}`;
    if ([...longer].length > longest) break;
    slug = longer;
  }
  return slug;
}
