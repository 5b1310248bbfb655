import { foldText } from '../text/fold.ts';

/** Endings of addresses that people advertise, beside those of two letters. */
const endings = new Set(
  (
    'com net org info biz name pro edu gov int mobi asia xxx web app dev blog site website online store shop club live life ' +
    'world space top xyz icu vip win bet casino poker games game loan loans credit cash money finance trade date dating ' +
    'sex sexy porn cam chat click link download stream review reviews work works today news agency digital cloud host ' +
    'press fun one guru expert academy email media network group company services solutions center city love style ' +
    'рф рус онлайн сайт ком бел укр москва орг дети 中国 中國 公司 网络 在线 网址 网站 香港 台灣 台湾 コム みんな 한국 닷컴 موقع شبكة'
  )
    .split(' ')
    .map(foldText),
);

/** In UTF-16 units: more than a name may have. */
const longestName = 200;

/**
 * Finds an address of the web in a name: one with a scheme or `www.`, or a bare one with an ending that is in use. Initials
 * (`J.R.R.Tolkien`, `Dr.No`) are none.
 *
 * @returns its host, as a browser would write it.
 */
export function addressIn(name: string): string | undefined {
  const parts = name
    .slice(0, longestName)
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/[。｡]/g, '.')
    .split(/[\s,;()[\]<>{}"“”«»„|]+/);
  for (const part of parts) {
    const host = hostOf(part.replace(/[.!?:…]+$/, ''));
    if (host !== undefined) return host;
  }
  return undefined;
}

function hostOf(part: string): string | undefined {
  const [, scheme, rest = ''] = /^([a-z][a-z\d+-]*:\/\/)?(.*)$/iu.exec(part) ?? [];
  const typed = rest.split(/[/?#:]/u, 1)[0] ?? '';
  if (!/^[\p{L}\p{N}\p{M}_-]+(?:\.[\p{L}\p{N}\p{M}_-]+)+$/u.test(typed)) return undefined;
  const certain = scheme !== undefined || /^www\./i.test(typed);
  return certain || endsLikeOne(typed) ? URL.parse(`http://${typed}`)?.hostname || undefined : undefined;
}

// Of two letters are those of countries; written like a surname, or after initials, they are none.
function endsLikeOne(typed: string): boolean {
  const labels = typed.split('.');
  const ending = labels.at(-1) ?? '';
  if (endings.has(foldText(ending)) || /^xn--/i.test(ending)) return true;
  const asOne = ending === ending.toLowerCase() || typed === typed.toUpperCase();
  const isWord = (label: string) => [...label].length > 2;
  return /^[a-z]{2}$/.test(foldText(ending)) && asOne && labels.slice(0, -1).some(isWord);
}
