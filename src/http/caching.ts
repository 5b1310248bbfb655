import type { RequestHandler, Response } from 'express';

/**
 * Every page may be kept, and is asked for again each time (by its ETag). What is answered to a request without cookies
 * is the same for everyone; what came about with one is that visitor's own.
 */
export const cachingRules: RequestHandler = (request, response, next) => {
  const reading = request.method === 'GET' || request.method === 'HEAD';
  response.set('Vary', 'Cookie');
  if (!reading) response.set('Cache-Control', 'no-store');
  else keepFor(response, request.headers.cookie ? 'private' : 'public');
  next();
};

/** Marks an answer as one visitor's own, whatever the request brought along. */
export function markPrivate(response: Response): void {
  keepFor(response, 'private');
}

function keepFor(response: Response, audience: 'public' | 'private'): void {
  response.set('Cache-Control', `${audience}, max-age=0, must-revalidate`);
}
