import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';

/**
 * One line a request: what was asked for and how it went. No address, query string, header or body: they may hold what is
 * nobody's business.
 */
export function requestLog(logger: Logger): RequestHandler {
  return pinoHttp({
    logger,
    quietReqLogger: true,
    autoLogging: { ignore: (request) => quietPaths.has(request.url ?? '') },
    wrapSerializers: false,
    customAttributeKeys: { req: 'request', res: 'response', err: 'error', responseTime: 'milliseconds' },
    serializers: {
      request: (request: { method?: string; originalUrl?: string; url?: string }) => ({
        method: request.method,
        path: loggedPath(request),
      }),
      response: (response: { statusCode: number }) => ({ status: response.statusCode }),
    },
    customLogLevel: (_request, response) => (response.statusCode >= 500 ? 'error' : 'info'),
    customSuccessMessage: (request, response) => `${request.method} ${loggedPath(request)} ${response.statusCode}`,
    customErrorMessage: (request, response) => `${request.method} ${loggedPath(request)} ${response.statusCode}`,
  });
}

// What machines ask for every few seconds would bury the rest.
const quietPaths = new Set(['/healthz', '/readyz', '/metrics']);

// A path can be a secret itself: the token of a mailed link is left out.
const secretPath =
  /^\/+(setup|invitations|password-reset|mine\/proofs|following\/[a-z-]+|appeals|reports|moderation\/by-mail(?:\/leave(?=\/))?)\/[^/]+/i;

/**
 * The path of a request as it may stand in the log: without query string and tokens, and of bounded length. A client may
 * write the host before it.
 */
export function loggedPath(request: { originalUrl?: string; url?: string }): string {
  const target = request.originalUrl ?? request.url ?? '';
  const path = target.startsWith('/') ? target.split('?', 1)[0] : URL.parse(target)?.pathname;
  return (path ?? '').replace(secretPath, '/$1/…').slice(0, 200);
}
