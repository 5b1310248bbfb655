import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { accountOf } from '../../src/postgres/account.ts';
import { startEmbeddedPostgres } from '../../src/postgres/embedded.ts';
import {
  cleanUp,
  eventually,
  lives,
  makeFolder,
  makeFolderWithData,
  postmasterOf,
  query,
  socketFolderOf,
  spawnHolder,
  startHolder,
  watchdogOf,
} from './holders.ts';

jest.setTimeout(30_000);
afterAll(cleanUp);

describe('after the application was killed', () => {
  it('no Postgres is left, and the next start has everything that was committed', async () => {
    const dataDir = await makeFolderWithData();
    const { url, folder, kill } = await startHolder(dataDir);
    await query(url, 'create table kept as select 1 as one');
    const pid = await postmasterOf(folder);
    await kill();
    await eventually(async () => !(await lives(pid)));
    await eventually(() => !existsSync(socketFolderOf(url)));
    await expectKept(dataDir);
  });

  it('the next start does not have to wait until Postgres has ended', async () => {
    const dataDir = await makeFolderWithData();
    const { url, kill } = await startHolder(dataDir);
    await query(url, 'create table kept as select 1 as one');
    await kill();
    await expectKept(dataDir);
  });

  it('with Postgres and its watchdog, the next start recovers and cleans up', async () => {
    const dataDir = await makeFolderWithData();
    const { url, folder, kill } = await startHolder(dataDir);
    await query(url, 'create table kept as select 1 as one');
    const pid = await postmasterOf(folder);
    for (const each of [...(await watchdogOf(pid)), pid]) process.kill(each, 'SIGKILL');
    await kill();
    expect(existsSync(join(folder, 'postmaster.pid'))).toBe(true);
    await expectKept(dataDir);
    expect(existsSync(socketFolderOf(url))).toBe(false);
  });

  it('with the watchdog only, the next start puts an end to the Postgres that nobody watches', async () => {
    const dataDir = await makeFolderWithData();
    const { url, folder, kill } = await startHolder(dataDir);
    await query(url, 'create table kept as select 1 as one');
    const pid = await postmasterOf(folder);
    for (const each of await watchdogOf(pid)) process.kill(each, 'SIGKILL');
    await kill();
    expect(await lives(pid)).toBe(true);
    await expectKept(dataDir);
    expect(await lives(pid)).toBe(false);
    expect(existsSync(socketFolderOf(url))).toBe(false);
  });

  it('while it made the data folder, the next start makes it anew and removes the pieces', async () => {
    const dataDir = await makeFolder();
    const child = spawnHolder([dataDir]);
    await eventually(async () => (await readdir(dataDir)).some((name) => name.startsWith('postgres.new-')));
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(existsSync(join(dataDir, 'postgres'))).toBe(false);

    // What makes the data outlives the killed process for a moment, and may still be writing.
    await eventually(async () => {
      await (await startEmbeddedPostgres({ dataDir })).stop();
      return (await readdir(dataDir)).join() === 'postgres';
    });
  });
});

describe('a lock file that was left behind', () => {
  it('does not keep Postgres from starting where its number is another program’s now', async () => {
    const dataDir = await makeFolderWithData();
    const { folder, stop } = await startEmbeddedPostgres({ dataDir });
    const lock = await readFile(join(folder, 'postmaster.pid'), 'utf8');
    await stop();
    // A program of the account that runs Postgres: any other's number Postgres itself sees through.
    const stranger = spawn('sleep', ['60'], { ...accountOf(await stat(folder)), cwd: '/', stdio: 'ignore' });
    await writeFile(join(folder, 'postmaster.pid'), lock.replace(/^\d+/, String(stranger.pid)));

    const again = await startEmbeddedPostgres({ dataDir });
    expect(await postmasterOf(folder)).not.toBe(stranger.pid);
    await again.stop();
    stranger.kill();
  });

  it('does not keep it from starting where its number is nobody’s', async () => {
    const dataDir = await makeFolderWithData();
    const { folder, stop } = await startEmbeddedPostgres({ dataDir });
    const lock = await readFile(join(folder, 'postmaster.pid'), 'utf8');
    await stop();
    await writeFile(join(folder, 'postmaster.pid'), lock);
    await (await startEmbeddedPostgres({ dataDir })).stop();
  });
});

describe('the watchdog', () => {
  it('minds no signal that is sent to everything at once', async () => {
    const { url, folder, stop } = await startEmbeddedPostgres({ dataDir: await makeFolderWithData(), sync: false });
    const pids = await watchdogOf(await postmasterOf(folder));
    expect(pids).toHaveLength(2);
    for (const pid of pids) for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) process.kill(pid, signal);
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    for (const pid of pids) expect(await lives(pid)).toBe(true);
    await stop();
    for (const pid of pids) expect(await lives(pid)).toBe(false);
  });

  it('starts a Postgres again that was killed, at the same address, for all who share it', async () => {
    const dataDir = await makeFolderWithData();
    const other = await startHolder(dataDir);
    const { url, folder, stop } = await startEmbeddedPostgres({ dataDir });
    await query(url, 'create table kept as select 1 as one');
    for (let times = 0; times < 3; times += 1) {
      const pid = await postmasterOf(folder);
      process.kill(pid, 'SIGKILL');
      await eventually(async () => (await answers(url)) && (await postmasterOf(folder)) !== pid);
    }
    expect(await query(url, 'select one from kept')).toEqual([{ one: 1 }]);
    expect((await readdir(folder)).includes('postmaster.pid')).toBe(true);
    await stop();
    expect(await answers(other.url)).toBe(true);
    expect(await other.stop()).toBe(0);
    expect(existsSync(join(folder, 'postmaster.pid'))).toBe(false);
    expect(existsSync(socketFolderOf(url))).toBe(false);
  });

  it('starts it again also where somebody told it to end', async () => {
    const { url, folder, stop } = await startEmbeddedPostgres({ dataDir: await makeFolderWithData() });
    for (const signal of ['SIGTERM', 'SIGQUIT'] as const) {
      const pid = await postmasterOf(folder);
      process.kill(pid, signal);
      await eventually(async () => !(await lives(pid)) && (await answers(url)));
    }
    await stop();
  });

  it('lets who comes meanwhile share the same Postgres', async () => {
    const dataDir = await makeFolderWithData();
    const first = await startEmbeddedPostgres({ dataDir });
    process.kill(await postmasterOf(first.folder), 'SIGKILL');
    const second = await startEmbeddedPostgres({ dataDir });
    expect(second.url).toBe(first.url);
    await first.stop();
    expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await second.stop();
  });

  it('does not start it again when nobody shares it any more', async () => {
    const dataDir = await makeFolderWithData();
    const { url, folder, stop } = await startEmbeddedPostgres({ dataDir });
    const [watchdog = 0] = await watchdogOf(await postmasterOf(folder));
    process.kill(await postmasterOf(folder), 'SIGKILL');
    await stop();
    expect(await lives(watchdog)).toBe(false);
    expect(existsSync(socketFolderOf(url))).toBe(false);
    await (await startEmbeddedPostgres({ dataDir })).stop();
  });
});

async function answers(url: string): Promise<boolean> {
  return query(url, 'select 1 as one').then(
    () => true,
    () => false,
  );
}

async function expectKept(dataDir: string): Promise<void> {
  const { url, stop } = await startEmbeddedPostgres({ dataDir });
  expect(await query(url, 'select one from kept')).toEqual([{ one: 1 }]);
  await stop();
}
