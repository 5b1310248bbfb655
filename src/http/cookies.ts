import { parseCookie } from 'cookie';
import type { Request, Response } from 'express';

/** The value of a cookie that came with the request. */
export function readCookie(request: Request, name: string): string | undefined {
  return parseCookie(request.headers.cookie ?? '')[name];
}

/**
 * Keeps a value in the visitor's browser, out of reach of other sites.
 *
 * @param days how long; 0 takes the cookie away.
 * @param forScripts whether the scripts of our own pages read it; no one's secret may be in such a cookie.
 */
export function setCookie(
  response: Response,
  {
    name,
    value,
    days,
    secure,
    forScripts = false,
  }: { name: string; value: string; days: number; secure: boolean; forScripts?: boolean },
): void {
  const maxAge = days * 86_400_000;
  response.cookie(name, value, { httpOnly: !forScripts, sameSite: 'lax', secure, path: '/', maxAge });
}
