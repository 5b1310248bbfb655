import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What a process has used: CPU in microseconds since its start, memory in bytes at present. */
export interface Usage {
  readonly cpu: number;
  readonly rss: number;
}

/** A server in a process of its own. */
export interface MeasuredProcess {
  readonly port: number;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

const bench = join(import.meta.dirname, '..');

/** How a program is started. */
export interface ProcessOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Flags for Node. */
  readonly flags?: readonly string[];
  /** File descriptor to which it writes what it says. */
  readonly output?: number | 'ignore';
}

/**
 * Starts a program that can be asked what it uses.
 *
 * @param file under the folder of the project.
 */
export function startProcess(
  file: string,
  { environment = {}, flags = [], output = 'ignore' }: ProcessOptions = {},
): ChildProcess {
  return fork(join(bench, '..', file), {
    env: { ...process.env, ...environment },
    execArgv: ['--import', join(bench, 'watched-process.ts'), ...flags],
    stdio: ['ignore', output, 'inherit', 'ipc'],
  });
}

/** Makes a started program one that is measured. */
export function measured(child: ChildProcess, port: number): MeasuredProcess {
  const ended = once(child, 'exit');
  return {
    port,
    async usage() {
      child.send('usage');
      return (await nextMessage(child)) as Usage;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** What a process says next. @throws where it ends instead. */
export async function nextMessage(child: ChildProcess): Promise<unknown> {
  const heard = new AbortController();
  try {
    const message = once(child, 'message', { signal: heard.signal });
    const end = once(child, 'exit', { signal: heard.signal });
    const [first] = await Promise.race([
      message,
      end.then(() => Promise.reject(new Error('A measured server ended.'))),
    ]);
    return first;
  } finally {
    heard.abort();
  }
}
