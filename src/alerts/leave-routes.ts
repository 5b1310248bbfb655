import { type Response, Router } from 'express';
import { updateAccount } from '../accounts/queries.ts';
import type { AppContext } from '../context.ts';
import { readMailedLink } from '../following/links.ts';
import { HttpError } from '../http/errors.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';

interface QuestionPage {
  readonly text: string;
  readonly items: readonly string[];
  readonly action: string;
  readonly submit: string;
}

const questionView = defineView<QuestionPage>('following/question');
const saidView = defineView<{ readonly text: string }>('following/said');

/**
 * `/moderation/by-mail/leave/:token` ends the mail about what waits: GET asks, since programs that scan mail open links too;
 * POST does it, also from a mail provider's own button (RFC 8058).
 */
export function leaveAlertsRoutes({ db, secrets }: Pick<AppContext, 'db' | 'secrets'>): Router {
  const router = Router();

  router.get('/moderation/by-mail/leave/:token', ({ params }, response) => {
    accountOf(params.token);
    const { t } = frameOf(response);
    keepOutOfCaches(response);
    sendPage(response, questionView, {
      title: t('alerts.leaveTitle'),
      text: t('alerts.leaveText'),
      items: [],
      action: `/moderation/by-mail/leave/${params.token}`,
      submit: t('alerts.leaveSubmit'),
      hiddenFromSearch: true,
    });
  });

  router.post('/moderation/by-mail/leave/:token', async ({ params }, response) => {
    await updateAccount(db, accountOf(params.token), { moderation_mail: 'none' });
    const { t } = frameOf(response);
    keepOutOfCaches(response);
    sendPage(response, saidView, { title: t('alerts.leftTitle'), text: t('alerts.left'), hiddenFromSearch: true });
  });

  function accountOf(token: string): number {
    const [accountId] = readMailedLink(secrets.alerts, 'leave-alerts', token) ?? [];
    if (accountId === undefined) throw new HttpError(404, { key: 'byMail.unknown' });
    return accountId;
  }

  return router;
}

function keepOutOfCaches(response: Response): void {
  response.set('Cache-Control', 'private, no-store');
}
