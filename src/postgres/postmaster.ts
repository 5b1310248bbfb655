import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What `postmaster.pid` says of the Postgres that runs, or ran, on a data folder. */
export interface Postmaster {
  readonly pid: number;
  /** The data folder as Postgres was told it. */
  readonly dataFolder: string;
  /** Where its socket is; empty while it has none yet. */
  readonly socketFolder: string;
  /** Whether it takes connections. */
  readonly ready: boolean;
}

/** Reads the lock file that Postgres keeps in its data folder while it runs, and leaves behind when it is killed. */
export async function readPostmaster(folder: string): Promise<Postmaster | undefined> {
  const lines = await readFile(join(folder, 'postmaster.pid'), 'utf8').then(
    (content) => content.split('\n'),
    (error) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );
  const [pid = '', dataFolder = '', , , socketFolder = '', , , status = ''] = lines;
  if (!/^-?\d+$/.test(pid)) return undefined;
  return { pid: Math.abs(Number(pid)), dataFolder, socketFolder, ready: status.trim() === 'ready' };
}

/**
 * Whether the process that a lock file names is still the Postgres that wrote it: after a restart of the machine or of a
 * container another program may have its number.
 */
export async function isRunning({ pid, dataFolder }: Postmaster): Promise<boolean> {
  return (await commandLine(pid)).includes(dataFolder);
}

/** Whether there is a process of that number at all, whoever it belongs to. */
export function isTaken(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

async function commandLine(pid: number): Promise<string> {
  try {
    if (process.platform === 'linux') return await readFile(`/proc/${pid}/cmdline`, 'utf8');
    return (await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)])).stdout;
  } catch {
    return '';
  }
}
