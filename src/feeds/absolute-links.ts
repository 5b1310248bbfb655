import type { TrustedHtml } from '../text/trusted-html.ts';

/**
 * Makes the links and images of a text lead to the same places when it is read elsewhere, such as in a feed reader.
 *
 * @param base absolute address of the page on which the text stands.
 */
export function withAbsoluteLinks(html: TrustedHtml, base: string): string {
  // The sanitiser writes attributes in double quotes and escapes every > in them.
  return html
    .toString()
    .replace(/<(?:a|img)\s[^>]*>/g, (tag) =>
      tag.replace(/(\s(?:href|src)=")([^"]*)"/g, (_attribute, start, address) => `${start}${resolve(address, base)}"`),
    );
}

function resolve(address: string, base: string): string {
  if (/^[a-z][a-z\d+.-]*:/i.test(address)) return address;
  return URL.parse(address, base)?.href ?? address;
}
