import { Router } from 'express';
import type { AppContext } from '../context.ts';

export function commentRoutes(_context: AppContext): Router {
  return Router();
}
