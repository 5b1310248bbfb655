import { type Request, type Response, Router } from 'express';
import { publicAddress } from '../config.ts';
import type { AppContext } from '../context.ts';
import { readFields } from '../http/fields.ts';
import { defineView, frameOf } from '../http/render.ts';
import type { AttemptLimits } from './attempts.ts';
import { type FormErrors, sendForm, sendTooMany } from './form-page.ts';
import { nextPath } from './next-path.ts';
import { dropSession, startSession } from './session.ts';
import { checkSignIn } from './sign-in.ts';
import { viewerOf } from './viewer.ts';

interface SignInPage {
  readonly values: { readonly email: string };
  /** Where to go afterwards. */
  readonly next: string;
}

const signInView = defineView<SignInPage & FormErrors>('accounts/sign-in');

/** `GET` and `POST /sign-in` (with `next`, a path of this site), `POST /sign-out`. */
export function signInRoutes({ db, config, now }: AppContext, limits: AttemptLimits): Router {
  const secure = publicAddress(config).startsWith('https:');
  const router = Router();

  router.get('/sign-in', (request, response) => {
    const next = nextPath(request.query.next);
    if (viewerOf(response)) return response.redirect(303, next);
    sendForm<SignInPage>(response, signInView, signInPage(response, { email: '', next }));
  });

  router.post('/sign-in', async (request, response) => {
    const { email, password, next } = readSignIn(request);
    const outcome = await checkSignIn({ db, limits }, { email, password, ip: request.ip ?? '' });
    const page = signInPage(response, { email, next });
    if (outcome === 'refused') {
      const errors = [{ field: 'email', message: { key: 'signIn.refused' } }] as const;
      return sendForm<SignInPage>(response, signInView, page, { errors });
    }
    if ('wait' in outcome) {
      return sendTooMany<SignInPage>(response, signInView, page, { field: 'email', wait: outcome.wait });
    }
    await startSession(request, { accountId: outcome.accountId, now: now() });
    response.redirect(303, next);
  });

  router.post('/sign-out', async (request, response) => {
    await dropSession(request, response, { secure });
    response.redirect(303, '/');
  });

  return router;
}

function readSignIn(request: Request): { email: string; password: string; next: string } {
  const { email, password, next } = readFields(request.body, ['email', 'password', 'next']);
  return { email, password, next: nextPath(next) };
}

function signInPage(response: Response, { email, next }: { email: string; next: string }) {
  return { title: frameOf(response).t('signIn.title'), values: { email }, next };
}
