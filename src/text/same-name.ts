/**
 * Letters that look like a Latin one, in lower case, each beside what it is taken for. Where a capital looks like another
 * letter than the small one does, the capital decides, since names begin with it. "i" and "l" are one, as I, l and 1 are.
 */
const lookAlikes = tableOf(
  '0o 1l |l il ıl ɩl ɑa ɡg øo đd łl ßb',
  'аa вb сc ԁd еe һh нh іl ӏl јj кk мm оo рp ԛq гr ѕs тt уy ѵv ԝw хx ьb',
  'αa βb εe ζz ηh ιl κk μm νn οo ρp τt υy χx ςσ',
);

/**
 * What is left of a name when everything is taken away that a quick reader overlooks: case, marks on Latin letters,
 * spaces, punctuation, invisible characters, and the script of letters that look alike. Two names with one key are taken
 * for the same person's. It is for comparing only, and never shown. A name of signs alone is its own key.
 */
export function nameKey(name: string): string {
  const letters = [...name.toWellFormed().normalize('NFKD').toLowerCase()]
    .map((letter) => lookAlikes.get(letter) ?? letter)
    .join('')
    .replace(/(\p{Script=Latin})\p{M}+/gu, '$1')
    .replace(/[^\p{L}\p{N}\p{M}]|\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/rn/g, 'm')
    .replace(/vv/g, 'w');
  return letters || name.normalize('NFKC').trim();
}

function tableOf(...rows: readonly string[]): ReadonlyMap<string, string> {
  return new Map(rows.flatMap((row) => row.split(' ')).map((pair) => [pair.charAt(0), pair.charAt(1)]));
}
