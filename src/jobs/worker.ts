import { setTimeout as pause } from 'node:timers/promises';
import { Logger as JobLogger, parseCronItems, type Runner, run, type TaskList } from 'graphile-worker';
import type { Logger } from 'pino';
import type { AppContext } from '../context.ts';
import { type JobName, type JobPayloads, mostAttempts } from './payloads.ts';
import { releaseAbandonedJobs } from './queries.ts';

/** Does the jobs that are added, in this process. */
export interface Worker {
  /** Takes no more jobs, waits for those that are being done, and gives its connections back. */
  stop(): Promise<void>;
}

/**
 * In milliseconds. `watch`: how often to look for jobs that nobody does any more; `look`: for jobs of which no notification
 * told, as after the database was away; `restart`: how long a worker that broke is missed.
 */
const pauses = { watch: 60_000, look: 1_000, restart: 500 };

/** What is done for each kind of job. `lastTry`: nobody will try again should it fail. */
export type Tasks = { readonly [Name in JobName]: (payload: JobPayloads[Name], lastTry: boolean) => Promise<void> };

/** What a worker needs of the application. */
type Surroundings = Pick<AppContext, 'db' | 'pool' | 'logger'>;

/**
 * Starts doing jobs. Should the worker break, with the database say, another one takes over after a pause.
 *
 * @param tasks come in as a value: what jobs do stands above the folders that add them.
 */
export function startWorker(context: Surroundings, tasks: Tasks): Worker {
  const stopping = new AbortController();
  const done = keepRunning(context, { tasks, stopping: stopping.signal });
  const watch = setInterval(() => releaseAbandonedJobs(context.db).catch(() => {}), pauses.watch);
  return {
    async stop() {
      clearInterval(watch);
      stopping.abort();
      await done;
    },
  };
}

async function keepRunning(
  context: Surroundings,
  { tasks, stopping }: { tasks: Tasks; stopping: AbortSignal },
): Promise<void> {
  while (!stopping.aborted) {
    try {
      const runner = await runOnPool(context, tasks);
      const stop = () => void runner.stop().catch(() => {});
      stopping.addEventListener('abort', stop);
      if (stopping.aborted) stop();
      await runner.promise.finally(() => stopping.removeEventListener('abort', stop));
    } catch (error) {
      context.logger.error({ err: error }, 'the worker broke');
    }
    await pause(pauses.restart, undefined, { signal: stopping }).catch(() => {});
  }
}

function runOnPool({ pool, logger }: Surroundings, tasks: Tasks): Promise<Runner> {
  return run({
    pgPool: pool,
    noHandleSignals: true,
    concurrency: 2,
    pollInterval: pauses.look,
    logger: bridge(logger),
    taskList: taskList(tasks),
    parsedCronItems: parseCronItems([
      {
        task: 'clean_up' satisfies JobName,
        match: '17 * * * *',
        options: { maxAttempts: mostAttempts.clean_up, jobKey: 'clean_up' },
      },
      // Every hour, since the digests are closed by the site's own clock; nothing is due at most of them.
      {
        task: 'send_digests' satisfies JobName,
        match: '3 * * * *',
        options: { maxAttempts: mostAttempts.send_digests, jobKey: 'send_digests' },
      },
      {
        task: 'mail_due_alerts' satisfies JobName,
        match: '4 * * * *',
        options: { maxAttempts: mostAttempts.mail_due_alerts, jobKey: 'mail_due_alerts' },
      },
      {
        task: 'learn' satisfies JobName,
        match: '* * * * *',
        options: { maxAttempts: mostAttempts.learn, jobKey: 'learn' },
      },
    ]),
  });
}

function taskList(tasks: Tasks): TaskList {
  const list: TaskList = {};
  for (const [name, task] of Object.entries(tasks)) {
    list[name] = (payload, { job }) => task(payload as never, job.attempts >= job.max_attempts);
  }
  return list;
}

// What the library says while all is well is for who debugs; its word for done is not news either.
function bridge(logger: Logger): JobLogger {
  const levels = { error: 'error', warning: 'warn', info: 'debug', debug: 'trace' } as const;
  return new JobLogger(({ jobId, taskIdentifier }) => (level, message) => {
    logger[levels[level as keyof typeof levels]]({ jobId, job: taskIdentifier }, message);
  });
}
