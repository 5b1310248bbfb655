import type { NoticeOffer } from '../http/notice.ts';

/**
 * Offers to undo what was just saved, as the log of the moderators does.
 *
 * @param eventId of the change; undefined: nothing had changed, and there is nothing to offer.
 * @param back where the way leads then.
 */
export function offerUndo(eventId: number | undefined, back: string): NoticeOffer | undefined {
  if (eventId === undefined) return undefined;
  return { action: '/moderation/undo', fields: { event: String(eventId), back }, label: 'undo.button' };
}
