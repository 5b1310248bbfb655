import type { Request } from 'express';
import { nextPath } from '../accounts/next-path.ts';
import { readFields } from '../http/fields.ts';

/** The page that a form of the moderators was sent from, on this site; the queue where it does not say. */
export function wayBack(request: Request): string {
  const path = nextPath(readFields(request.body, ['back']).back);
  return path === '/' ? '/moderation' : path;
}
