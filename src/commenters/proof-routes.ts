import { type Response, Router } from 'express';
import type { AttemptLimits } from '../accounts/attempts.ts';
import { newToken } from '../accounts/tokens.ts';
import { publicAddress } from '../config.ts';
import type { AppContext } from '../context.ts';
import { HttpError, notFound } from '../http/errors.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { identifyBrowser, visitorCookies } from '../visitors/this-browser.ts';
import { setVisitor } from '../visitors/visitor.ts';
import { readAddressForm } from './form.ts';
import { sendMinePage } from './mine-page.ts';
import { lookAtProof, proofMinutes, prove, requestProof } from './proof.ts';
import { deleteProvedAddress } from './queries.ts';
import { sendSaid } from './said-page.ts';

interface ProvePage {
  readonly token: string;
  readonly email: string;
  readonly askedElsewhere: boolean;
}

const proveView = defineView<ProvePage>('commenters/prove');

/**
 * `POST /mine/proofs` mails a link, `GET` and `POST /mine/proofs/:token` are where it leads: the first shows a button, the
 * second is what it does. `POST /mine/addresses/forget` takes a proof back in this browser.
 */
export function proofRoutes(app: AppContext, limits: AttemptLimits): Router {
  const { db, config, now } = app;
  const cookies = visitorCookies(app);
  const context = { db, now, cookies };
  const router = Router();

  router.post('/mine/proofs', async (request, response) => {
    const form = readAddressForm(request.body);
    if (form.error) return sendMinePage(context, request, response, { form, error: form.error, status: 422 });
    const browserId = await identifyBrowser(context, request, response);
    const token = newToken();
    const letter = wordLetter(response, `${publicAddress(config)}/mine/proofs/${token}`);
    const proof = { email: form.email, browserId, ip: request.ip ?? '', token, letter, now: now() };
    const asked = await requestProof({ db, limits }, proof);
    if ('wait' in asked) {
      response.set('Retry-After', String(asked.wait));
      const error = { key: 'mine.tooMany', values: { minutes: Math.ceil(asked.wait / 60) } } as const;
      return sendMinePage(context, request, response, { form, error, status: 429 });
    }
    setVisitor(response, asked.browserId, cookies);
    response.redirect(303, '/mine/proofs/sent');
  });

  router.get('/mine/proofs/sent', (_request, response) => {
    sendSaid(response, { title: 'mine.sentTitle', text: 'mine.sent', values: { minutes: proofMinutes } });
  });

  router.get('/mine/proofs/:token', async (request, response) => {
    const { token } = request.params;
    const browserId = await identifyBrowser(context, request, response);
    const proof = await lookAtProof(db, { token, browserId, now: now() });
    // The page is one person's, and its address a secret: no copy of it is kept.
    response.set('Cache-Control', 'private, no-store');
    if (proof.kind === 'unknown') throw notFound();
    if (proof.kind === 'over') throw proofOver();
    if (proof.kind === 'done') return response.redirect(303, '/mine');
    const { email, askedElsewhere } = proof;
    const title = frameOf(response).t('mine.proveTitle');
    sendPage(response, proveView, { title, hiddenFromSearch: true, token, email, askedElsewhere });
  });

  router.post('/mine/proofs/:token', async (request, response) => {
    const { token } = request.params;
    const browserId = await identifyBrowser(context, request, response);
    const proved = await prove(db, { token, browserId, now: now() });
    if (proved === undefined) {
      const { kind } = await lookAtProof(db, { token, browserId, now: now() });
      if (kind === 'unknown') throw notFound();
      if (kind !== 'done') throw proofOver();
    } else {
      setVisitor(response, proved, cookies);
    }
    response.redirect(303, '/mine');
  });

  router.post('/mine/addresses/forget', async (request, response) => {
    const browserId = await identifyBrowser(context, request, response);
    const { email } = readAddressForm(request.body);
    if (browserId !== undefined) await deleteProvedAddress(db, { browserId, email });
    response.redirect(303, '/mine');
  });

  return router;
}

function wordLetter(response: Response, link: string): { subject: string; body: string } {
  const { t, title: site } = frameOf(response);
  return { subject: t('mine.mailSubject', { site }), body: t('mine.mailBody', { site, link, minutes: proofMinutes }) };
}

function proofOver(): HttpError {
  return new HttpError(410, { key: 'mine.over' });
}
