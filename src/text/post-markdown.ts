import { Marked } from 'marked';
import { addHeadingAnchors } from './heading-anchors.ts';
import { sanitisePost } from './post-sanitiser.ts';
import { TrustedHtml } from './trusted-html.ts';

/** A paragraph with more asterisks and underscores has none that count: `marked` compares each with all others. */
const mostEmphasisMarks = 400;

/** No prose has longer paragraphs, and some of the parser's time grows with their square. */
const longestParagraph = 20_000;

/** Every row of a table is filled up to the width of the first, so a few letters can make megabytes. */
const mostTableCells = 50_000;

/**
 * What reading a whole text may cost: about half a second. The parser looks at every mark, then from there through the rest
 * of its paragraph; a paragraph, a heading, a cell, an item or a tag costs something by itself.
 */
const mostCharactersCompared = 200_000_000;
const charactersPerPart = 3_000;
const marks = /[*_~`[<!\\]|http|www\.|ftp:/gi;

/** A line that opens thirty quotes and lists in one another, each of which reads all that is in it anew; no drawn line. */
const tooDeep = /^(?![-* \t]+$)(?:[ \t]*(?:>|(?:[*+-]|\d{1,9}[.)])[ \t])){30}/m;

/**
 * Renders what an author wrote: GitHub-flavoured Markdown and a good part of HTML. Headings begin at level two, since the
 * page's title is its only h1, and can be linked to. Images come from this site; others become links. A source that is
 * nested too deeply, or holds a paragraph, a table or a number of marks and tags beyond all measure, is shown as it was
 * typed. That depends on the source alone, so a preview shows what will be published.
 */
export function renderPost(source: string): { readonly html: TrustedHtml } {
  return { html: TrustedHtml.fromSanitiser(addHeadingAnchors(sanitisePost(markupOf(source)))) };
}

// A RangeError is ours, below, or the stack's end: the parser calls itself for every level of nesting.
function markupOf(source: string): string {
  if (tooDeep.test(source)) return asTyped(source);
  try {
    return createMarkdown().parse(source, { async: false });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return asTyped(source);
  }
}

// For one text: it counts what that costs.
function createMarkdown(): Marked {
  let left = mostCharactersCompared;
  const spend = (characters: number) => {
    left -= characters;
    if (left < 0) throw new RangeError('A text holds too much to be read as Markdown.');
  };
  return new Marked({
    gfm: true,
    hooks: {
      // Called for the text of each paragraph, heading and cell, and of what is emphasised or linked in it, before anything
      // else is done with it.
      emStrongMask: (text) => {
        if (text.length > longestParagraph) throw new RangeError('A paragraph is too long to be read as Markdown.');
        spend(charactersPerPart + text.length * countOf(marks, text));
        return countOf(/[*_~]+/g, text) > mostEmphasisMarks ? text.replace(/[*_~]/g, ' ') : text;
      },
    },
    tokenizer: {
      table: (rest) => {
        if (cellsAtMost(rest) > mostTableCells) throw new RangeError('A table is too large to be read as Markdown.');
        return false;
      },
    },
    renderer: {
      list: ({ items }) => {
        spend(charactersPerPart * items.length);
        return false;
      },
      html: ({ text }) => {
        spend(charactersPerPart * countOf(/<\/?[a-z]/gi, text));
        return text;
      },
      checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
      tablecell({ header, align, tokens }) {
        const text = this.parser.parseInline(tokens);
        const tag = header && text !== '' ? 'th' : 'td';
        const scope = tag === 'th' ? ' scope="col"' : '';
        const aligned = align === null ? '' : ` class="align-${align}"`;
        return `<${tag}${scope}${aligned}>${text}</${tag}>`;
      },
    },
  });
}

/** How many cells a table would have if the text began with one. */
function cellsAtMost(text: string): number {
  const [head = '', ruler = ''] = text.split('\n', 2);
  if (!/^[\s|:-]+$/.test(ruler)) return 0;
  const [rows = ''] = text.split(/\n[ \t]*\n/, 1);
  return countOf(/\|/g, head) * countOf(/\n/g, rows);
}

function countOf(pattern: RegExp, text: string): number {
  return text.match(pattern)?.length ?? 0;
}

function asTyped(source: string): string {
  const escaped = source.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const paragraphs = escaped
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${paragraph.trim().replaceAll('\n', '<br>\n')}</p>`);
  return paragraphs.join('\n');
}
