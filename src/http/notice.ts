import type { Request } from 'express';
import type { Message, MessageKey } from './messages.ts';

/** What is said on the next page, once. */
export interface Notice extends Message {
  /** A button beside it, for the next thing that one may want. */
  readonly offer?: NoticeOffer | undefined;
}

/** A form with one button. */
export interface NoticeOffer {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly label: MessageKey;
}

/** Says something on the next page that a signed-in person sees, once: what was just done. */
export function leaveNotice(request: Request, notice: Notice): void {
  request.session.notice = notice;
}

/** Takes the notice that was left, if this is a page for it. */
export function takeNotice(request: Request): Notice | undefined {
  if (request.method !== 'GET') return undefined;
  const notice = request.session?.notice;
  if (notice) delete request.session.notice;
  return notice;
}
