import { parseCookie } from 'cookie';
import type { Request, Response } from 'express';

/** The value of a cookie that came with the request. */
export function readCookie(request: Request, name: string): string | undefined {
  return parseCookie(request.headers.cookie ?? '')[name];
}

/**
 * Keeps a value in the visitor's browser, out of reach of scripts and of other sites.
 *
 * @param days how long; 0 takes the cookie away.
 */
export function setCookie(
  response: Response,
  { name, value, days, secure }: { name: string; value: string; days: number; secure: boolean },
): void {
  response.cookie(name, value, { httpOnly: true, sameSite: 'lax', secure, path: '/', maxAge: days * 86_400_000 });
}
