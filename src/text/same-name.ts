/**
 * Letters that look like a Latin one, each beside what it is taken for; read in lower case. Where a capital looks like
 * another letter than the small one does, the capital decides, since names begin with it. "i" and "l" are one, as I, l
 * and 1 are.
 */
const lookAlikes = tableOf(
  '0o 1l |l il ıl ɩl ǀl ɑa ɡg øo đd łl ßb ʒ3 ȝ3 ɜ3',
  'ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ɪl ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz',
  'аa вb сc ԁd еe һh нh іl ӏl јj кk мm оo рp ԛq гr ѕs тt уy ѵv ԝw хx ьb з3 ӡ3',
  'αa βb εe ζz ηh ιl κk μm νn οo ρp τt υy χx ςσ',
  'օo սu հh ոn յj',
  'ᎪA ᏴB ᏟC ᎠD ᎬE ᏀG ᎻH ᎥL ᎫJ ᏦK ᏞL ᎷM ᏢP ᎡR ᏚS ᎢT ᏙV ᎳW ᎩY ᏃZ',
  'ꓮA ꓐB ꓚC ꓓD ꓰE ꓝF ꓖG ꓧH ꓲL ꓙJ ꓗK ꓡL ꓟM ꓠN ꓳO ꓑP ꓣR ꓢS ꓔT ꓴU ꓦV ꓪW ꓫX ꓬY ꓜZ',
);

// Signs that count as letters: ʹ ʼ ˌ and the like. Those of other scripts are letters indeed, as ー and ๆ are.
const modifiers =
  /[\p{Lm}&&[\p{scx=Common}\p{scx=Latin}\p{scx=Greek}\p{scx=Cyrillic}\p{scx=Arabic}\p{scx=Lisu}]]|[ꞌǃ]/gv;

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
    .join('')
    .replace(/(\p{Script=Latin})\p{M}+/gu, '$1')
    .replace(modifiers, '')
    .replace(/[^\p{L}\p{N}\p{M}]/gu, '')
    .replace(/rn/g, 'm')
    .replace(/vv/g, 'w');
  return letters || name.normalize('NFKC').trim();
}

function tableOf(...rows: readonly string[]): ReadonlyMap<string, string> {
  const pairs = rows.flatMap((row) => row.toLowerCase().split(' '));
  return new Map(pairs.map((pair) => [pair.charAt(0), pair.charAt(1)]));
}
