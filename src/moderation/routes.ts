import { Router } from 'express';
import type { AppContext } from '../context.ts';

export function moderationRoutes(_context: AppContext): Router {
  return Router();
}
