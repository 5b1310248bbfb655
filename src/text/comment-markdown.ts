import Markdown, { type MarkdownIt, type RendererRule, type StateBlock } from 'markdown-it';
import type { Attributes, IOptions, Tag } from 'sanitize-html';
import { spellPlain } from './plain-markup.ts';
import { sanitise } from './sanitise.ts';
import { TrustedHtml } from './trusted-html.ts';

/** What a stranger's comment may consist of. Nothing here carries an id or a class, or loads anything. */
const allowed: IOptions = {
  allowedTags: ['p', 'br', 'em', 'strong', 'del', 'a', 'code', 'pre', 'blockquote', 'ul', 'ol', 'li'],
  allowedAttributes: { a: ['href', 'rel'], ol: ['start'] },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowProtocolRelative: false,
  nestingLimit: 40,
  transformTags: { s: 'del', a: link, ol: numberedList },
  exclusiveFilter: ({ tag, text, attribs }) => tag === 'a' && (!attribs.href || text.trim() === '') && 'excludeTag',
};

/** Quotes and lists nested deeper than this (in elements, a list counting two) are shown as they were typed. */
const deepestBlock = 16;

const markdown = createMarkdown();

/** Where a comment leads to, for the policies that look at it. */
export interface CommentLinks {
  /** As they are written, one for each link. */
  readonly addresses: readonly string[];
  /** The hosts of the web links, each once, in lower case, an international name in its ASCII form. */
  readonly hosts: readonly string[];
}

/** A comment as it is shown, and where it leads. */
export interface RenderedComment {
  readonly html: TrustedHtml;
  readonly links: CommentLinks;
}

/**
 * Renders what a stranger wrote, in a small Markdown: emphasis, links, lists, quotes and code, line breaks as typed. HTML
 * is shown as text. Headings become bold paragraphs, images become links, tables and rules stay text.
 */
export function renderComment(source: string): RenderedComment {
  const markup = markdown.render(source);
  const html = spellPlain(markup) ?? sanitise(markup, allowed);
  return { html: TrustedHtml.fromSanitiser(html), links: linksIn(html) };
}

function createMarkdown(): MarkdownIt {
  const made = new Markdown({ html: false, linkify: true, breaks: true, maxNesting: deepestBlock + 8 });
  // Setext headings and indented code surprise people who only drew a line or indented a paragraph.
  made.disable(['html_block', 'html_inline', 'table', 'lheading', 'code']);
  made.block.ruler.before('fence', 'too_deep', keepDeepText);
  made.renderer.rules.heading_open = () => '<p><strong>';
  made.renderer.rules.heading_close = () => '</strong></p>\n';
  made.renderer.rules.hr = (tokens, index) => `<p>${tokens[index]?.markup}</p>\n`;
  made.renderer.rules.image = imageAsLink;
  // An address is shown as it was typed: decoding could make one host look like another.
  made.normalizeLinkText = (address) => address;
  made.validateLink = isOpenLink;
  made.linkify.set({ fuzzyEmail: false }).add('www.', {
    validate: (text, position, self) => Math.max(0, self.testSchemaAt(`//${text.slice(position)}`, 'https:', 0) - 2),
    normalize: (match) => {
      match.url = `https://${match.url}`;
    },
  });
  return made;
}

// The parser drops what lies below its nesting limit; this rule comes before that and keeps the words.
function keepDeepText(state: StateBlock, startLine: number, endLine: number): boolean {
  if (state.level < deepestBlock) return false;
  let end = startLine + 1;
  while (end < endLine && !state.isEmpty(end) && (state.sCount[end] ?? 0) >= state.blkIndent) end += 1;
  state.push('paragraph_open', 'p', 1);
  const inline = state.push('inline', '', 0);
  inline.content = state.getLines(startLine, end, state.blkIndent, false).trim();
  inline.children = [];
  state.push('paragraph_close', 'p', -1);
  state.line = end;
  return true;
}

function imageAsLink(...[tokens, index, options, environment, renderer]: Parameters<RendererRule>): string {
  const image = tokens[index];
  const address = String(image?.attrGet('src') ?? '');
  const words = renderer.renderInlineAsText(image?.children ?? [], options, environment) || address;
  const { escapeHtml } = markdown.utils;
  const inLink = tokens.slice(0, index).reduce((depth, { tag, nesting }) => depth + (tag === 'a' ? nesting : 0), 0) > 0;
  return inLink ? escapeHtml(words) : `<a href="${escapeHtml(address)}">${escapeHtml(words)}</a>`;
}

/** Only whole addresses lead somewhere: a comment is read on several pages, in feeds and in mail. */
function isOpenLink(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && /^(?:https?|mailto):$/.test(url.protocol) && url.username === '' && url.password === '';
}

function link(_tag: string, { href = '' }: Attributes): Tag {
  const address = isOpenLink(href) ? URL.parse(href)?.href : undefined;
  return { tagName: 'a', attribs: address === undefined ? {} : { href: address, rel: 'nofollow ugc noopener' } };
}

function numberedList(tagName: string, { start = '' }: Attributes): Tag {
  return { tagName, attribs: /^\d{1,4}$/.test(start) ? { start } : {} };
}

/**
 * Finds the links of a rendered comment. It relies on the sanitiser's own spelling: a `<` is always an element's, and an
 * address escapes `&`.
 */
function linksIn(sanitised: string): CommentLinks {
  const addresses = [...sanitised.matchAll(/<a href="([^"]*)"/g)].map(([, address = '']) =>
    address.replaceAll('&amp;', '&'),
  );
  const hosts = addresses.map((address) => URL.parse(address)?.hostname ?? '').filter((host) => host !== '');
  return { addresses, hosts: [...new Set(hosts)] };
}
