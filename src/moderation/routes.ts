import { Router } from 'express';
import { requirePermission } from '../accounts/viewer.ts';
import type { AppContext } from '../context.ts';
import { showAround } from './around-page.ts';
import { closureRoutes } from './closure-routes.ts';
import { decisionRoutes } from './decision-routes.ts';
import { showEarlierTexts } from './earlier-texts.ts';
import { logRoutes } from './log-routes.ts';
import { paceRoutes } from './pace-routes.ts';
import { showQueue } from './queue-page.ts';
import { sweepRoutes } from './sweep-routes.ts';
import { undoRoutes } from './undo-routes.ts';

/**
 * What moderators do:
 * `GET /moderation`, `GET /moderation/log`, `GET /moderation/comments/:id`, `GET /moderation/comments/:id/revisions`,
 * `POST /moderation/comments/:id/decisions`, `POST /moderation/decisions`, `GET /moderation/sweeps/new`, `POST /moderation/sweeps`,
 * `GET /moderation/sweeps/:id`, `POST /moderation/sweeps/:id/stop`, `POST /moderation/undo`, `POST /posts/:slug/closures`,
 * `POST /posts/:slug/closures/current/reopen`, `POST /posts/:slug/pace`.
 */
export function moderationRoutes(context: AppContext): Router {
  const router = Router();
  const guard = requirePermission('moderate');
  router.get('/moderation', guard, (request, response) => showQueue(context, request, response));
  router.get('/moderation/comments/:id', guard, (request, response) => showAround(context, request, response));
  router.get('/moderation/comments/:id/revisions', guard, (request, response) =>
    showEarlierTexts(context, request, response),
  );
  router.use(logRoutes(context));
  router.use(decisionRoutes(context));
  router.use(sweepRoutes(context));
  router.use(undoRoutes(context));
  router.use(closureRoutes(context));
  router.use(paceRoutes(context));
  return router;
}
