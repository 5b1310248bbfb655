import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { joinHold, leaveHold, pipeName } from '../../src/postgres/hold.ts';
import { cleanUp, makeFolder } from './holders.ts';

let folder: string;
beforeEach(async () => {
  folder = await makeFolder();
});
afterAll(cleanUp);

describe('a share in a Postgres', () => {
  it('is not had where there is no Postgres', async () => {
    expect(await joinHold(folder)).toBe('gone');
  });

  it('is not had where nobody watches', async () => {
    closeSync(makePipe());
    expect(await joinHold(folder)).toBe('unwatched');
  });

  it('is not had from a watchdog that has decided to stop, though it has not closed the pipe yet', async () => {
    const reader = makePipe();
    expect(await joinHold(folder)).toBe('ending');
    closeSync(reader);
  });

  it('is the last one when nobody else has the pipe, and only then', () => {
    const reader = makePipe();
    const [first, second] = [openPipe(constants.O_WRONLY), openPipe(constants.O_WRONLY)];
    expect(leaveHold({ socketFolder: folder, pipe: first })).toBe(false);
    expect(leaveHold({ socketFolder: folder, pipe: second })).toBe(true);
    closeSync(reader);
  });
});

/** Makes a pipe and gives its reading end. */
function makePipe(): number {
  execFileSync('mkfifo', [join(folder, pipeName)]);
  return openPipe(constants.O_RDONLY);
}

function openPipe(direction: number): number {
  return openSync(join(folder, pipeName), direction | constants.O_NONBLOCK);
}
