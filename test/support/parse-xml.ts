/** An element of a parsed document. */
export interface ParsedElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: ParsedElement[];
  /** The text directly in it. */
  text: string;
}

const allowed = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
const markup = /<\/([\w:-]+)>|<([\w:-]+)((?:\s[\w:-]+="[^"<]*")*)\s*(\/?)>/y;

/**
 * Parses the XML that this site writes, strictly: one root, everything closed in order, no character or entity that XML
 * does not know, no attribute twice.
 *
 * @throws Error with the place at which the document is not well-formed.
 */
export function parseXml(document: string): ParsedElement {
  const declaration = '<?xml version="1.0" encoding="utf-8"?>';
  if (!document.startsWith(declaration)) throw new Error('There is no declaration.');
  if (!allowed.test(document)) throw new Error('A character is not allowed in XML.');
  const top: ParsedElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [top];
  for (let at = declaration.length; at < document.length; ) {
    const current = open.at(-1) ?? top;
    if (document[at] !== '<') {
      const end = document.indexOf('<', at);
      const text = document.slice(at, end === -1 ? document.length : end);
      current.text += decode(text);
      at += text.length;
      continue;
    }
    markup.lastIndex = at;
    const [whole, closing, opening, attributes = '', empty] = markup.exec(document) ?? [];
    if (!whole) throw new Error(`Not well-formed at ${at}: ${document.slice(at, at + 60)}`);
    if (opening) {
      const child: ParsedElement = { name: opening, attributes: readAttributes(attributes), children: [], text: '' };
      current.children.push(child);
      if (!empty) open.push(child);
    } else if (open.length < 2 || open.pop()?.name !== closing) throw new Error(`</${closing}> closes nothing.`);
    at += whole.length;
  }
  const [root, ...others] = top.children;
  if (!root || others.length > 0 || open.length !== 1 || top.text.trim() !== '')
    throw new Error('There is not one root.');
  return root;
}

/** The children of a name. */
export function childrenOf(parent: ParsedElement, name: string): ParsedElement[] {
  return parent.children.filter((child) => child.name === name);
}

/** The text of the one child of a name. @throws Error where there is none, or more than one. */
export function textIn(parent: ParsedElement, name: string): string {
  const [child, ...others] = childrenOf(parent, name);
  if (!child || others.length > 0) throw new Error(`<${parent.name}> has not one <${name}>.`);
  return child.text;
}

function readAttributes(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/\s([\w:-]+)="([^"]*)"/g)) {
    if (name in attributes) throw new Error(`${name} is there twice.`);
    attributes[name] = decode(value);
  }
  return attributes;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#13': '\r' };

function decode(text: string): string {
  return text.replace(/&([^;]*;?)/g, (_entity, name: string) => {
    const character = entities[name.slice(0, -1)];
    if (!name.endsWith(';') || character === undefined) throw new Error(`&${name} is no entity.`);
    return character;
  });
}
