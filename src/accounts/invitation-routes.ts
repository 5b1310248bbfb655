import { type Response, Router } from 'express';
import type { AppContext } from '../context.ts';
import { HttpError, notFound } from '../http/errors.ts';
import { readFields } from '../http/fields.ts';
import { leaveNotice } from '../http/notice.ts';
import { defineView, frameOf } from '../http/render.ts';
import { normaliseLine } from '../text/plain-text.ts';
import type { FieldError } from './form.ts';
import { type FormErrors, sendForm } from './form-page.ts';
import { acceptInvitation, lookAtInvitation } from './invitations.ts';
import { startSession } from './session.ts';
import type { Role } from './table.ts';

interface InvitationPage {
  readonly token: string;
  readonly email: string;
  readonly role: Role;
  readonly values: { readonly name: string };
}

const invitationView = defineView<InvitationPage & FormErrors>('accounts/invitation');

/** `GET` and `POST /invitations/:token`: where the link of an invitation leads. */
export function invitationRoutes({ db, now }: AppContext): Router {
  const router = Router();

  router.get('/invitations/:token', async (request, response) => {
    const { token } = request.params;
    sendInvitation(response, { token, ...(await openInvitation(token)), values: { name: '' } });
  });

  router.post('/invitations/:token', async (request, response) => {
    const { token } = request.params;
    const offer = await openInvitation(token);
    const { name, password } = readFields(request.body, ['name', 'password']);
    const outcome = await acceptInvitation(db, { token, name: normaliseLine(name), password, now: now() });
    if (outcome === 'over') throw invitationOver();
    if (outcome === 'has_account') throw new HttpError(409, { key: 'invitation.hasAccount' });
    if ('errors' in outcome) return sendInvitation(response, { token, ...offer, values: { name } }, outcome.errors);
    await startSession(request, { accountId: outcome.account.id, now: now() });
    leaveNotice(request, { key: 'invitation.accepted', values: { name: outcome.account.name } });
    response.redirect(303, '/');
  });

  async function openInvitation(token: string): Promise<{ email: string; role: Role }> {
    const invitation = await lookAtInvitation(db, { token, now: now() });
    if (invitation === 'unknown') throw notFound();
    if (invitation === 'over') throw invitationOver();
    return invitation;
  }

  return router;
}

function sendInvitation(
  response: Response,
  { token, email, role, values }: InvitationPage,
  errors: readonly FieldError[] = [],
): void {
  const { t, title: site } = frameOf(response);
  const model = { title: t('invitation.title', { site }), token, email, role, values };
  sendForm<InvitationPage>(response, invitationView, model, { errors });
}

function invitationOver(): HttpError {
  return new HttpError(410, { key: 'invitation.over' });
}
