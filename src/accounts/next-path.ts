/**
 * Where to go after signing in: the path that was asked for, if it leads back into this site, else the home page. A
 * browser reads `//host` and `/\host` as another site and drops control characters while doing so.
 */
export function nextPath(text: unknown): string {
  return typeof text === 'string' && text.length <= 2000 && /^\/(?!\/)[^\\\p{Cc}]*$/u.test(text) ? text : '/';
}
