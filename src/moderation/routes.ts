import { Router } from 'express';
import { requirePermission } from '../accounts/viewer.ts';
import { leaveAlertsRoutes } from '../alerts/leave-routes.ts';
import type { AppContext } from '../context.ts';
import { appealDecisionRoutes } from './appeal-routes.ts';
import { showAround } from './around-page.ts';
import { byMailRoutes } from './by-mail-routes.ts';
import { closureRoutes } from './closure-routes.ts';
import { decisionRoutes } from './decision-routes.ts';
import { showEarlierTexts } from './earlier-texts.ts';
import { handOverRoutes } from './hand-over-routes.ts';
import { logRoutes } from './log-routes.ts';
import { noteRoutes } from './note-routes.ts';
import { paceRoutes } from './pace-routes.ts';
import { personRoutes } from './person-routes.ts';
import { pinRoutes } from './pin-routes.ts';
import { showQueue } from './queue-page.ts';
import { reportDecisionRoutes } from './report-routes.ts';
import { ruleSwitchRoutes } from './rule-switch-routes.ts';
import { savedRoutes } from './saved-routes.ts';
import { standingRoutes } from './standing-routes.ts';
import { sweepRoutes } from './sweep-routes.ts';
import { undoRoutes } from './undo-routes.ts';

/**
 * What moderators do: `GET /moderation`, `GET /moderation/comments/:id` and `GET /moderation/comments/:id/revisions`. What
 * else there is stands with its routes: log-routes.ts, decision-routes.ts, sweep-routes.ts, undo-routes.ts, closure-routes.ts,
 * pace-routes.ts, pin-routes.ts, person-routes.ts, standing-routes.ts, appeal-routes.ts, report-routes.ts, saved-routes.ts,
 * note-routes.ts, hand-over-routes.ts, by-mail-routes.ts.
 */
export function moderationRoutes(context: AppContext): Router {
  const router = Router();
  const guard = requirePermission('moderate');
  router.get('/moderation', guard, (request, response) => showQueue(context, request, response));
  router.get('/moderation/comments/:id', guard, (request, response) => showAround(context, request, response));
  router.get('/moderation/comments/:id/revisions', guard, (request, response) =>
    showEarlierTexts(context, request, response),
  );
  router.use(savedRoutes(context));
  router.use(noteRoutes(context));
  router.use(handOverRoutes(context));
  router.use(logRoutes(context));
  router.use(decisionRoutes(context));
  router.use(sweepRoutes(context));
  router.use(undoRoutes(context));
  router.use(appealDecisionRoutes(context));
  router.use(reportDecisionRoutes(context));
  router.use(closureRoutes(context));
  router.use(paceRoutes(context));
  router.use(pinRoutes(context));
  router.use(ruleSwitchRoutes(context));
  router.use(personRoutes(context));
  router.use(standingRoutes(context));
  router.use(byMailRoutes(context));
  router.use(leaveAlertsRoutes(context));
  return router;
}
