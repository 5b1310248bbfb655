import type { Request, Response } from 'express';
import { setCookie } from '../http/cookies.ts';
import { openSession, sessionCookie } from '../http/session.ts';

/**
 * Signs someone in on this browser, in a session with a new id: one that somebody else may have put there before is
 * worth nothing.
 */
export async function startSession(
  request: Request,
  { accountId, now }: { accountId: number; now: Date },
): Promise<void> {
  await openSession(request);
  await new Promise<void>((resolve, reject) => {
    request.session.regenerate((error) => (error ? reject(error) : resolve()));
  });
  request.session.accountId = accountId;
  request.session.signedInAt = now.toISOString();
  request.session.userAgent = (request.get('user-agent') ?? '').slice(0, 200);
  // Left to the end of the answer, its headers would go out first, and a quick browser come back as a stranger.
  await new Promise<void>((resolve, reject) => {
    request.session.save((error) => (error ? reject(error) : resolve()));
  });
}

/** Signs out on this browser, and takes the cookie back. */
export async function dropSession(
  request: Request,
  response: Response,
  { secure }: { secure: boolean },
): Promise<void> {
  await openSession(request);
  await new Promise<void>((resolve, reject) => {
    request.session.destroy((error) => (error ? reject(error) : resolve()));
  });
  setCookie(response, { name: sessionCookie(secure), value: '', days: 0, secure });
}
