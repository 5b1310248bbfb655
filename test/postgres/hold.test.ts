import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { joinHold, leaveHold, makePipe, type NewPipe } from '../../src/postgres/hold.ts';
import { cleanUp, makeFolder } from './holders.ts';

let folder: string;
let pipe: NewPipe;
beforeEach(async () => {
  folder = await makeFolder();
  pipe = await makePipe(folder, undefined);
});
afterAll(cleanUp);

describe('a share in a Postgres', () => {
  it('is not had where there is no Postgres', async () => {
    expect(await joinHold(await makeFolder())).toBe('gone');
  });

  it('is not had where nobody watches', async () => {
    closeSync(pipe.reader);
    expect(await joinHold(folder)).toBe('unwatched');
  });

  it('is not had from a watchdog that has decided to stop, though it has not closed the pipe yet', async () => {
    expect(await joinHold(folder)).toBe('ending');
  });

  it('is had from one that answers; it is the last when nobody else has one, and only then', async () => {
    const answer = 'while read -r name; do true >"$1/$name"; done';
    const watchdog = spawn('/bin/sh', ['-c', answer, 'sh', folder], { stdio: [pipe.reader, 'ignore', 'ignore'] });
    closeSync(pipe.reader);
    const second = await joinHold(folder);
    if (typeof second === 'string') throw new Error(second);
    expect(leaveHold(pipe.hold)).toBe(false);
    expect(leaveHold(second)).toBe(true);
    await once(watchdog, 'exit');
  });
});
