import { Router } from 'express';
import type { AppContext } from '../context.ts';

export function deskRoutes(_context: AppContext): Router {
  return Router();
}
