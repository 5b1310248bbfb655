import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { readConfig } from '../../src/config.ts';
import type { AppContext } from '../../src/context.ts';
import { createDatabase, createPool } from '../../src/database.ts';
import { composeSite } from '../../src/process/compose-site.ts';
import { loadSecrets } from '../../src/site/queries.ts';

/** A site as one process serves it, with its memory. Several can be made on one database. */
export interface ComposedTestSite {
  readonly context: AppContext;
  readonly port: number;
  /** What the site takes for now; undefined: the time of the machine. */
  now: Date | undefined;
  /** Asks without cookies, unless the headers bring some. */
  get(path: string, headers?: Record<string, string>, method?: string): Promise<RawAnswer>;
  /** Sends a form as the site's own page does. */
  post(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<RawAnswer>;
  close(): Promise<void>;
}

/** An answer as it came, still compressed. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

/**
 * Serves a site on a free port of this machine, and waits until it hears of changes.
 *
 * @param url of its database, which may lie behind something that a test can cut.
 * @param environment variables as `readConfig` takes them; without any, nobody is limited.
 */
export async function serveComposed(url: string, environment: Record<string, string> = {}): Promise<ComposedTestSite> {
  const pool = createPool(url, () => {});
  const db = createDatabase(pool);
  const config = readConfig({ COMMENT_LIMIT: '0', LOG_LEVEL: 'silent', ...environment });
  const logger = pino({ level: 'silent' });
  const secrets = await loadSecrets(db);
  let time: Date | undefined;
  const now = () => time ?? new Date();
  const composed = composeSite({ db, pool, url: () => url, config, secrets, logger, now });
  const server = createServer(composed.listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await heard(composed.context);
  return {
    context: composed.context,
    port,
    get now() {
      return time;
    },
    set now(value) {
      time = value;
    },
    get: (path, headers = {}, method = 'GET') => ask({ port, path, headers, method }),
    post: (path, fields, headers = {}) =>
      ask({
        port,
        path,
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin', ...headers },
        body: new URLSearchParams(fields).toString(),
      }),
    async close() {
      server.closeAllConnections();
      server.close();
      await composed.stop();
      await db.destroy();
    },
  };
}

async function heard({ changes }: AppContext): Promise<void> {
  while (!changes.isHeard()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function ask({
  body,
  ...options
}: {
  port: number;
  path: string;
  method: string;
  headers: Record<string, string>;
  body?: string;
}): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const whole = Buffer.concat(chunks);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: whole,
          text: whole.toString(),
        });
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
