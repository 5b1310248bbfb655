import { type RenderedComment, renderComment } from '../text/comment-markdown.ts';
import { normaliseLine, textOf } from '../text/plain-text.ts';

/** Renders the text of a comment; undefined where nothing of it can be seen, such as of a link without words. */
export function renderVisibly(body: string): RenderedComment | undefined {
  const rendered = renderComment(body);
  return normaliseLine(textOf(rendered.html.toString())) === '' ? undefined : rendered;
}
