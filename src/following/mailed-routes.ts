import { type Response, Router } from 'express';
import type { AppContext } from '../context.ts';
import { found, HttpError } from '../http/errors.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { identifyBrowser, visitorCookies } from '../visitors/this-browser.ts';
import { confirmFollowing } from './confirm.ts';
import { type LinkPurpose, readMailedLink } from './links.ts';
import { endDigest, endSubscriptions, findSubscriptions } from './queries.ts';

interface QuestionPage {
  readonly text: string;
  /** What it is about, one line each. */
  readonly items: readonly string[];
  readonly action: string;
  readonly submit: string;
}

const questionView = defineView<QuestionPage>('following/question');
const saidView = defineView<{ readonly text: string }>('following/said');

/**
 * What mailed links lead to: `/following/confirm/:token`, `/following/leave/:token`, `/following/leave-digest/:token`. GET
 * asks, since programs that scan mail open links too; POST does it. For the last two, a mail provider sends the POST when
 * somebody presses its own button (RFC 8058): without cookies, and it follows no redirect.
 */
export function mailedRoutes(app: AppContext): Router {
  const { db, secrets, now } = app;
  const cookies = visitorCookies(app);
  const router = Router();

  router.get('/following/confirm/:token', async ({ params }, response) => {
    const subscriptions = await findSubscriptions(db, readIds('confirm', params.token));
    if (subscriptions.length === 0) throw confirmationOver();
    const open = subscriptions.filter(({ confirmed_at }) => confirmed_at === null);
    if (open.length === 0) return sendSaid(response, 'confirmed');
    const { t } = frameOf(response);
    const items = open.map(({ scope, pace, title }) => t('following.item', { scope, pace, title }));
    send(response, 'confirm', { items, action: `/following/confirm/${params.token}` });
  });

  router.post('/following/confirm/:token', async (request, response) => {
    const { params } = request;
    const ids = readIds('confirm', params.token);
    if ((await findSubscriptions(db, ids)).length === 0) throw confirmationOver();
    const browserId = await identifyBrowser({ db, now, cookies }, request, response);
    await db.transaction().execute((trx) => confirmFollowing(trx, { ids, browserId, now: now() }));
    response.redirect(303, `/following/confirm/${params.token}`);
  });

  router.get('/following/leave/:token', async ({ params }, response) => {
    const subscriptions = await findSubscriptions(db, readIds('leave', params.token));
    if (subscriptions.length === 0) return sendSaid(response, 'left');
    const { t } = frameOf(response);
    const items = subscriptions.map(({ scope, pace, title }) => t('following.item', { scope, pace, title }));
    send(response, 'leave', { items, action: `/following/leave/${params.token}` });
  });

  router.post('/following/leave/:token', async ({ params }, response) => {
    const ids = readIds('leave', params.token);
    await db.transaction().execute((trx) => endSubscriptions(trx, { ids }));
    sendSaid(response, 'left');
  });

  router.get('/following/leave-digest/:token', ({ params }, response) => {
    readIds('leave-digest', params.token);
    send(response, 'leaveDigest', { items: [], action: `/following/leave-digest/${params.token}` });
  });

  router.post('/following/leave-digest/:token', async ({ params }, response) => {
    const [followerId = 0] = readIds('leave-digest', params.token);
    await db.transaction().execute((trx) => endDigest(trx, { followerId }));
    sendSaid(response, 'left');
  });

  function readIds(purpose: LinkPurpose, token: string): number[] {
    return found(readMailedLink(secrets.following, purpose, token));
  }

  return router;
}

function send(
  response: Response,
  question: 'confirm' | 'leave' | 'leaveDigest',
  { items, action }: Pick<QuestionPage, 'items' | 'action'>,
): void {
  const { t } = frameOf(response);
  const words = { text: t(`following.${question}Text`), submit: t(`following.${question}Submit`) };
  keepOutOfCaches(response);
  sendPage(response, questionView, {
    title: t(`following.${question}Title`),
    hiddenFromSearch: true,
    ...words,
    items,
    action,
  });
}

function sendSaid(response: Response, what: 'confirmed' | 'left'): void {
  const { t } = frameOf(response);
  keepOutOfCaches(response);
  sendPage(response, saidView, {
    title: t(`following.${what}Title`),
    text: t(`following.${what}`),
    hiddenFromSearch: true,
  });
}

// Who has the link has the right.
function keepOutOfCaches(response: Response): void {
  response.set('Cache-Control', 'no-store');
}

function confirmationOver(): HttpError {
  return new HttpError(410, { key: 'following.confirmOver' });
}
