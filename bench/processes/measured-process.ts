import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';

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

/** A program that was started, and the line on which it talks with who started it. */
export interface StartedProcess {
  readonly child: ChildProcess;
  tell(message: unknown): void;
  /** What it says next. @throws where it ends instead. */
  hear(): Promise<unknown>;
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
 * Starts a program that can be asked what it uses, as a shell starts it: with the channel that Node makes to a process of its own
 * (`fork`), V8 makes some of a server's code slower, by a seventh for a page out of memory.
 *
 * @param file under the folder of the project.
 */
export function startProcess(
  file: string,
  { environment = {}, flags = [], output = 'ignore' }: ProcessOptions = {},
): StartedProcess {
  const program = ['--import', join(bench, 'watched-process.ts'), ...flags, join(bench, '..', file)];
  const child = spawn(process.execPath, program, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', output, 'inherit', 'pipe'],
  });
  const line = child.stdio[3] as Duplex;
  const lines = createInterface({ input: line });
  return {
    child,
    tell: (message) => void line.write(`${JSON.stringify(message)}\n`),
    async hear() {
      const heard = new AbortController();
      try {
        const message = once(lines, 'line', { signal: heard.signal });
        const end = once(child, 'exit', { signal: heard.signal });
        const [text] = await Promise.race([
          message,
          end.then(() => Promise.reject(new Error('A measured server ended.'))),
        ]);
        return JSON.parse(text);
      } finally {
        heard.abort();
      }
    },
  };
}

/** Makes a started program one that is measured. */
export function measured({ child, tell, hear }: StartedProcess, port: number): MeasuredProcess {
  const ended = once(child, 'exit');
  return {
    port,
    async usage() {
      tell('usage');
      return (await hear()) as Usage;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
