import { type Response, Router } from 'express';
import { publicAddress } from '../config.ts';
import type { AppContext } from '../context.ts';
import { forbidden, notFound } from '../http/errors.ts';
import { readFields } from '../http/fields.ts';
import { leaveNotice } from '../http/notice.ts';
import { defineView, frameOf } from '../http/render.ts';
import { normaliseEmail } from '../text/email-address.ts';
import { checkEmail, type FieldError, readRole } from './form.ts';
import { type FormErrors, sendForm } from './form-page.ts';
import { invitationDays, invite, withdrawInvitation } from './invitations.ts';
import { sendPeople } from './people-page.ts';
import type { Role } from './table.ts';
import { newToken } from './tokens.ts';
import { requirePermission, signedInViewer } from './viewer.ts';

interface InvitedPage {
  readonly email: string;
  readonly role: Role;
  readonly link: string;
}

const invitedView = defineView<InvitedPage & FormErrors>('accounts/invited');

/** For owners: `POST /people/invitations`, `POST /people/invitations/:mark/withdraw`. */
export function invitingRoutes(context: AppContext): Router {
  const { db, config, now } = context;
  const router = Router();
  router.use('/people/invitations', requirePermission('manage_people'));

  router.post('/people/invitations', async (request, response) => {
    const typed = readFields(request.body, ['email', 'role']);
    const email = normaliseEmail(typed.email);
    const role = readRole(typed.role);
    const errors: FieldError[] = checkEmail(email);
    if (!role) errors.push({ field: 'role', message: { key: 'people.roleMissing' } });
    if (!role || errors.length > 0) return sendPeople(context, { request, response }, { values: typed, errors });

    const token = newToken();
    const link = `${publicAddress(config)}/invitations/${token}`;
    const letter = wordLetter(response, { role, link });
    const outcome = await invite(db, { email, role, token, letter, actorId: signedInViewer(response).id, now: now() });
    if (outcome === 'not_an_owner') throw forbidden({ key: 'error.notYourRole' });
    if (outcome === 'has_account') {
      const taken = [{ field: 'email', message: { key: 'person.emailTaken' } }] as const;
      return sendPeople(context, { request, response }, { values: typed, errors: taken });
    }
    if (!config.smtpUrl) {
      const title = frameOf(response).t('people.invitedTitle');
      return sendForm<InvitedPage>(response, invitedView, { title, email, role, link });
    }
    leaveNotice(request, { key: 'people.invited', values: { email } });
    response.redirect(303, '/people');
  });

  router.post('/people/invitations/:mark/withdraw', async (request, response) => {
    const tokenHash = Buffer.from(request.params.mark, 'hex');
    const outcome = await withdrawInvitation(db, { tokenHash, actorId: signedInViewer(response).id, now: now() });
    if (outcome === 'unknown') throw notFound();
    if (outcome === 'not_an_owner') throw forbidden({ key: 'error.notYourRole' });
    leaveNotice(request, { key: 'people.withdrawn' });
    response.redirect(303, '/people');
  });

  return router;
}

function wordLetter(
  response: Response,
  { role, link }: { role: Role; link: string },
): { subject: string; body: string } {
  const { t, title: site } = frameOf(response);
  const values = { site, name: signedInViewer(response).name, role: t(`role.${role}`), link, days: invitationDays };
  return { subject: t('invitation.mailSubject', values), body: t('invitation.mailBody', values) };
}
