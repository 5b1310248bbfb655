import { Marked } from 'marked';
import { addHeadingAnchors } from './heading-anchors.ts';
import { sanitisePost } from './post-sanitiser.ts';
import { TrustedHtml } from './trusted-html.ts';

/** Above this, a paragraph's asterisks and underscores stay as they are: `marked` compares each with all others. */
const mostEmphasisMarks = 400;

/** Above this, a table stays text: every row is filled up to the width of the first, so a few letters make megabytes. */
const mostTableCells = 10_000;

const markdown = createMarkdown();

/**
 * Renders what an author wrote: GitHub-flavoured Markdown and a good part of HTML. Headings begin at level two, since the
 * page's title is its only h1, and can be linked to. Images come from this site; others become links. A source nested too
 * deeply to be read as Markdown is shown as it was typed.
 */
export function renderPost(source: string): { readonly html: TrustedHtml } {
  return { html: TrustedHtml.fromSanitiser(addHeadingAnchors(sanitisePost(markupOf(source)))) };
}

// The parser calls itself for every level of nesting, and the stack can end before the text does.
function markupOf(source: string): string {
  try {
    return markdown.parse(source, { async: false });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return asTyped(source);
  }
}

function createMarkdown(): Marked {
  return new Marked({
    gfm: true,
    hooks: {
      emStrongMask: (text) => (countOf(/[*_~]+/g, text) > mostEmphasisMarks ? text.replace(/[*_~]/g, ' ') : text),
    },
    tokenizer: { table: (rest) => (isEndlessTable(rest) ? undefined : false) },
    renderer: {
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

function isEndlessTable(rest: string): boolean {
  const columns = countOf(/\|/g, rest.slice(0, rest.indexOf('\n')));
  if (columns === 0) return false;
  const [rows = ''] = rest.split(/\n[ \t]*\n/, 1);
  return columns * countOf(/\n/g, rows) > mostTableCells;
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
