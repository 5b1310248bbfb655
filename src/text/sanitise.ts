import sanitizeHtml from 'sanitize-html';

/**
 * Makes any markup safe: what `allowed` does not list is gone. The result is spelled in one way, on which this folder
 * relies: balanced, attributes in double quotes, `<` and `>` never in a text or a value, no entities but `&amp;`, `&lt;`,
 * `&gt;` and `&quot;`.
 */
export function sanitise(markup: string, allowed: sanitizeHtml.IOptions): string {
  return sanitizeHtml(markup, allowed).replaceAll(' />', '>');
}
