import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { startedName } from '../../src/postgres/hold.ts';
import { watchdogScript } from '../../src/postgres/watchdog.ts';
import { cleanUp, makeFolder } from './holders.ts';

afterAll(cleanUp);

describe('the pause before a Postgres that broke is started again', () => {
  it('doubles up to 0.8 seconds, and begins anew after a life of ten', async () => {
    expect(await pausesAfter([0, 1, 2, 3, 9, 10, 0, 3_600, 0])).toEqual([
      '0.1',
      '0.2',
      '0.4',
      '0.8',
      '0.8',
      '0.1',
      '0.2',
      '0.1',
      '0.2',
    ]);
  });
});

/**
 * Runs the watchdog with a server that lives for so many seconds, again and again, by a clock of its own.
 *
 * @returns the pauses that the watchdog made, in seconds, as it asked for them.
 */
async function pausesAfter(lives: readonly number[]): Promise<string[]> {
  const folder = await makeFolder();
  const [programs, socketFolder] = [join(folder, 'programs'), join(folder, 'socket')];
  for (const each of [programs, socketFolder]) await mkdir(each);
  await writeFile(join(socketFolder, startedName), '');
  await writeFile(join(folder, 'clock'), '0');
  await writeFile(join(folder, 'lives'), lives.map((seconds) => `${seconds}\n`).join(''));
  const program = (name: string, text: string) =>
    writeFile(join(programs, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  await program('date', `cat ${folder}/clock`);
  await program('sleep', `echo "$1" >>${folder}/pauses`);
  // The last life is followed by a pause, too; only then is the site asked to end.
  await program(
    'server',
    `read -r seconds <${folder}/lives || { true >${socketFolder}/ending; exit; }
sed -i 1d ${folder}/lives
echo $(($(cat ${folder}/clock) + seconds)) >${folder}/clock`,
  );
  const watchdog = spawn('/bin/sh', ['-c', watchdogScript, 'watchdog', socketFolder, 'server'], {
    env: { PATH: `${programs}:${process.env.PATH}` },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  await once(watchdog, 'exit');
  return (await readFile(join(folder, 'pauses'), 'utf8')).trim().split('\n');
}
