import type { Request } from 'express';
import type { Message } from './messages.ts';

/** Says something on the next page that a signed-in person sees, once: what was just done. */
export function leaveNotice(request: Request, notice: Message): void {
  request.session.notice = notice;
}

/** Takes the notice that was left, if this is a page for it. */
export function takeNotice(request: Request): Message | undefined {
  if (request.method !== 'GET') return undefined;
  const notice = request.session?.notice;
  if (notice) delete request.session.notice;
  return notice;
}
