import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Router } from 'express';
import { publicAddress } from '../config.ts';
import type { AppContext } from '../context.ts';
import { frameOf } from '../http/render.ts';
import { provedAddresses } from '../visitors/queries.ts';
import { identifyBrowser, visitorCookies } from '../visitors/this-browser.ts';
import { writeDownload } from './download.ts';

/** `GET /mine/download`: a copy of everything, for a browser that has proved an address. */
export function downloadRoutes(app: AppContext): Router {
  const { db, config, now, logger } = app;
  const context = { db, now, cookies: visitorCookies(app) };
  const router = Router();

  router.get('/mine/download', async (request, response) => {
    const browserId = await identifyBrowser(context, request, response);
    const addresses = browserId === undefined ? [] : await provedAddresses(db, { browserId });
    if (browserId === undefined || addresses.length === 0) return response.redirect(303, '/mine');
    const site = publicAddress(config);
    const head = { site, written_at: now(), left_out: frameOf(response).t('mine.download.leftOut') };
    const pieces = writeDownload(db, { head, browserId, addresses });
    // Where the database is away, that is said before anything else.
    const { value: first } = await pieces.next();
    response.set({ 'Cache-Control': 'private, no-store', 'X-Robots-Tag': 'noindex' });
    response.attachment('my-comments.json').type('json').write(first);
    // What breaks later breaks the connection: half a file must not look like a whole one.
    await pipeline(Readable.from(pieces), response).catch((error) => {
      if (!request.destroyed) logger.error({ err: error }, 'a download broke');
    });
  });

  return router;
}
