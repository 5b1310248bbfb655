import type { Request, Response } from 'express';
import { readCookie, setCookie } from '../http/cookies.ts';
import { isUuid } from '../text/uuid.ts';
import type { VisitorCookies } from '../visitors/visitor.ts';

// As long as the browser keeps a text that nobody has told it was taken.
const daysKept = 30;

const mostTaken = 5;

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
  if (isUuid(key)) tell(request, response, { taken: key, secure });
}

/** The same of an edit that was saved, by its comment. */
export function tellSaved(
  request: Request,
  response: Response,
  { commentId, secure }: { commentId: number } & Pick<VisitorCookies, 'secure'>,
): void {
  tell(request, response, { taken: `edit-${commentId}`, secure });
}

function tell(
  request: Request,
  response: Response,
  { taken, secure }: { taken: string } & Pick<VisitorCookies, 'secure'>,
): void {
  const name = secure ? '__Host-taken' : 'taken';
  const untold = (readCookie(request, name) ?? '').split('.').filter((one) => isUuid(one) || isEdit(one));
  const value = [...new Set([...untold, taken])].slice(-mostTaken).join('.');
  setCookie(response, { name, value, days: daysKept, secure, forScripts: true });
}

function isEdit(text: string): boolean {
  return /^edit-\d{1,10}$/.test(text);
}
