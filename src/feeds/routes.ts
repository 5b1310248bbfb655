import { Router } from 'express';
import type { AppContext } from '../context.ts';

export function feedRoutes(_context: AppContext): Router {
  return Router();
}
