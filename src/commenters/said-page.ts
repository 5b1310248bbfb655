import type { Response } from 'express';
import { markPrivate } from '../http/caching.ts';
import type { MessageKey, MessageValues } from '../http/messages.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';

const saidView = defineView<{ readonly text: string; readonly erased: boolean }>('commenters/said');

/**
 * Sends a page that says what was done: a commenter has no session in which a notice could wait.
 *
 * @param erased whether what this browser keeps of edited comments is to go, too.
 */
export function sendSaid(
  response: Response,
  {
    title,
    text,
    values,
    erased = false,
  }: { title: MessageKey; text: MessageKey; values?: MessageValues; erased?: boolean },
): void {
  const { t } = frameOf(response);
  markPrivate(response);
  sendPage(response, saidView, { title: t(title), hiddenFromSearch: true, text: t(text, values), erased });
}
