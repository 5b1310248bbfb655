import { Router } from 'express';
import type { AppContext } from '../context.ts';

export function listingRoutes(_context: AppContext): Router {
  return Router();
}
