import type { Request, Response } from 'express';
import { readFields } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';

/** Where a page leads back to. */
export interface WayBack {
  readonly href: string;
  readonly label: string;
}

interface NotDonePage {
  readonly text: string;
  /** What somebody else did, in sentences. */
  readonly told: readonly string[];
  readonly typed: readonly string[];
  readonly back: WayBack;
}

const notDoneView = defineView<NotDonePage>('moderation/not-done');

/** Says why a decision or a closing was not carried out, with all that was typed, to be copied; `typed` where that is in other fields. */
export function sendNotDone(
  request: Request,
  response: Response,
  {
    why,
    told = [],
    typed = wordsTyped(request.body),
    back,
    status,
  }: { why: Message; told?: readonly Message[]; typed?: readonly string[]; back: WayBack; status: number },
): void {
  const { t } = frameOf(response);
  const sentences = told.map(({ key, values }) => t(key, values));
  const page = { text: t(why.key, why.values), told: sentences, typed, back };
  sendPage(response, notDoneView, { title: t('decision.notCarriedOut'), hiddenFromSearch: true, ...page }, status);
}

/** The texts that came with a form of the moderators, as they were typed; empty ones are left out. */
export function wordsTyped(body: unknown): string[] {
  const { reason, note, reply } = readFields(body, ['reason', 'note', 'reply']);
  return [reason, note, reply].filter((text) => text.trim() !== '');
}
