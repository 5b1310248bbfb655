import type { Logger } from 'pino';
import { showServing } from '../backup/serving.ts';
import type { Config } from '../config.ts';
import { statementPatience } from '../database.ts';
import { type FrontDoor, takePort } from './front-door.ts';
import { openDatabase, outlastAbsence } from './open-database.ts';

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
 * @param circumstances `cancel` ends a start that waits for its database; `joins`: others answer on the port already, so
 * that this process takes it only when it can answer, too.
 * @throws where it cannot start; nothing is left running then. See `sentenceOf` for what to say.
 */
export async function startSite(
  config: Config,
  { logger, now, cancel, joins }: { logger: Logger; now: () => Date; cancel: AbortSignal; joins: boolean },
): Promise<RunningSite> {
  const undo: (() => Promise<void>)[] = [];
  const takeDoor = async (): Promise<FrontDoor> => {
    const door = await takePort(config);
    undo.unshift(() => door.close(AbortSignal.abort()));
    return door;
  };
  try {
    const early = joins ? undefined : await takeDoor();
    const onWait = (reason: string) => logger.warn(`waiting for the database: ${reason}`);
    const opening = openDatabase(config, {
      onError: (error) => logger.warn({ err: error }, 'a connection to the database broke'),
      onWait,
      cancel,
      statementPatience: statementPatience.page,
    });
    // The rest of the code loads while Postgres starts.
    const [database, { assembleSite }] = await Promise.all([opening, import('./assemble-site.ts')]);
    undo.unshift(() => database.close());
    const sign = await outlastAbsence(() => showServing(database.pool), { onWait, cancel });
    undo.unshift(() => sign.remove());
    const port = early?.port ?? config.port;
    const assemble = () => assembleSite({ config: { ...config, port }, database, logger, now });
    const site = await outlastAbsence(assemble, { onWait, cancel });
    undo.unshift(() => site.stop(AbortSignal.abort()));
    const door = early ?? (await takeDoor());
    door.open(site.listener);
    return {
      announcement: site.announcement,
      async stop(deadline) {
        await Promise.all([door.close(deadline), site.stop(deadline)]);
        await sign.remove();
        await database.close();
      },
    };
  } catch (error) {
    for (const step of undo) await step();
    throw error;
  }
}
