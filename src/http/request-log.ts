import type { RequestHandler } from 'express';
import type { Logger } from 'pino';

/**
 * One line a request: what was asked for and how it went. No address, query string, header or body: they may hold what is
 * nobody's business.
 */
export function requestLog(logger: Logger): RequestHandler {
  return (request, response, next) => {
    if (quietPaths.has(request.url)) return next();
    const began = Date.now();
    let answered = false;
    response.once('finish', () => {
      answered = true;
    });
    response.once('close', () => {
      const { method } = request;
      const status = answered ? response.statusCode : notWaitedFor;
      const path = loggedPath(request);
      const line = { request: { method, path }, response: { status }, milliseconds: Date.now() - began };
      logger[status >= 500 ? 'error' : 'info'](line, `${method} ${path} ${status}`);
    });
    next();
  };
}

// No status of the protocol's: nginx writes it, too, where whoever asked left before the answer.
const notWaitedFor = 499;

// What machines ask for every few seconds would bury the rest.
const quietPaths = new Set(['/healthz', '/readyz', '/metrics']);

// A path can be a secret itself: the token of a mailed link is left out.
const secretPath =
  /^\/+(setup|invitations|password-reset|mine\/proofs|following\/[a-z-]+|appeals|reports|moderation\/by-mail(?:\/leave(?=\/))?)\/[^/]+/i;

/**
 * The path of a request as it may stand in the log: without query string and tokens, and of bounded length. A client may
 * write the host before it.
 */
export function loggedPath({ originalUrl: target }: { originalUrl: string }): string {
  const path = target.startsWith('/') ? target.split('?', 1)[0] : URL.parse(target)?.pathname;
  return (path ?? '').replace(secretPath, '/$1/…').slice(0, 200);
}
