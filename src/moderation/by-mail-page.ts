import type { Response } from 'express';
import type { Kysely } from 'kysely';
import { explainWaiting } from '../alerts/explain.ts';
import { allowedActions, isErased, type ModeratorAction } from '../comments/lifecycle.ts';
import type { Database } from '../database.ts';
import { decidingEvents } from '../events/deciding.ts';
import { lastEvents } from '../events/queries.ts';
import { HttpError } from '../http/errors.ts';
import type { Message } from '../http/messages.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { hrefOf } from '../posts/addresses.ts';
import { type TrustedHtml, trustStored } from '../text/trusted-html.ts';
import type { Overtaken } from './decide.ts';
import { longestReason } from './form.ts';
import { wordsTyped } from './not-done.ts';
import type { OpenedRight } from './open-right.ts';
import { type OvertakenItem, presentOvertaken } from './overtaken-view.ts';
import { listQueue, type QueueRow } from './queries.ts';

interface ByMailPage {
  /** Where the form is sent. */
  readonly action: string;
  /** In whose name one decides, and until when. */
  readonly moderatorName: string;
  readonly expiresAt: Date;
  readonly comment: {
    readonly name: string;
    readonly website: string | null;
    readonly html: TrustedHtml;
    readonly createdAt: Date;
  };
  readonly post: { readonly title: string; readonly href: string };
  /** What it answers; undefined for a reply to the post; without content where that is not shown. */
  readonly parent: { readonly content: { readonly name: string; readonly html: TrustedHtml } | undefined } | undefined;
  /** Why it waits. */
  readonly why: Message | undefined;
  /** Empty where it is decided already; then `decided` says how. */
  readonly actions: readonly ModeratorAction[];
  readonly decided: readonly OvertakenItem[];
  readonly seen: number | undefined;
  readonly refused: Refused | undefined;
  readonly longestReason: number;
  /** The same comment for who signs in. */
  readonly inQueue: string;
}

/** Why a decision could not be taken, and the reason that was typed for it. */
interface Refused {
  readonly why: Message;
  readonly reason: string;
}

const byMailView = defineView<ByMailPage>('moderation/by-mail');
const overtakenView = defineView<{
  readonly items: readonly OvertakenItem[];
  readonly typed: readonly string[];
  readonly back: string;
}>('moderation/by-mail-overtaken');

/** Shows the comment that a mailed link is about: with a form where it waits, else with what was decided. */
export async function sendByMailPage(
  db: Kysely<Database>,
  response: Response,
  {
    right,
    action,
    refused,
  }: { right: Extract<OpenedRight, { kind: 'open' }>; action: string; refused?: Refused | undefined },
): Promise<void> {
  const [row] = await listQueue(db, { ids: [right.commentId], status: 'pending' });
  // Nothing is left of it.
  if (!row || isErased(row.status)) throw new HttpError(410, { key: 'byMail.over' });
  const { id, status } = row;
  const [events, deciding] = await Promise.all([
    lastEvents(db, { subjectKind: 'comment', subjectIds: [id] }),
    decidingEvents(db, [{ id, status }]),
  ]);
  const { t, dates } = frameOf(response);
  const waits = status === 'pending';
  const event = events.get(id);
  const page: ByMailPage = {
    action,
    moderatorName: right.moderator.viewer.name,
    expiresAt: right.expiresAt,
    comment: { name: row.name, website: row.website, html: trustStored(row.html), createdAt: row.created_at },
    post: { title: row.post_title, href: hrefOf({ kind: row.post_kind, slug: row.post_slug }) },
    parent: parentOf(row),
    why: waits ? explainWaiting(deciding.get(id), dates) : undefined,
    actions: waits ? allowedActions(status) : [],
    decided: waits ? [] : presentOvertaken([{ id, status, event }], dates),
    seen: row.seen ?? undefined,
    refused,
    longestReason,
    inQueue: `/moderation/comments/${id}`,
  };
  const title = t(waits ? 'byMail.title' : 'byMail.decidedTitle', { name: row.name });
  sendPage(response, byMailView, { title, hiddenFromSearch: true, ...page }, refused ? 422 : 200);
}

/** Tells who decided second what was done first, with what was typed, to be copied. */
export function sendByMailOvertaken(
  response: Response,
  { overtaken, typed, back }: { overtaken: Overtaken; typed: unknown; back: string },
): void {
  const { t, dates } = frameOf(response);
  const page = { items: presentOvertaken([overtaken], dates), typed: wordsTyped(typed), back };
  sendPage(response, overtakenView, { title: t('overtaken.title'), hiddenFromSearch: true, ...page }, 409);
}

function parentOf({ parent_id, parent_name, parent_html }: QueueRow): ByMailPage['parent'] {
  if (parent_id === null) return undefined;
  const shown = parent_name !== null && parent_html !== null;
  return { content: shown ? { name: parent_name, html: trustStored(parent_html) } : undefined };
}
