import type { Logger } from 'pino';
import { showServing } from '../backup/serving.ts';
import type { Config } from '../config.ts';
import { takePort } from './front-door.ts';
import { openDatabase } from './open-database.ts';

/** A site that is served. */
export interface RunningSite {
  /** What to tell the person who started it. */
  readonly announcement: string;
  /**
   * Takes no more requests and jobs, finishes those that are begun, and closes the database. What is not finished at the
   * deadline is cut off; a job that was is done again later.
   */
  stop(deadline: AbortSignal): Promise<void>;
}

/**
 * Serves the site: takes the port, opens and prepares the database, answers, and does jobs.
 *
 * @param cancel ends a start that waits for its database.
 * @throws where it cannot start; nothing is left running then. See `sentenceOf` for what to say.
 */
export async function startSite(
  config: Config,
  { logger, now, cancel }: { logger: Logger; now: () => Date; cancel: AbortSignal },
): Promise<RunningSite> {
  const undo: (() => Promise<void>)[] = [];
  try {
    const door = await takePort(config);
    undo.unshift(() => door.close(AbortSignal.abort()));
    const opening = openDatabase(config, {
      onError: (error) => logger.warn({ err: error }, 'a connection to the database broke'),
      onWait: (reason) => logger.warn(`waiting for the database: ${reason}`),
      cancel,
    });
    // The rest of the code loads while Postgres starts.
    const [database, { assembleSite }] = await Promise.all([opening, import('./assemble-site.ts')]);
    undo.unshift(() => database.close());
    const sign = await showServing(database.pool);
    undo.unshift(() => sign.remove());
    const site = await assembleSite({ config: { ...config, port: door.port }, database, logger, now });
    door.open(site.app);
    return {
      announcement: site.announcement,
      async stop(deadline) {
        await Promise.all([door.close(deadline), site.stopJobs(deadline)]);
        await sign.remove();
        await database.close();
      },
    };
  } catch (error) {
    for (const step of undo) await step();
    throw error;
  }
}
