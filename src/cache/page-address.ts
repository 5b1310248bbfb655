/** Parameters that pages know; all others are ignored, and so do not make another page. */
const known: readonly string[] = ['after', 'before', 'by', 'order', 'part', 'year'];

/**
 * The address under which a request's page would be kept: the path, and of the query what pages know, in one order.
 *
 * @param url as it stands in the request.
 * @returns undefined for what is never kept.
 */
export function pageAddress(url: string): string | undefined {
  if (!url.startsWith('/') || /^\/(assets\/|(healthz|readyz|metrics)(\/|\?|$))/.test(url)) return undefined;
  const [path = '', query] = splitOnce(url);
  if (query === undefined) return path;
  const parameters = [...new URLSearchParams(query)].filter(([name]) => known.includes(name));
  if (new Set(parameters.map(([name]) => name)).size < parameters.length) return undefined;
  return addressOf(path, Object.fromEntries(parameters));
}

/** The address of a page: what handlers say they show, in the same form. */
export function addressOf(path: string, parameters: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  if (given.length === 0) return path;
  given.sort(([a], [b]) => (a < b ? -1 : 1));
  return `${path}?${given.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')}`;
}

function splitOnce(url: string): [path: string, query?: string] {
  const at = url.indexOf('?');
  return at < 0 ? [url] : [url.slice(0, at), url.slice(at + 1)];
}
