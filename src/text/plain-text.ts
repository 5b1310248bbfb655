import type { TrustedHtml } from './trusted-html.ts';

/** Elements around which words do not run on. */
const breaking =
  /<\/?(?:blockquote|br|caption|dd|details|dl|dt|figcaption|figure|h[2-6]|hr|li|ol|p|pre|summary|table|td|th|tr|ul)\b[^>]*>/g;

/** What tells little out of its place: headings, listings and tables. */
const setApart = /<(h[2-6]|pre|table)\b[^>]*>[\s\S]*?<\/\1>/g;

/**
 * More marks on one letter than any language writes (UAX #15 has the same number): who piles them up keeps the composition
 * busy, which sorts them.
 */
const pilesOfMarks = /(\p{M}{30})\p{M}+/gu;

/**
 * Brings any text into the form that the site stores: well-formed, NFC, lines ended by LF, without the characters that
 * Postgres or a feed cannot hold (NUL and other controls, U+FFFE, U+FFFF) and without those that reorder what stands
 * around them (bidi embeddings, overrides and isolates), and of marks on one letter the first thirty. Tabs stay, and so do the left-to-right, right-to-left and Arabic
 * letter marks: Hebrew and Arabic writers type them, and they move nothing but the punctuation beside them. Doing it
 * twice changes nothing. The result can be longer than the text was, so limits are checked afterwards.
 */
export function normalise(text: string): string {
  if (/^[\t\n\x20-\x7e]*$/.test(text)) return text;
  return text
    .toWellFormed()
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(/(?![\t\n])\p{Cc}|[\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/gu, '')
    .replace(pilesOfMarks, '$1')
    .normalize('NFC');
}

/**
 * The same for a field of one line: white space of any kind becomes one space, none at the ends. A line that shows nothing
 * (only invisible characters, such as zero-width spaces or Hangul fillers) is empty.
 */
export function normaliseLine(text: string): string {
  const line = normalise(text).replace(/\s+/g, ' ').trim();
  return /[^\s\p{Cc}\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u.test(line) ? line : '';
}

/**
 * The beginning of a rendered text without its markup, at most `length` UTF-16 units, cut between words and closed by an
 * ellipsis where something is missing. Headings, listings and tables are passed over, unless there is nothing else.
 */
export function excerptOf(html: TrustedHtml, length: number): string {
  const markup = html.toString();
  const text = textOf(markup.replace(setApart, ' ')) || textOf(markup);
  return text.length <= length ? text : `${cut(text, length - 1).replace(/[\s,;:–—-]+$/, '')}…`;
}

/** The words of sanitised markup on one line. It relies on the sanitiser's spelling, so it takes no other markup. */
export function textOf(sanitised: string): string {
  return sanitised
    .replace(breaking, ' ')
    .replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim();
}

function cut(text: string, length: number): string {
  const beginning = text.slice(0, length + 100);
  return whole(beginning, 'word', length) || whole(beginning, 'grapheme', length);
}

// A long first word has no place to cut, so it is cut between two characters as a reader sees them.
function whole(text: string, granularity: 'word' | 'grapheme', length: number): string {
  let end = 0;
  for (const { index, segment } of new Intl.Segmenter('und', { granularity }).segment(text)) {
    if (index + segment.length > length) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}
