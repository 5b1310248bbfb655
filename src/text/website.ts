const longest = 200;

/**
 * The address that someone gives as their website, as a browser would write it: `https://` is added where the scheme is
 * missing. Nothing where it is no address of the web, carries a password, or is longer than 200 characters.
 */
export function normaliseWebsite(text: string): string | undefined {
  const typed = text.trim();
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(typed) ? typed : `https://${typed}`);
  if (!url || /\s/.test(typed) || !['http:', 'https:'].includes(url.protocol)) return undefined;
  if (url.username !== '' || url.password !== '') return undefined;
  return /[^.]\.[^.]/.test(url.hostname) && url.href.length <= longest ? url.href : undefined;
}
