import { Router } from 'express';
import type { AppContext } from '../context.ts';

export function settingsRoutes(_context: AppContext): Router {
  return Router();
}
