import { Router } from 'express';
import { type Kysely, sql } from 'kysely';
import type pg from 'pg';
import type { PageCounts } from './cache/page-cache.ts';
import type { Config } from './config.ts';
import type { Database } from './database.ts';
import { createMetrics } from './http/metrics.ts';
import { countWaitingJobs } from './jobs/queries.ts';
import { createMigrator } from './migrate.ts';

/**
 * For who runs the site, before anything but the headers of every page, and without a log line:
 * `/healthz` — the process answers; `/readyz` — the database is reached and migrated; `/metrics`.
 */
export function healthRoutes({
  db,
  pool,
  audience,
  pageCounts,
}: {
  db: Kysely<Database>;
  pool: pg.Pool;
  audience: Config['metrics'];
  pageCounts: PageCounts;
}): Router {
  const metrics = createMetrics({ pool, waitingJobs: () => countWaitingJobs(db), audience, pageCounts });
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.set('Cache-Control', 'no-store').type('text').send('ok\n');
  });
  router.get('/readyz', async (_request, response) => {
    const problem = await findProblem(db);
    response
      .set('Cache-Control', 'no-store')
      .status(problem ? 503 : 200)
      .type('text')
      .send(`${problem ?? 'ready'}\n`);
  });
  router.get('/metrics', metrics.page);
  router.use(metrics.measure);
  return router;
}

async function findProblem(db: Kysely<Database>): Promise<string | undefined> {
  try {
    await sql`select 1`.execute(db);
    const unapplied = (await createMigrator(db).getMigrations()).filter((migration) => !migration.executedAt);
    return unapplied.length > 0 ? 'the database is not migrated' : undefined;
  } catch {
    return 'the database cannot be reached';
  }
}
