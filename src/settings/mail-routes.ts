import { Router } from 'express';
import type { AppContext } from '../context.ts';
import { found, notFound } from '../http/errors.ts';
import { readId } from '../http/fields.ts';
import { leaveNotice } from '../http/notice.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { dropMail, listUndelivered, retryMail, type UndeliveredMail } from '../mail/undelivered.ts';

interface UndeliveredPage {
  readonly givenUp: readonly UndeliveredMail[];
  readonly waiting: readonly UndeliveredMail[];
  /** Whether there are more than are listed. */
  readonly more: boolean;
  /** Whether mail is written to files, since no mail server is set. */
  readonly intoFiles: boolean;
}

const undeliveredView = defineView<UndeliveredPage>('settings/undelivered');

const mostListed = 100;

/**
 * `GET /settings/mail` lists what could not be delivered, `POST /settings/mail/:id/retry` and `…/drop` deal with one of
 * them. For owners: stands behind the guard of `/settings`.
 */
export function mailRoutes({ db, config }: Pick<AppContext, 'db' | 'config'>): Router {
  const router = Router();

  router.get('/settings/mail', async (_request, response) => {
    const mails = await listUndelivered(db, { limit: mostListed + 1 });
    const listed = mails.slice(0, mostListed);
    const page: UndeliveredPage = {
      givenUp: listed.filter(({ failedAt }) => failedAt !== null),
      waiting: listed.filter(({ failedAt }) => failedAt === null),
      more: mails.length > mostListed,
      intoFiles: config.smtpUrl === undefined,
    };
    const { t } = frameOf(response);
    sendPage(response, undeliveredView, { title: t('undelivered.title'), hiddenFromSearch: true, ...page });
  });

  router.post('/settings/mail/:id/retry', async (request, response) => {
    if (!(await retryMail(db, { id: found(readId(request.params.id)) }))) throw notFound();
    leaveNotice(request, { key: 'undelivered.retried' });
    response.redirect(303, '/settings/mail');
  });

  router.post('/settings/mail/:id/drop', async (request, response) => {
    if (!(await dropMail(db, { id: found(readId(request.params.id)) }))) throw notFound();
    leaveNotice(request, { key: 'undelivered.dropped' });
    response.redirect(303, '/settings/mail');
  });

  return router;
}
