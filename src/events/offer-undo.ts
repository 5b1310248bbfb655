import type { MessageKey } from '../http/messages.ts';
import type { NoticeOffer } from '../http/notice.ts';

/**
 * A button that undoes what an event says, to be shown beside the news of it.
 *
 * @param eventId undefined: nothing had changed, and there is nothing to offer.
 * @param back where the way leads then.
 * @param label none: “Undo”.
 */
export function offerUndo({
  eventId,
  back,
  label = 'undo.button',
}: {
  eventId: number | undefined;
  back: string;
  label?: MessageKey;
}): NoticeOffer | undefined {
  if (eventId === undefined) return undefined;
  return { action: '/moderation/undo', fields: { event: String(eventId), back }, label };
}
