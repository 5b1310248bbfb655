import type { Request, RequestHandler } from 'express';
import { forbidden } from './errors.ts';

/**
 * Refuses writes that another site made this browser send, by the headers that browsers add themselves (as Go's
 * `http.CrossOriginProtection`, without tokens in pages). A client that sends neither header is no browser: it passes,
 * but without its cookies, so it can do what a stranger can.
 *
 * @param baseUrl the site's own origin; none: the one that the request was sent to.
 */
export function refuseCrossSiteWrites(baseUrl: string | undefined): RequestHandler {
  return (request, _response, next) => {
    if (['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return next();
    const site = request.get('sec-fetch-site');
    const origin = request.get('origin');
    if (site !== undefined) {
      if (site !== 'same-origin' && site !== 'none') throw forbidden({ key: 'error.crossSite' });
    } else if (origin !== undefined) {
      const own = baseUrl ?? ownOrigin(request);
      if (origin !== own) throw forbidden({ key: 'error.otherOrigin', values: { origin, own } });
    } else {
      delete request.headers.cookie;
    }
    next();
  };
}

function ownOrigin(request: Request): string {
  return `${request.protocol}://${request.get('host')}`;
}
