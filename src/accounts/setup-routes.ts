import { type Response, Router } from 'express';
import type { AppContext } from '../context.ts';
import { notFound } from '../http/errors.ts';
import { readFields } from '../http/fields.ts';
import { leaveNotice } from '../http/notice.ts';
import { defineView, frameOf } from '../http/render.ts';
import type { FieldError } from './form.ts';
import { type FormErrors, sendForm } from './form-page.ts';
import { hasOwner } from './queries.ts';
import { startSession } from './session.ts';
import { createFirstOwner, isSetupToken } from './setup.ts';

interface SetupPage {
  readonly token: string;
  readonly values: { readonly name: string; readonly email: string };
}

const setupView = defineView<SetupPage & FormErrors>('accounts/setup');

/** `GET /setup?token=` and `POST /setup`: makes the first owner, for who has the link that the start prints. */
export function setupRoutes({ db, secrets, now }: AppContext): Router {
  const router = Router();

  router.get('/setup', async (request, response) => {
    const token = await openSetup(request.query.token);
    sendSetup(response, { token, values: { name: '', email: '' } });
  });

  router.post('/setup', async (request, response) => {
    const { token: given, ...typed } = readFields(request.body, ['token', 'name', 'email', 'password']);
    const token = await openSetup(given);
    const made = await createFirstOwner(db, { ...typed, now: now() });
    if (!made) throw notFound();
    if ('errors' in made) return sendSetup(response, { token, values: typed }, made.errors);
    await startSession(request, { accountId: made.account.id, now: now() });
    leaveNotice(request, { key: 'setup.done' });
    response.redirect(303, '/settings');
  });

  async function openSetup(token: unknown): Promise<string> {
    if (typeof token !== 'string' || !isSetupToken(secrets.setup, token) || (await hasOwner(db))) throw notFound();
    return token;
  }

  return router;
}

function sendSetup(response: Response, { token, values }: SetupPage, errors: readonly FieldError[] = []): void {
  const { name, email } = values;
  const title = frameOf(response).t('setup.title');
  sendForm<SetupPage>(response, setupView, { title, token, values: { name, email } }, { errors });
}
