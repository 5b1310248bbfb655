import { Router } from 'express';
import type { AppContext } from '../context.ts';

export function accountRoutes(_context: AppContext): Router {
  return Router();
}
