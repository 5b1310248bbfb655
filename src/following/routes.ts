import { Router } from 'express';
import type { AppContext } from '../context.ts';
import { askingRoutes } from './asking-routes.ts';
import { mailedRoutes } from './mailed-routes.ts';
import { ownRoutes } from './own-routes.ts';

/**
 * Following by mail: the form that asks for it, what mailed links lead to, and what somebody who has proved an address
 * changes on `/mine`.
 */
export function followingRoutes(app: AppContext): Router {
  const router = Router();
  router.use(askingRoutes(app));
  router.use(mailedRoutes(app));
  router.use(ownRoutes(app));
  return router;
}
