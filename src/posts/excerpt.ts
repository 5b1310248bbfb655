import { excerptOf } from '../text/plain-text.ts';
import { trustStored } from '../text/trusted-html.ts';
import type { Post } from './table.ts';

/** So much of a rendered text is enough for an excerpt; an article of a megabyte need not be read for it. */
export const charactersForExcerpt = 8_000;

const excerptLength = 280;

/** What lists and feeds say of a post: what its author wrote for that, else the beginning of the text. */
export function shortTextOf({ excerpt, html }: Pick<Post, 'excerpt' | 'html'>): string {
  return excerpt || excerptOf(trustStored(withoutBrokenEnd(html)), excerptLength);
}

// The queries cut long texts anywhere, so half a tag can stand at the end.
function withoutBrokenEnd(html: string): string {
  return html.replace(/<[^>]*$/, '');
}
