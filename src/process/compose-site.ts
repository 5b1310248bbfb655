import type { IncomingMessage, RequestListener } from 'node:http';
import { createApp } from '../app.ts';
import { servePages } from '../cache/page-cache.ts';
import { createRowCache } from '../cache/row-cache.ts';
import { listenForChanges } from '../changes/listener.ts';
import { createReplyStreams } from '../comments/reply-streams.ts';
import type { AppContext } from '../context.ts';
import { clientAddress } from '../http/client-address.ts';
import { hashNetwork } from '../http/network.ts';

/** A site that answers, from memory where it can. */
export interface ComposedSite {
  readonly context: AppContext;
  readonly listener: RequestListener;
  /** Ends what is open for as long as the site is: streams, and the connection that hears of changes. */
  stop(): Promise<void>;
}

/**
 * Puts in front of the application what answers without it: streams of replies first, then pages that are kept.
 *
 * @param url of the database, asked for whenever a connection is made.
 */
export function composeSite({
  url,
  ...parts
}: Omit<AppContext, 'changes' | 'rows' | 'pageCounts'> & { readonly url: () => string }): ComposedSite {
  const { db, now, logger } = parts;
  const onError = (error: Error) => logger.warn({ err: error }, 'changes are not heard for the moment');
  const changes = listenForChanges({ url, onError });
  const pageCounts = { kept: 0, unconfirmed: 0, made: 0 };
  const context: AppContext = { ...parts, changes, rows: createRowCache({ changes, now }), pageCounts };
  const app = createApp(context);
  const networkOf = (request: IncomingMessage) =>
    hashNetwork(context.secrets.network, clientAddress(app, request)).toString('hex');
  const streams = createReplyStreams({ db, changes, networkOf, now });
  const pages = servePages({ site: app, changes, now, counts: pageCounts });
  return {
    context,
    listener: (request, response) => streams.take(request, response) || pages(request, response),
    async stop() {
      streams.close();
      await changes.stop();
    },
  };
}
