import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { eventually } from '../support/eventually.ts';

const source = join(import.meta.dirname, '..', '..', 'src');

/** The site as a process of its own. */
export interface SpawnedSite {
  readonly process: ChildProcess;
  /** What it has printed so far. */
  readonly output: () => string;
  /** `http://127.0.0.1:…`, once it answers. */
  readonly address: string;
  /** Fulfilled when it has ended, with the exit code or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Sends a signal, and waits for the end. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

/** What a process came to that ended by itself. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

const children = new Set<ChildProcess>();

/** Starts the site on a free port and waits until it says where it is. */
export async function spawnSite(
  environment: Record<string, string>,
  { nodeOptions = [] }: { nodeOptions?: string[] } = {},
): Promise<SpawnedSite> {
  const child = start(['main.ts'], { PORT: '0', ...environment }, nodeOptions);
  let printed = '';
  let complaints = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk) => {
    printed += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk) => {
    complaints += chunk;
  });
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  const port = await eventually(
    () => {
      if (child.exitCode !== null) throw new Error(`The site ended with ${child.exitCode}: ${complaints}${printed}`);
      return /^Rejoinder is at http:\/\/\S*:(\d+)$/m.exec(printed)?.[1];
    },
    { seconds: 60, what: 'the address of the site' },
  );
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  return { process: child, output: () => printed, address: `http://127.0.0.1:${port}`, ended, end };
}

/** Starts the site where it is not expected to come up. */
export function spawnHopelessSite(environment: Record<string, string>): {
  process: ChildProcess;
  ended: Promise<Ended>;
} {
  const child = start(['main.ts'], { PORT: '0', ...environment });
  return { process: child, ended: outcomeOf(child) };
}

/** Runs a command of the command line to its end. */
export function runCommand(words: string[], environment: Record<string, string>, input = ''): Promise<Ended> {
  const child = start(['command-line.ts', ...words], environment);
  child.stdin?.end(input);
  return outcomeOf(child);
}

/** Kills what the tests of a file left running. For `afterAll`. */
export function killLeftovers(): void {
  for (const child of children) child.kill('SIGKILL');
}

/** A process without anything of the environment that the tests run in. */
function start(
  [script = '', ...words]: string[],
  environment: Record<string, string>,
  nodeOptions: string[] = [],
): ChildProcess {
  const { PATH = '', HOME = '/' } = process.env;
  const child = spawn(process.execPath, [...nodeOptions, join(source, script), ...words], {
    env: { PATH, HOME, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

async function outcomeOf(child: ChildProcess): Promise<Ended> {
  const [output, errors, [code]] = await Promise.all([
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
    once(child, 'exit'),
  ]);
  return { code, output, errors };
}
