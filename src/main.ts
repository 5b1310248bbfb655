import cluster from 'node:cluster';
import type { Logger } from 'pino';
import { type Config, readConfig } from './config.ts';
import { createLogger } from './process/logger.ts';
import { sendReport } from './process/report.ts';
import { sentenceOf } from './process/start-error.ts';
import { type RunningSite, startSite } from './process/start-site.ts';
import { onStopSignals } from './process/stop-signals.ts';

/** What is begun when the site is stopped has so long to finish, and all connections so long to end, in milliseconds. */
const patience = { finish: 10_000, end: 12_000 };

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const logger = await createLogger(config.logLevel);
  const broken = (error: unknown) => {
    logger.fatal({ err: error }, 'the process broke');
    process.exit(1);
  };
  process.on('uncaughtException', broken).on('unhandledRejection', broken);

  if (config.webProcesses === 1 || cluster.isWorker) return serve(config, logger);
  const { runProcesses } = await import('./process/processes.ts');
  process.exit(await runProcesses(config, logger));
}

/** Serves the site in this process, the only one or one of several. */
async function serve(config: Config, logger: Logger): Promise<void> {
  const stopping = new AbortController();
  const starting = startSite(config, {
    logger,
    now: () => new Date(),
    cancel: stopping.signal,
    // Who joins others that answer already does not keep visitors waiting for its own start.
    joins: (cluster.worker?.id ?? 1) > 1,
  });
  stopAtSignal(starting, stopping);
  try {
    const { announcement } = await starting;
    if (stopping.signal.aborted) return;
    if (cluster.isWorker) await sendReport({ report: 'answers', announcement });
    else process.stdout.write(announcement);
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  }
}

/** The first signal stops the site in order, a second one at once; one of several is forced by the one that started it. */
function stopAtSignal(starting: Promise<RunningSite>, stopping: AbortController): void {
  const stop = async () => {
    stopping.abort();
    setTimeout(() => process.exit(0), patience.end);
    const site = await starting.catch(() => undefined);
    await site?.stop(AbortSignal.timeout(patience.finish));
    process.exit(0);
  };
  onStopSignals({ stop, force: () => cluster.isWorker || process.exit(1) });
}

try {
  await main();
} catch (error) {
  const sentence = sentenceOf(error);
  if (sentence && cluster.isWorker) await sendReport({ report: 'refuses', sentence });
  else process.stderr.write(`${sentence ?? (error as Error).stack}\n`);
  process.exit(1);
}
