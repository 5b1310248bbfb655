import type { IncomingMessage } from 'node:http';
import express, { type Express } from 'express';
import { accountRoutes } from './accounts/routes.ts';
import { identifyViewer } from './accounts/viewer.ts';
import { appealRoutes } from './appeals/routes.ts';
import { commenterRoutes } from './commenters/routes.ts';
import { commentRoutes, pageRoutes } from './comments/routes.ts';
import { publicAddress } from './config.ts';
import type { AppContext } from './context.ts';
import { commentFeedRoutes } from './feeds/comment-routes.ts';
import { feedRoutes } from './feeds/routes.ts';
import { followingRoutes } from './following/routes.ts';
import { prepareFrame } from './frame.ts';
import { healthRoutes } from './health.ts';
import { loadAssets } from './http/assets.ts';
import { cachingRules } from './http/caching.ts';
import { refuseCrossSiteWrites } from './http/cross-site.ts';
import { errorPages, nothingHere, refuseBrokenAddress } from './http/error-pages.ts';
import { requestLog } from './http/request-log.ts';
import { securityHeaders } from './http/security-headers.ts';
import { redirectAfterSaving, sessions } from './http/session.ts';
import { moderationRoutes } from './moderation/routes.ts';
import { overviewRoutes } from './overview/routes.ts';
import { deskRoutes } from './posts/desk-routes.ts';
import { listingRoutes } from './posts/listing-routes.ts';
import { versionRoutes } from './posts/version-routes.ts';
import { reportRoutes } from './reports/routes.ts';
import { settingsRoutes } from './settings/routes.ts';

/** Puts the site together: middleware in order, then the features, then what answers the rest. Listens to nothing yet. */
export function createApp(context: AppContext): Express {
  const { db, pool, config, secrets, logger, now, changes, rows, pageCounts } = context;
  const address = publicAddress(config);
  const secure = address.startsWith('https:');
  const assets = loadAssets();
  const frame = prepareFrame({ db, rows, assets: assets.path, now });

  const app = express();
  app.set('trust proxy', config.trustProxy);
  app.set('query parser', 'simple');
  app.disable('x-powered-by');
  // The site is what BASE_URL says, whether or not a proxy tells how it was reached.
  if (config.baseUrl)
    Object.defineProperty(app.request, 'protocol', { get: () => new URL(address).protocol.slice(0, -1) });
  redirectAfterSaving(app, changes);

  app.use(securityHeaders(secure));
  app.use(healthRoutes({ db, pool, audience: config.metrics, pageCounts }));
  app.use(requestLog(logger));
  app.use(assets.router);
  app.use(refuseBrokenAddress);
  app.use(cachingRules);
  app.use(refuseCrossSiteWrites(config.baseUrl));
  // A post of 500,000 characters takes up to 6 MB when each of them is encoded; no other form needs that much.
  app.use('/write', express.urlencoded({ extended: false, limit: '6mb', parameterLimit: 1000, type: isForm }));
  // Lists of words and hosts are pasted there, 10,000 at a time.
  app.use('/settings/rules', express.urlencoded({ extended: false, limit: '8mb', parameterLimit: 1000, type: isForm }));
  app.use(express.urlencoded({ extended: false, limit: '512kb', parameterLimit: 1000, type: isForm }));
  app.use(sessions({ pool, secret: secrets.session, secure }));
  app.use(identifyViewer(db));
  app.use(frame);

  // What readers ask for comes first: each request is held against the routes before its own. The settings come before what is about
  // the conversation of a page, which lies at `/:slug/rules`.
  app.use(feedRoutes(context));
  app.use(commentFeedRoutes(context));
  app.use(commentRoutes(context));
  app.use(listingRoutes(context));
  app.use(reportRoutes(context));
  app.use(appealRoutes(context));
  app.use(followingRoutes(context));
  app.use(commenterRoutes(context));
  app.use(accountRoutes(context));
  app.use(settingsRoutes(context));
  app.use(deskRoutes(context));
  app.use(versionRoutes(context));
  app.use(moderationRoutes(context));
  app.use(overviewRoutes(context));
  app.use(pageRoutes(context));

  app.use(nothingHere);
  app.use(errorPages({ logger, frame, stylesheet: `${assets.path}/site.css` }));
  return app;
}

// What somebody sends along with a request to read is nobody's business, and not waited for.
function isForm({ method, headers }: IncomingMessage): boolean {
  return method === 'POST' && /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '');
}
