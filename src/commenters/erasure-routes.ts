import { type Request, type Response, Router } from 'express';
import type { AppContext } from '../context.ts';
import { forbidden } from '../http/errors.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { provedAddresses } from '../visitors/queries.ts';
import { identifyBrowser, visitorCookies } from '../visitors/this-browser.ts';
import { setRemembered } from '../visitors/visitor.ts';
import { eraseAddress } from './erasure.ts';
import { readErasureForm } from './form.ts';
import { sendSaid } from './said-page.ts';

interface ErasurePage {
  readonly addresses: readonly string[];
}

/** What a form holds that has the erasing go on. */
interface GoingOnPage {
  readonly email: string;
  readonly alsoUnproved: boolean;
}

const goingOnView = defineView<GoingOnPage>('commenters/erasure-going-on');
const erasureView = defineView<ErasurePage>('commenters/erasure');

/**
 * `GET /mine/erasure` says what goes and what stays, `POST` erases an address that this browser has proved: of very much some,
 * and its answer has the browser ask for the rest.
 */
export function erasureRoutes(app: AppContext): Router {
  const { db, now } = app;
  const cookies = visitorCookies(app);
  const router = Router();

  async function identify(request: Request, response: Response) {
    const browserId = await identifyBrowser({ db, now, cookies }, request, response);
    const addresses = browserId === undefined ? [] : await provedAddresses(db, { browserId });
    return { browserId, addresses };
  }

  router.get('/mine/erasure', async (request, response) => {
    const { addresses } = await identify(request, response);
    if (addresses.length === 0) return response.redirect(303, '/mine');
    sendErasurePage(response, { addresses });
  });

  router.post('/mine/erasure', async (request, response) => {
    const { browserId, addresses } = await identify(request, response);
    const { email, alsoUnproved } = readErasureForm(request.body);
    if (browserId === undefined || !addresses.includes(email)) throw forbidden({ key: 'mine.erasure.notProved' });
    const done = await eraseAddress(db, { email, browserId, alsoUnproved, now: now() });
    if (!done) return sendGoingOn(response, { email, alsoUnproved });
    setRemembered(response, undefined, cookies);
    response.redirect(303, '/mine/erased');
  });

  router.get('/mine/erased', (_request, response) => {
    sendSaid(response, { title: 'mine.erasedTitle', text: 'mine.erased', erased: true });
  });

  return router;
}

function sendErasurePage(response: Response, page: ErasurePage): void {
  sendPage(response, erasureView, {
    title: frameOf(response).t('mine.erasure.title'),
    hiddenFromSearch: true,
    ...page,
  });
}

function sendGoingOn(response: Response, page: GoingOnPage): void {
  const { t } = frameOf(response);
  sendPage(response, goingOnView, { title: t('mine.erasure.goingOn'), hiddenFromSearch: true, ...page });
}
