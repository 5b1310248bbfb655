import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, constants, existsSync, openSync, readSync, writeSync } from 'node:fs';
import { chmod, chown, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Account } from './account.ts';

/**
 * One process' share in a running Postgres: the writing end of a named pipe whose reading end its watchdog has. Postgres
 * runs for as long as anybody has one. The system closes it however its process ends, so it cannot be left behind.
 */
export interface Hold {
  /** The folder of the pipe and of Postgres' socket. It is removed when Postgres has ended. */
  readonly socketFolder: string;
  readonly pipe: number;
}

/** The two ends of a pipe that is new: the watchdog's, and the first share. */
export interface NewPipe {
  readonly reader: number;
  readonly hold: Hold;
}

const pipeName = 'hold';

/** The file by which a watchdog knows that Postgres had started well once, so that it is to go on. */
export const startedName = 'started';

/** Tells the watchdog that Postgres has started well. */
export function confirmStart({ pipe }: Hold): void {
  writeSync(pipe, `${startedName}\n`);
}

/** Whether a watchdog is there that keeps a Postgres running, or starts it again. */
export async function isKept(socketFolder: string): Promise<boolean> {
  const hold = await joinHold(socketFolder);
  if (typeof hold === 'string') return false;
  closeSync(hold.pipe);
  return true;
}

/** Makes a pipe that an account may use besides the one who makes it. */
export async function makePipe(socketFolder: string, account: Account | undefined): Promise<NewPipe> {
  const path = join(socketFolder, pipeName);
  await promisify(execFile)('mkfifo', ['-m', '600', path]);
  // The sticky bit keeps systemd's cleaning of temporary folders off the pipe, which may lie untouched for weeks.
  if (process.platform === 'linux') await chmod(path, 0o1600);
  if (account) await chown(path, account.uid, account.gid);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const pipe = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  return { reader, hold: { socketFolder, pipe } };
}

/**
 * Takes a share in a Postgres that runs already, and makes sure that its watchdog had not given up before.
 *
 * @returns `gone` where there is no pipe, `unwatched` where no watchdog reads it, `ending` where it reads no longer.
 */
export async function joinHold(socketFolder: string): Promise<Hold | 'gone' | 'unwatched' | 'ending'> {
  const pipe = openPipe(socketFolder, constants.O_WRONLY);
  if (typeof pipe === 'string') return pipe;
  const hold = { socketFolder, pipe };
  if (await isAnswered(hold)) return hold;
  closeSync(pipe);
  return 'ending';
}

/**
 * Gives a share back.
 *
 * @returns whether it was the last one, so that Postgres ends now.
 */
export function leaveHold({ socketFolder, pipe }: Hold): boolean {
  // A second reader is told of the end of the pipe exactly when nobody has it open for writing.
  const reader = openPipe(socketFolder, constants.O_RDONLY);
  closeSync(pipe);
  if (typeof reader === 'string') return true;
  try {
    return readSync(reader, Buffer.alloc(1)) === 0;
  } catch {
    return false;
  } finally {
    closeSync(reader);
  }
}

function openPipe(socketFolder: string, direction: number): number | 'gone' | 'unwatched' {
  try {
    return openSync(join(socketFolder, pipeName), direction | constants.O_NONBLOCK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'ENXIO') return 'unwatched';
    if (['ENOENT', 'ENOTDIR'].includes(code)) return 'gone';
    throw error;
  }
}

/** Asks the watchdog to make a file, which it does only while it watches. Asks again in case a leaving reader took a part. */
async function isAnswered({ socketFolder, pipe }: Hold): Promise<boolean> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const name = randomUUID();
    const answer = join(socketFolder, name);
    try {
      writeSync(pipe, `${name}\n`);
    } catch {
      return false;
    }
    for (let wait = 0; wait < 20; wait++) {
      if (existsSync(answer)) {
        await rm(answer, { force: true });
        return true;
      }
      await setTimeout(5);
    }
  }
  return false;
}
