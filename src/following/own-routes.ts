import { type Request, type Response, Router } from 'express';
import type { AppContext } from '../context.ts';
import { forbidden, found, notFound } from '../http/errors.ts';
import { readFields, readId } from '../http/fields.ts';
import { provedAddresses } from '../visitors/queries.ts';
import { identifyBrowser, visitorCookies } from '../visitors/this-browser.ts';
import { readPace } from './choices.ts';
import { changePace, endSubscriptions } from './queries.ts';

/**
 * `POST /following/:id/pace` and `POST /following/:id/end`, from the section of `/mine` that lists what the addresses
 * follow that were proved in this browser.
 */
export function ownRoutes(app: AppContext): Router {
  const { db, now } = app;
  const cookies = visitorCookies(app);
  const router = Router();

  router.post('/following/:id/pace', async (request, response) => {
    const id = found(readId(request.params.id));
    const emails = await ownAddresses(request, response);
    const pace = readPace(readFields(request.body, ['pace']).pace);
    if (!(await changePace(db, { id, emails, pace }))) throw notFound();
    response.redirect(303, '/mine#following');
  });

  router.post('/following/:id/end', async (request, response) => {
    const id = found(readId(request.params.id));
    const emails = await ownAddresses(request, response);
    await db.transaction().execute((trx) => endSubscriptions(trx, { ids: [id], emails }));
    response.redirect(303, '/mine#following');
  });

  async function ownAddresses(request: Request, response: Response): Promise<string[]> {
    const browserId = await identifyBrowser({ db, now, cookies }, request, response);
    const emails = browserId === undefined ? [] : await provedAddresses(db, { browserId });
    if (emails.length === 0) throw forbidden({ key: 'following.proveFirst' });
    return emails;
  }

  return router;
}
