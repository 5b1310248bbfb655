import type { RequestListener } from 'node:http';
import type { Logger } from 'pino';
import { hasOwner } from '../accounts/queries.ts';
import { type Config, publicAddress } from '../config.ts';
import { createDatabase, createPool, statementPatience } from '../database.ts';
import { startWorker } from '../jobs/worker.ts';
import { prepareDatabase } from '../migrate.ts';
import { loadSecrets } from '../site/queries.ts';
import { tasksOf } from '../tasks.ts';
import { announcement } from './announcement.ts';
import { composeSite } from './compose-site.ts';
import { completeFirstStart } from './first-start.ts';
import type { OpenDatabase } from './open-database.ts';

/** A site that is ready to answer, and does its jobs already. */
export interface AssembledSite {
  readonly listener: RequestListener;
  readonly announcement: string;
  /** Takes no more jobs and waits for those that are begun, until the deadline; ends what is open to hear of changes. */
  stop(deadline: AbortSignal): Promise<void>;
}

/** Prepares the database, the first time with what a new site begins with, and puts the parts together. */
export async function assembleSite({
  config,
  database,
  logger,
  now,
}: {
  config: Config;
  database: OpenDatabase;
  logger: Logger;
  now: () => Date;
}): Promise<AssembledSite> {
  const { db, pool } = database;
  await prepareDatabase(pool);
  const firstStart = await completeFirstStart(db, { sampleContent: config.sampleContent, now: now() });
  const [secrets, owned] = await Promise.all([loadSecrets(db), hasOwner(db)]);
  const site = composeSite({ db, pool, url: () => database.url, config, secrets, logger, now });
  const jobs = createPool(database.url, (err) => logger.warn({ err }, 'a connection for jobs broke'), {
    statement: statementPatience.job,
    connections: 5,
  });
  const jobContext = { ...site.context, pool: jobs, db: createDatabase(jobs) };
  const worker = startWorker(jobContext, tasksOf(jobContext));
  return {
    listener: site.listener,
    announcement: announcement({
      address: publicAddress(config),
      elsewhere: firstStart && database.embedded?.elsewhere ? database.embedded.folder : undefined,
      setupSecret: owned ? undefined : secrets.setup,
    }),
    async stop(deadline) {
      await site.stop();
      await Promise.race([worker.stop().then(() => jobs.end()), aborted(deadline)]);
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
}
