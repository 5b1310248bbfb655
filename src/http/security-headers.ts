import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * The headers that bind every page: nothing from elsewhere, nothing inline, no framing. They are the same for every
 * visitor, so that a page can be kept and served to all.
 *
 * @param secure whether the site is reached by https; only then may a browser be told to insist on it.
 */
export function securityHeaders(secure: boolean): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        ...(secure && { upgradeInsecureRequests: [] }),
      },
    },
    // no-referrer would make browsers send `Origin: null` with every form of our own.
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: secure && { maxAge: 31_536_000, includeSubDomains: false },
    crossOriginOpenerPolicy: secure && { policy: 'same-origin' },
    originAgentCluster: secure,
    xXssProtection: false,
  });
}
