import { type Request, type Response, Router } from 'express';
import type { AppContext } from '../context.ts';
import { notFound } from '../http/errors.ts';
import { readFields } from '../http/fields.ts';
import { leaveNotice } from '../http/notice.ts';
import { defineView, frameOf } from '../http/render.ts';
import { normaliseLine } from '../text/plain-text.ts';
import type { AttemptLimits } from './attempts.ts';
import { type BrowserName, nameBrowser } from './browser-name.ts';
import { type FormErrors, sendForm, sendTooMany } from './form-page.ts';
import { changeName, changePassword, chooseModerationMail } from './own-account.ts';
import { loadOwnAccount } from './queries.ts';
import { startSession } from './session.ts';
import { endSession, endSessions, listSessions, sessionMark } from './session-queries.ts';
import { type ModerationMail, moderationMails } from './table.ts';
import { requirePermission, requireSignIn, signedInViewer, viewerReach } from './viewer.ts';

interface AccountPage {
  readonly handle: string;
  readonly email: string;
  readonly values: { readonly name: string };
  /** How one is told of what waits; undefined for who may not decide on it. */
  readonly moderationMail: ModerationMail | undefined;
  readonly sessions: readonly ShownSession[];
}

interface ShownSession extends BrowserName {
  readonly mark: string;
  readonly signedInAt: Date;
  /** Whether the page is shown in it. */
  readonly current: boolean;
}

const accountView = defineView<AccountPage & FormErrors>('accounts/account');

/**
 * `GET /account`: one's own name, password and sessions; `POST /account/name`, `/account/password`,
 * `/account/moderation-mail`, `/account/sessions/:mark/end`, `/account/sessions/end-others`.
 */
export function ownAccountRoutes({ db, now }: AppContext, limits: AttemptLimits): Router {
  const router = Router();
  router.use('/account', requireSignIn);

  router.get('/account', async (request, response) => {
    sendForm<AccountPage>(response, accountView, await accountPage(request, response));
  });

  router.post('/account/name', async (request, response) => {
    const { name: typed } = readFields(request.body, ['name']);
    const name = normaliseLine(typed);
    const errors = await changeName(db, { accountId: signedInViewer(response).id, name });
    if (errors.length > 0) {
      const page = await accountPage(request, response);
      return sendForm<AccountPage>(response, accountView, { ...page, values: { name: typed } }, { errors });
    }
    leaveNotice(request, { key: 'account.nameChanged', values: { name } });
    response.redirect(303, '/account');
  });

  router.post('/account/password', async (request, response) => {
    const accountId = signedInViewer(response).id;
    const { present, password } = readFields(request.body, ['present', 'password']);
    const change = await changePassword({ db, limits }, { accountId, present, password, now: now() });
    if (change === 'changed') {
      await startSession(request, { accountId, now: now() });
      leaveNotice(request, { key: 'account.passwordChanged' });
      return response.redirect(303, '/account');
    }
    const page = await accountPage(request, response);
    if ('wait' in change) {
      return sendTooMany<AccountPage>(response, accountView, page, { field: 'present', wait: change.wait });
    }
    sendForm<AccountPage>(response, accountView, page, { errors: change.errors });
  });

  router.post('/account/moderation-mail', requirePermission('moderate'), async (request, response) => {
    const typed = readFields(request.body, ['moderation_mail']).moderation_mail;
    const choice = moderationMails.find((each) => each === typed);
    if (!choice) {
      const errors = [{ field: 'moderation_mail', message: { key: 'alerts.choiceWrong' } }] as const;
      return sendForm<AccountPage>(response, accountView, await accountPage(request, response), { errors });
    }
    await chooseModerationMail(db, { accountId: signedInViewer(response).id, choice });
    leaveNotice(request, { key: `alerts.chosen.${choice}` });
    response.redirect(303, '/account');
  });

  router.post('/account/sessions/end-others', async (request, response) => {
    await endSessions(db, { accountId: signedInViewer(response).id, except: request.sessionID });
    leaveNotice(request, { key: 'account.othersEnded' });
    response.redirect(303, '/account');
  });

  router.post('/account/sessions/:mark/end', async (request, response) => {
    const { mark } = request.params;
    const another = mark !== sessionMark(request.sessionID);
    if (!another || !(await endSession(db, { accountId: signedInViewer(response).id, mark }))) throw notFound();
    leaveNotice(request, { key: 'account.sessionEnded' });
    response.redirect(303, '/account');
  });

  async function accountPage(request: Request, response: Response) {
    const { id } = signedInViewer(response);
    const [account, sessions] = await Promise.all([
      loadOwnAccount(db, id),
      listSessions(db, { accountId: id, now: now() }),
    ]);
    const current = sessionMark(request.sessionID);
    return {
      title: frameOf(response).t('account.title'),
      handle: account.handle,
      email: account.email ?? '',
      values: { name: account.name },
      moderationMail: viewerReach(response, 'moderate') === 'none' ? undefined : account.moderation_mail,
      sessions: sessions.map(({ mark, signedInAt, userAgent }) => ({
        ...{ mark, signedInAt, ...nameBrowser(userAgent) },
        current: mark === current,
      })),
    };
  }

  return router;
}
