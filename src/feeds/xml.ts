/** A piece of well-formed XML. */
export interface Xml {
  readonly markup: string;
}

/**
 * Makes an element. Text is escaped, and what no XML document can hold is left out of it, so that the result is
 * well-formed whatever the text was.
 *
 * @param content text, or elements.
 */
export function element(
  name: string,
  content: string | readonly Xml[] = [],
  attributes: Readonly<Record<string, string>> = {},
): Xml {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  const inside = typeof content === 'string' ? escaped(content) : content.map(({ markup }) => markup).join('\n');
  return { markup: `<${name}${list.join('')}${inside === '' ? '/>' : `>${inside}</${name}>`}` };
}

/** Writes an element as a document of its own. */
export function xmlDocument(root: Xml): string {
  return `<?xml version="1.0" encoding="utf-8"?>\n${root.markup}\n`;
}

// XML 1.0, 2.2: no controls but tab and line ends, no half surrogate pairs, neither U+FFFE nor U+FFFF.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this leaves out.
const outsideXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};

function escaped(text: string): string {
  return text.replace(outsideXml, '').replace(/[&<>"\r]/g, (character) => entities[character] ?? character);
}
