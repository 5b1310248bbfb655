import { type Request, type Response, Router } from 'express';
import { publicAddress } from '../config.ts';
import type { AppContext } from '../context.ts';
import { forbidden, found, notFound } from '../http/errors.ts';
import { readFields, readId } from '../http/fields.ts';
import { leaveNotice } from '../http/notice.ts';
import { readRole } from './form.ts';
import { changeRole, disableAccount, enableAccount, type Outcome } from './people.ts';
import { sendPeople } from './people-page.ts';
import { dropSession } from './session.ts';
import { requirePermission, signedInViewer } from './viewer.ts';

/** For owners: `GET /people`, and `POST /people/:id/role`, `/people/:id/disable`, `/people/:id/enable`. */
export function peopleRoutes(context: AppContext): Router {
  const { db, config, now } = context;
  const router = Router();
  router.use('/people', requirePermission('manage_people'));

  router.get('/people', (request, response) => sendPeople(context, { request, response }));

  router.post('/people/:id/role', async (request, response) => {
    const change = readChange(request, response);
    const role = readRole(readFields(request.body, ['role']).role);
    if (!role) {
      const errors = [{ field: `role-${change.id}`, message: { key: 'people.roleMissing' } }] as const;
      return sendPeople(context, { request, response }, { errors });
    }
    refuse(await changeRole(db, { ...change, role }));
    leaveNotice(request, { key: 'people.roleChanged' });
    response.redirect(303, change.id === change.actorId ? '/account' : '/people');
  });

  router.post('/people/:id/disable', async (request, response) => {
    const change = readChange(request, response);
    refuse(await disableAccount(db, change));
    if (change.id === change.actorId) {
      await dropSession(request, response, { secure: publicAddress(config).startsWith('https:') });
      return response.redirect(303, '/');
    }
    leaveNotice(request, { key: 'people.disabled' });
    response.redirect(303, '/people');
  });

  router.post('/people/:id/enable', async (request, response) => {
    refuse(await enableAccount(db, readChange(request, response)));
    leaveNotice(request, { key: 'people.enabled' });
    response.redirect(303, '/people');
  });

  function readChange(request: Request, response: Response): { id: number; actorId: number; now: Date } {
    return { id: found(readId(request.params.id)), actorId: signedInViewer(response).id, now: now() };
  }

  return router;
}

function refuse(outcome: Outcome): void {
  if (outcome === 'unknown') throw notFound();
  if (outcome === 'last_owner') throw forbidden({ key: 'people.lastOwner' });
  if (outcome === 'not_an_owner') throw forbidden({ key: 'error.notYourRole' });
}
