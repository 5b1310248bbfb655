import type { Request, Response } from 'express';
import { findAppealsAgainst } from '../appeals/queries.ts';
import { findJudgements, usualWait } from '../comments/queries.ts';
import type { AppContext } from '../context.ts';
import { decidingEvents } from '../events/deciding.ts';
import { type OwnSubscription, presentSubscriptions } from '../following/own-view.ts';
import { readId } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { explainStanding } from '../persons/explain.ts';
import { findStanding } from '../persons/queries.ts';
import { siteOf } from '../site/current.ts';
import { provedAddresses } from '../visitors/queries.ts';
import { identifyBrowser } from '../visitors/this-browser.ts';
import type { VisitorCookies } from '../visitors/visitor.ts';
import type { AddressForm } from './form.ts';
import { listWritten } from './written-queries.ts';
import { presentWritten, type WrittenView } from './written-view.ts';

/** What every page of a commenter needs. */
export type MineContext = Pick<AppContext, 'db' | 'now'> & { readonly cookies: VisitorCookies };

/** The page of one's own, as its templates print it: a section each. */
export interface MinePage {
  /** The addresses that were proved in this browser. */
  readonly addresses: readonly string[];
  readonly form: { readonly email: string; readonly error: Message | undefined };
  /** How moderators decided to meet this person; undefined where they did not. */
  readonly standing: { readonly told: Message; readonly reason: string } | undefined;
  readonly comments: readonly WrittenView[];
  /** What these addresses follow by mail. */
  readonly subscriptions: readonly OwnSubscription[];
  /** Paths of the newest comments, where these are older ones, and of those that follow. */
  readonly newestHref: string | undefined;
  readonly olderHref: string | undefined;
  /** What is wrong with the form, for the summary on top. */
  readonly errors: readonly { readonly field: string; readonly message: string }[];
}

const mineView = defineView<MinePage>('commenters/mine');

/**
 * Sends the page on which a commenter sees what is known of them here.
 *
 * @param again the form as it was sent, where it could not be taken.
 */
export async function sendMinePage(
  context: MineContext,
  request: Request,
  response: Response,
  again?: { readonly form: AddressForm; readonly error: Message; readonly status: number },
): Promise<void> {
  const { t } = frameOf(response);
  const browserId = await identifyBrowser(context, request, response);
  const before = readId(request.query.before);
  const editMinutes = siteOf(response).edit_minutes;
  const { addresses, ...list } = await loadOwn(context, { browserId, before, editMinutes });
  const page: MinePage = {
    addresses,
    form: { email: again?.form.typed ?? '', error: again?.error },
    ...list,
    standing: await tellStanding(context, response, browserId),
    subscriptions: await presentSubscriptions(context.db, { emails: addresses }),
    errors: again ? [{ field: 'email', message: t(again.error.key, again.error.values) }] : [],
  };
  sendPage(response, mineView, { title: t('mine.title'), hiddenFromSearch: true, ...page }, again?.status);
}

async function tellStanding(
  { db, now }: MineContext,
  response: Response,
  browserId: number | undefined,
): Promise<MinePage['standing']> {
  const standing = browserId === undefined ? undefined : await findStanding(db, { browserId, now: now() });
  const { dates } = frameOf(response);
  return standing && { told: explainStanding(standing, dates), reason: standing.reason };
}

async function loadOwn(
  { db, now }: MineContext,
  {
    browserId,
    before,
    editMinutes,
  }: { browserId: number | undefined; before: number | undefined; editMinutes: number },
): Promise<Pick<MinePage, 'addresses' | 'comments' | 'newestHref' | 'olderHref'>> {
  if (browserId === undefined) return { addresses: [], comments: [], newestHref: undefined, olderHref: undefined };
  const addresses = await provedAddresses(db, { browserId });
  const { comments, next } = await listWritten(db, { browserId, before });
  const waiting = comments.filter(({ status }) => status === 'pending').map(({ id }) => id);
  const deciding = await decidingEvents(db, comments);
  const eventIds = [...deciding.values()].map(({ eventId }) => eventId);
  const findings = {
    judgements: await findJudgements(db, waiting),
    deciding,
    appeals: await findAppealsAgainst(db, eventIds),
    usualWait: waiting.length > 0 ? await usualWait(db) : undefined,
  };
  return {
    addresses,
    comments: comments.map((comment) => presentWritten(comment, { browserId, editMinutes, findings, now: now() })),
    newestHref: before === undefined ? undefined : '/mine',
    olderHref: next === undefined ? undefined : `/mine?before=${next}`,
  };
}
