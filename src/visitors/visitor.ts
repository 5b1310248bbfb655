import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import { readCookie, setCookie } from '../http/cookies.ts';
import { readId } from '../http/fields.ts';

/** How visitors' cookies are signed, and whether they travel by https only. */
export interface VisitorCookies {
  readonly secret: Buffer;
  readonly secure: boolean;
}

/** What a visitor asked this browser to remember for the next comment. */
export interface RememberedPerson {
  readonly name: string;
  readonly email: string;
  readonly website: string;
}

// Browsers keep no cookie longer (RFC 6265bis, 5.5).
const cookieDays = 400;

/** The id of the browser that a request comes from, if its cookie is one that we signed. */
export function readVisitor(request: Request, { secret, secure }: VisitorCookies): number | undefined {
  const [idText = '', signature = ''] = (readCookie(request, cookieName('visitor', secure)) ?? '').split('.');
  const id = readId(idText);
  if (id === undefined) return undefined;
  const given = Buffer.from(signature, 'base64url');
  const right = sign(id, secret);
  return given.length === right.length && timingSafeEqual(given, right) ? id : undefined;
}

/** Lets this browser prove in future that it is this one. */
export function setVisitor(response: Response, browserId: number, { secret, secure }: VisitorCookies): void {
  const value = `${browserId}.${sign(browserId, secret).toString('base64url')}`;
  setCookie(response, { name: cookieName('visitor', secure), value, days: cookieDays, secure });
}

/** What this browser remembers of its person; empty fields where nothing is. */
export function readRemembered(request: Request, { secure }: Pick<VisitorCookies, 'secure'>): RememberedPerson {
  const fields = new URLSearchParams(readCookie(request, cookieName('remembered', secure)));
  const field = (name: string) => (fields.get(name) ?? '').slice(0, 300);
  return { name: field('name'), email: field('email'), website: field('website') };
}

/** Lets this browser remember its person, or forget it. */
export function setRemembered(
  response: Response,
  person: RememberedPerson | undefined,
  { secure }: Pick<VisitorCookies, 'secure'>,
): void {
  const name = cookieName('remembered', secure);
  const value = person ? new URLSearchParams({ ...person }).toString() : '';
  setCookie(response, { name, value, days: person ? cookieDays : 0, secure });
}

function cookieName(name: string, secure: boolean): string {
  return secure ? `__Host-${name}` : name;
}

function sign(id: number, secret: Buffer): Buffer {
  return createHmac('sha256', secret).update(`browser ${id}`).digest();
}
