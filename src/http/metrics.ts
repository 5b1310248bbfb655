import type { RequestHandler } from 'express';
import type pg from 'pg';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { notFound } from './errors.ts';
import { shareMetrics } from './shared-metrics.ts';

/** How often readers without cookies got a page, by where it came from. */
interface PageCounts {
  readonly kept: number;
  readonly unconfirmed: number;
  readonly made: number;
}

/** Counts and times requests, and shows them to Prometheus. */
export interface Metrics {
  /** Put before everything that is to be measured. */
  readonly measure: RequestHandler;
  /** Answers `/metrics`. */
  readonly page: RequestHandler;
}

/**
 * @param pool its open, idle and awaited connections are shown.
 * @param waitingJobs how many jobs wait; asked whenever the page is.
 * @param pageCounts counted elsewhere: pages out of memory pass by everything that is measured here.
 * @param audience who is answered: programs on this machine, or anyone. For others there is no such page.
 */
export function createMetrics({
  pool,
  waitingJobs,
  audience,
  pageCounts,
}: {
  pool: pg.Pool;
  waitingJobs: () => Promise<number>;
  audience: 'loopback' | 'public';
  pageCounts: PageCounts;
}): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const seconds = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  new Gauge({
    name: 'database_connections',
    help: 'Connections of the pool, by what they do; awaited: requests that wait for one.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'open' }, pool.totalCount);
      this.set({ state: 'idle' }, pool.idleCount);
      this.set({ state: 'awaited' }, pool.waitingCount);
    },
  });
  new Counter({
    name: 'pages_total',
    help: 'Pages for readers without cookies: kept in memory, unconfirmed (kept, while the database was away), or made anew.',
    labelNames: ['source'],
    registers: [registry],
    collect() {
      this.reset();
      for (const source of ['kept', 'unconfirmed', 'made'] as const) this.inc({ source }, pageCounts[source]);
    },
  });
  new Gauge({
    name: 'jobs_waiting',
    help: 'Jobs that are to be done.',
    // The same jobs for all processes: not to be added up.
    aggregator: 'first',
    registers: [registry],
    async collect() {
      this.set(await waitingJobs().catch(() => Number.NaN));
    },
  });

  const show = shareMetrics(registry);
  return {
    measure(request, response, next) {
      const stop = seconds.startTimer();
      response.once('close', () => {
        const route = request.route?.path ? request.baseUrl + request.route.path : 'other';
        stop({ method: knownMethod(request.method), route, status: response.statusCode });
      });
      next();
    },
    async page(request, response) {
      if (audience === 'loopback' && !isFromThisMachine(request)) throw notFound();
      response.type(registry.contentType).send(await show());
    },
  };
}

// A proxy on this machine forwards strangers from a loopback address. Most say so in a header; those that do not pass the
// public name on, or, as nginx long did by default, speak HTTP/1.0.
function isFromThisMachine(request: Parameters<RequestHandler>[0]): boolean {
  const forwarded = request.get('x-forwarded-for') ?? request.get('forwarded');
  return (
    forwarded === undefined &&
    request.httpVersion !== '1.0' &&
    /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(request.get('host') ?? '') &&
    /^(127\.|::1$|::ffff:127\.)/.test(request.socket.remoteAddress ?? '')
  );
}

function knownMethod(method: string): string {
  return ['GET', 'HEAD', 'POST'].includes(method) ? method : 'other';
}
