import { createTranslate, type Message } from './messages.ts';

/** Statuses that have a title and a text of their own. */
const wordedStatuses = [400, 403, 404, 408, 409, 410, 413, 414, 415, 422, 429, 431, 500, 503] as const;

/** The status whose words fit best. */
export function nearestWorded(status: number): (typeof wordedStatuses)[number] {
  return wordedStatuses.find((each) => each === status) ?? (status < 500 ? 400 : 500);
}

/**
 * A whole page about a status, for where there is no site around it: before it has started, or without its database.
 *
 * @param words `explanation`: more fitting than the general text of the status; `stylesheet`: its path, if it can be had;
 * `typed`: a text that was sent and not taken, to be copied.
 */
export function barePage(
  status: number,
  { explanation, stylesheet, typed }: { explanation?: Message | undefined; stylesheet?: string; typed?: string } = {},
): string {
  const t = createTranslate('en');
  const title = escaped(t(`error.${nearestWorded(status)}.title`));
  const text = escaped(explanation ? t(explanation.key, explanation.values) : t(`error.${nearestWorded(status)}.text`));
  const style = stylesheet ? `\n<link rel="stylesheet" href="${escaped(stylesheet)}">` : '';
  const kept = typed
    ? `\n<p><label for="typed">${escaped(t('refused.yourText'))}</label></p>\n<textarea id="typed" rows="12" readonly dir="auto">\n${escaped(typed)}</textarea>`
    : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">${style}
</head>
<body>
<main id="main">
<article class="error-page">
<h1>${title}</h1>
<p>${text}</p>${kept}
</article>
</main>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
