import cluster, { type Worker } from 'node:cluster';
import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { takePort } from './front-door.ts';
import { exchangeMetrics } from './metrics-exchange.ts';
import { isReport } from './report.ts';
import { restartPause } from './restart-pause.ts';
import { StartError } from './start-error.ts';
import { onStopSignals } from './stop-signals.ts';

/** Every process ends in its own time; what has not by now is killed. In milliseconds. */
const patience = 14_000;

/**
 * Runs the site as several processes on one port, until it is stopped: each is the whole site. The first one starts alone,
 * so that the database is prepared, waited for and complained of once; the others follow when it answers. One that ends is
 * replaced. All of them end when this process does, however that comes about: their channel to it breaks.
 *
 * @returns the exit code.
 * @throws StartError where the first process cannot start.
 */
export async function runProcesses(config: Config, logger: Logger): Promise<number> {
  const port = config.port || (await freePort(config.host));
  const stopping = new AbortController();
  onStopSignals({
    stop() {
      stopping.abort();
      sendToAll('SIGTERM');
      globalThis.setTimeout(() => sendToAll('SIGKILL'), patience);
    },
    force() {
      sendToAll('SIGKILL');
      process.exit(1);
    },
  });

  // The processes accept by themselves. Were connections dealt out to them, those dealt to one that is being killed would hang.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  // Plain JSON would make nothing of numbers that are none.
  cluster.setupPrimary({ serialization: 'advanced' });
  exchangeMetrics();
  const first = startProcess(port);
  const announcement = await Promise.race([first.answers, first.ended.then(() => undefined)]);
  if (announcement === undefined) {
    const { code, sentence } = await first.ended;
    if (stopping.signal.aborted) return 0;
    if (sentence) throw new StartError(sentence);
    return code ?? 1;
  }
  if (!stopping.signal.aborted) process.stdout.write(announcement);

  const keep = (running?: RunningProcess) => keepProcess(running, { port, logger, stopping: stopping.signal });
  const others = Array.from({ length: config.webProcesses - 1 }, () => keep());
  await Promise.all([keep(first), ...others]);
  return 0;
}

/** One of the processes. */
interface RunningProcess {
  readonly since: number;
  /** Fulfilled with its announcement when it answers, which may be never. */
  readonly answers: Promise<string>;
  readonly ended: Promise<End>;
}

interface End {
  readonly pid: number | undefined;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not start, where it said so. */
  readonly sentence: string | undefined;
}

function startProcess(port: number): RunningProcess {
  const worker: Worker = cluster.fork({ PORT: String(port) });
  let sentence: string | undefined;
  const answers = new Promise<string>((resolve) => {
    worker.on('message', (message: unknown) => {
      if (!isReport(message)) return;
      if (message.report === 'answers') resolve(message.announcement);
      else sentence = message.sentence;
    });
  });
  const ended = new Promise<End>((resolve) => {
    // A process that could not be made has no end; other errors, of its channel say, are followed by one.
    worker.on('error', ({ message }) => {
      if (!worker.process.pid) resolve({ pid: undefined, code: 1, signal: null, sentence: message });
    });
    worker.once('exit', (code: number | null, signal: NodeJS.Signals | null) =>
      resolve({ pid: worker.process.pid, code, signal, sentence }),
    );
  });
  return { since: performance.now(), answers, ended };
}

/** Replaces one process whenever it ends, until the site is stopped. */
async function keepProcess(
  running: RunningProcess | undefined,
  { port, logger, stopping }: { port: number; logger: Logger; stopping: AbortSignal },
): Promise<void> {
  let current = running;
  let pause = 0;
  while (current || !stopping.aborted) {
    current ??= startProcess(port);
    const end = await current.ended;
    if (stopping.aborted) return;
    pause = restartPause({ before: pause, lived: performance.now() - current.since });
    logger.error({ ...end, pause }, 'a process ended, and another one takes its place');
    await setTimeout(pause, undefined, { signal: stopping }).catch(() => {});
    current = undefined;
  }
}

function sendToAll(signal: NodeJS.Signals): void {
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill(signal);
}

// All processes take the same port, and those that come later too: a number is chosen for them.
async function freePort(host: string): Promise<number> {
  const door = await takePort({ port: 0, host });
  await door.close(AbortSignal.abort());
  return door.port;
}
