import type { Request, Response } from 'express';
import { readCookie, setCookie } from '../http/cookies.ts';
import { isUuid } from '../text/uuid.ts';
import type { VisitorCookies } from '../visitors/visitor.ts';

// As long as the browser keeps a text that nobody has told it was taken.
const daysKept = 30;

const mostKeys = 5;

/**
 * Tells the scripts of the next page that a reply was taken, by the key that they gave it: until then they keep its text.
 * The page that the answer leads to cannot say so, since it may be the same for everyone.
 *
 * @param key as it came with the form; where no script made one, nobody is to be told.
 */
export function tellTaken(
  request: Request,
  response: Response,
  { key, secure }: { key: string } & Pick<VisitorCookies, 'secure'>,
): void {
  if (!isUuid(key)) return;
  const name = secure ? '__Host-taken' : 'taken';
  const untold = (readCookie(request, name) ?? '').split('.').filter(isUuid);
  const value = [...new Set([...untold, key])].slice(-mostKeys).join('.');
  setCookie(response, { name, value, days: daysKept, secure, forScripts: true });
}
