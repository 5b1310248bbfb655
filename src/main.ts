import { readConfig } from './config.ts';
import { createLogger } from './process/logger.ts';
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

  const stopping = new AbortController();
  const starting = startSite(config, { logger, now: () => new Date(), cancel: stopping.signal });
  stopAtSignal(starting, stopping);
  try {
    const site = await starting;
    if (!stopping.signal.aborted) process.stdout.write(site.announcement);
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  }
}

/** The first signal stops the site in order, a second one at once. */
function stopAtSignal(starting: Promise<RunningSite>, stopping: AbortController): void {
  const stop = async () => {
    stopping.abort();
    setTimeout(() => process.exit(0), patience.end);
    const site = await starting.catch(() => undefined);
    await site?.stop(AbortSignal.timeout(patience.finish));
    process.exit(0);
  };
  onStopSignals({ stop, force: () => process.exit(1) });
}

try {
  await main();
} catch (error) {
  const sentence = sentenceOf(error);
  process.stderr.write(`${sentence ?? (error as Error).stack}\n`);
  process.exit(1);
}
