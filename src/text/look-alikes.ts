/**
 * Letters that look like a Latin one, each beside what it is taken for; all in lower case. Where a capital looks like
 * another letter than the small one does, the capital decides. The idea, and much of what is taken for what, is that of
 * Unicode's confusables (UTS #39), of which these are the letters that somebody can write a whole word with. Of Greek and
 * Arabic there are letters, too, that stand for each other.
 */
export const lookAlikes: ReadonlyMap<string, string> = pairs(
  'ıi ɩi ǀl ɑa ɡg øo đd łl',
  'ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz',
  'аa вb сc ԁd еe һh нh іi ӏl јj кk мm оo рp ԛq гr ѕs тt уy ѵv ԝw хx ьb',
  'αa βb εe ζz ηh ιi κk μm νn οo ρp τt υy χx ςσ',
  'օo սu հh ոn յj',
  'ᎪA ᏴB ᏟC ᎠD ᎬE ᏀG ᎻH ᎥI ᎫJ ᏦK ᏞL ᎷM ᏢP ᎡR ᏚS ᎢT ᏙV ᎳW ᎩY ᏃZ',
  'ꓮA ꓐB ꓚC ꓓD ꓰE ꓝF ꓖG ꓧH ꓲI ꓙJ ꓗK ꓡL ꓟM ꓠN ꓳO ꓑP ꓣR ꓢS ꓔT ꓴU ꓦV ꓪW ꓫX ꓬY ꓜZ',
  'یي ىي کك ہه ەه',
);

/** Signs that count as letters: ʹ ˌ and the like. Those of other scripts are letters indeed, as ー and ๆ are. */
export const letterLikeSigns: RegExp =
  /[\p{Lm}&&[\p{scx=Common}\p{scx=Latin}\p{scx=Greek}\p{scx=Cyrillic}\p{scx=Arabic}\p{scx=Lisu}]]|[ꞌǃ]/gv;

/** Reads rows of pairs of two characters, each by its first one, in lower case. */
export function pairs(...rows: readonly string[]): ReadonlyMap<string, string> {
  const all = rows.flatMap((row) => row.toLowerCase().split(' '));
  return new Map(all.map((pair) => [pair.charAt(0), pair.charAt(1)]));
}
