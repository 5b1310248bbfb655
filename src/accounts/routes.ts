import { Router } from 'express';
import type { AppContext } from '../context.ts';
import { createAttemptLimits } from './attempts.ts';
import { invitationRoutes } from './invitation-routes.ts';
import { invitingRoutes } from './inviting-routes.ts';
import { ownAccountRoutes } from './own-account-routes.ts';
import { passwordResetRoutes } from './password-reset-routes.ts';
import { peopleRoutes } from './people-routes.ts';
import { setupRoutes } from './setup-routes.ts';
import { signInRoutes } from './sign-in-routes.ts';

/** Everything about people: how they get in, their own account, and who is there. */
export function accountRoutes(context: AppContext): Router {
  const limits = createAttemptLimits({ pool: context.pool, secret: context.secrets.network });
  const router = Router();
  router.use(setupRoutes(context));
  router.use(signInRoutes(context, limits));
  router.use(passwordResetRoutes(context, limits));
  router.use(invitationRoutes(context));
  router.use(ownAccountRoutes(context, limits));
  router.use(peopleRoutes(context));
  router.use(invitingRoutes(context));
  return router;
}
