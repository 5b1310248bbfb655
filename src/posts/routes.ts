import { Router } from 'express';
import type { AppContext } from '../context.ts';

export function postRoutes(_context: AppContext): Router {
  return Router();
}

export function pageRoutes(_context: AppContext): Router {
  return Router();
}
