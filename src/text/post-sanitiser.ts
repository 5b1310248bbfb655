import type { Attributes, IOptions, Tag } from 'sanitize-html';
import { sanitise } from './sanitise.ts';

const headings = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'];
const blocks = ['p', 'blockquote', 'pre', 'hr', 'ul', 'ol', 'li', 'dl', 'dt', 'dd', 'figure', 'figcaption'];
const disclosures = ['details', 'summary'];
const tables = ['table', 'caption', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td'];
const phrases = [
  ...['a', 'abbr', 'b', 'bdi', 'br', 'cite', 'code', 'del', 'dfn', 'em', 'i', 'img', 'ins', 'kbd', 'mark', 'q', 's'],
  ...['samp', 'small', 'span', 'strong', 'sub', 'sup', 'time', 'u', 'var', 'wbr'],
];
const alignments = ['align-left', 'align-center', 'align-right'];

/** What an author's post may consist of: text in all its forms, and images of this site. Nothing with a behaviour. */
const allowed: IOptions = {
  allowedTags: [...headings, ...blocks, ...disclosures, ...tables, ...phrases],
  allowedAttributes: {
    '*': ['lang', 'dir'],
    a: ['href', 'title', 'rel'],
    abbr: ['title'],
    details: ['open'],
    img: ['src', 'alt', 'title', 'width', 'height', 'loading'],
    ol: ['start', 'reversed'],
    td: ['colspan', 'rowspan'],
    th: ['colspan', 'rowspan', { name: 'scope', values: ['col', 'row', 'colgroup', 'rowgroup'] }],
    time: ['datetime'],
  },
  allowedClasses: { code: [/^language-[\w+#-]{1,40}$/], td: alignments, th: alignments },
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  allowProtocolRelative: false,
  nestingLimit: 60,
  // A link that leads nowhere goes, and what it holds stays.
  exclusiveFilter: ({ tag, attribs }) => tag === 'a' && !attribs.href && 'excludeTag',
};

/** Stands for the site while an address is taken apart: this folder does not know its name. */
const thisSite = 'https://this-site.invalid';

/**
 * Makes any markup safe to print in a page of this site, and fit for one: the highest heading becomes an h2 and the others
 * keep their distance to it; paths count from the site's root wherever the text is shown; an image from elsewhere becomes
 * a link, so that reading makes no request to another host.
 */
export function sanitisePost(markup: string): string {
  const shift = 2 - highestHeading(markup);
  let linkDepth = 0;
  return sanitise(markup, {
    ...allowed,
    transformTags: {
      ...Object.fromEntries(headings.map((heading, index) => [heading, `h${Math.min(index + 1 + shift, 6)}`])),
      a: (_tagName, attributes) => link(linkDepth === 1 ? attributes : {}),
      img: (_tagName, attributes) => (linkDepth === 0 ? imageOrLink(attributes) : imageOrWords(attributes)),
      ol: (tagName, attributes) => ({ tagName, attribs: withNumbers(attributes, { start: 9999 }) }),
      td: (tagName, attributes) => ({ tagName, attribs: withNumbers(attributes, { colspan: 100, rowspan: 100 }) }),
      th: (tagName, attributes) => ({ tagName, attribs: withNumbers(attributes, { colspan: 100, rowspan: 100 }) }),
    },
    onOpenTag: (name) => {
      if (name === 'a') linkDepth += 1;
    },
    onCloseTag: (name) => {
      if (name === 'a') linkDepth -= 1;
    },
  });
}

function highestHeading(markup: string): number {
  return headings.findIndex((heading) => new RegExp(`<${heading}\\b`, 'i').test(markup)) + 1;
}

function link({ href = '', title = '' }: Attributes): Tag {
  const address = destinationOf(href);
  return { tagName: 'a', attribs: address === undefined ? {} : { href: address, title, rel: 'noopener' } };
}

function imageOrLink(attributes: Attributes): Tag {
  const { src = '', alt = '', title = '', loading } = attributes;
  const address = destinationOf(src);
  if (address?.startsWith('/')) {
    const size = withNumbers(attributes, { width: 9999, height: 9999 });
    return {
      tagName: 'img',
      attribs: { ...size, src: address, alt, title, loading: loading === 'eager' ? loading : 'lazy' },
    };
  }
  const text = alt || title || src;
  if (address === undefined) return { tagName: 'span', attribs: {}, text };
  return { tagName: 'a', attribs: { href: address, rel: 'noopener' }, text };
}

function imageOrWords(attributes: Attributes): Tag {
  const image = imageOrLink(attributes);
  return image.tagName === 'img' ? image : { ...image, tagName: 'span', attribs: {} };
}

/**
 * Where an address leads: a fragment of this text, a path of this site from its root, or a whole address elsewhere;
 * nothing where it holds no address, or one with a scheme that is not on the list.
 */
function destinationOf(address: string): string | undefined {
  if (address.startsWith('#')) return address;
  const url = address.trim() === '' ? null : URL.parse(address, thisSite);
  if (url?.origin === thisSite) return url.pathname.startsWith('//') ? undefined : url.pathname + url.search + url.hash;
  return url && /^(?:https?|mailto|tel):$/.test(url.protocol) ? url.href : undefined;
}

/** The attributes, without those of the named ones that are no whole number up to the given one. */
function withNumbers(attributes: Attributes, most: Readonly<Record<string, number>>): Attributes {
  const fits = ([name, value]: [string, string]) => {
    const limit = most[name];
    return limit === undefined || (/^\d{1,6}$/.test(value) && Number(value) <= limit);
  };
  return Object.fromEntries(Object.entries(attributes).filter(fits));
}
