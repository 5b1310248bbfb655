import { Router } from 'express';
import { createAttemptLimits } from '../accounts/attempts.ts';
import type { AppContext } from '../context.ts';
import { visitorCookies } from '../visitors/this-browser.ts';
import { downloadRoutes } from './download-routes.ts';
import { erasureRoutes } from './erasure-routes.ts';
import { sendMinePage } from './mine-page.ts';
import { proofRoutes } from './proof-routes.ts';

/** A commenter's own, without an account: `GET /mine`, and what lies below it. */
export function commenterRoutes(app: AppContext): Router {
  const { db, now, pool, secrets } = app;
  const context = { db, now, cookies: visitorCookies(app) };
  const limits = createAttemptLimits({ pool, secret: secrets.network });
  const router = Router();
  router.get('/mine', (request, response) => sendMinePage(context, request, response));
  router.use(proofRoutes(app, limits));
  router.use(downloadRoutes(app));
  router.use(erasureRoutes(app));
  return router;
}
