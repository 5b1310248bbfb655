import { type Response, Router } from 'express';
import { publicAddress } from '../config.ts';
import type { AppContext } from '../context.ts';
import { HttpError, notFound } from '../http/errors.ts';
import { readFields } from '../http/fields.ts';
import { defineView, frameOf } from '../http/render.ts';
import { normaliseEmail } from '../text/email-address.ts';
import type { AttemptLimits } from './attempts.ts';
import { checkEmail, type FieldError } from './form.ts';
import { type FormErrors, sendForm, sendTooMany } from './form-page.ts';
import { lookAtReset, requestReset, resetPassword } from './password-reset.ts';
import { newToken } from './tokens.ts';

interface AskPage {
  readonly values: { readonly email: string };
}

interface ChoosePage {
  readonly token: string;
  readonly email: string;
}

interface SaidPage {
  readonly text: string;
  readonly signIn: boolean;
}

const askView = defineView<AskPage & FormErrors>('accounts/password-reset');
const chooseView = defineView<ChoosePage & FormErrors>('accounts/password-choice');
const saidView = defineView<SaidPage & FormErrors>('accounts/said');

/**
 * `GET` and `POST /password-reset` mail a link, `GET` and `POST /password-reset/:token` are where it leads. A visitor has
 * no session to keep a notice in, so what was done is said by a page of its own: `…/sent`, `…/done`.
 */
export function passwordResetRoutes({ db, config, now }: AppContext, limits: AttemptLimits): Router {
  const router = Router();

  router.get('/password-reset', (_request, response) => {
    sendForm<AskPage>(response, askView, askPage(response, ''));
  });

  router.post('/password-reset', async (request, response) => {
    const { email } = readFields(request.body, ['email']);
    const errors = checkEmail(normaliseEmail(email));
    if (errors.length > 0) return sendForm<AskPage>(response, askView, askPage(response, email), { errors });
    const token = newToken();
    const letter = wordLetter(response, `${publicAddress(config)}/password-reset/${token}`);
    const wait = await requestReset({ db, limits }, { email, ip: request.ip ?? '', token, letter, now: now() });
    if (wait !== undefined) {
      return sendTooMany<AskPage>(response, askView, askPage(response, email), { field: 'email', wait });
    }
    response.redirect(303, '/password-reset/sent');
  });

  router.get('/password-reset/sent', (_request, response) => {
    const { t } = frameOf(response);
    sendForm<SaidPage>(response, saidView, { title: t('reset.sentTitle'), text: t('reset.sent'), signIn: false });
  });

  router.get('/password-reset/done', (_request, response) => {
    const { t } = frameOf(response);
    sendForm<SaidPage>(response, saidView, { title: t('reset.doneTitle'), text: t('reset.done'), signIn: true });
  });

  router.get('/password-reset/:token', async (request, response) => {
    const { token } = request.params;
    sendChoice(response, { token, email: await openReset(token) });
  });

  router.post('/password-reset/:token', async (request, response) => {
    const { token } = request.params;
    const email = await openReset(token);
    const { password } = readFields(request.body, ['password']);
    const outcome = await resetPassword({ db, limits }, { token, email, password, now: now() });
    if (outcome === 'over') throw resetOver();
    if (outcome !== 'changed') return sendChoice(response, { token, email }, outcome.errors);
    response.redirect(303, '/password-reset/done');
  });

  async function openReset(token: string): Promise<string> {
    const reset = await lookAtReset(db, { token, now: now() });
    if (reset === 'unknown') throw notFound();
    if (reset === 'over') throw resetOver();
    return reset.email;
  }

  return router;
}

function askPage(response: Response, email: string) {
  return { title: frameOf(response).t('reset.title'), values: { email } };
}

function wordLetter(response: Response, link: string): { subject: string; body: string } {
  const { t, title: site } = frameOf(response);
  return { subject: t('reset.mailSubject', { site }), body: t('reset.mailBody', { site, link }) };
}

function sendChoice(response: Response, { token, email }: ChoosePage, errors: readonly FieldError[] = []): void {
  const title = frameOf(response).t('reset.chooseTitle');
  sendForm<ChoosePage>(response, chooseView, { title, token, email }, { errors });
}

function resetOver(): HttpError {
  return new HttpError(410, { key: 'reset.over' });
}
