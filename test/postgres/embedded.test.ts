import { existsSync, statSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/postgres/embedded.ts';
import {
  cleanUp,
  complaintOf,
  lives,
  makeFolder,
  makeFolderWithData,
  postmasterOf,
  query,
  socketFolderOf,
} from './holders.ts';

jest.setTimeout(30_000);
afterAll(cleanUp);

describe('an embedded Postgres', () => {
  it('starts on an empty folder, and again with what was written', async () => {
    const dataDir = await makeFolder();
    const first = await startEmbeddedPostgres({ dataDir });
    await query(first.url, 'create table kept (word text)');
    await query(first.url, `insert into kept values ('stays')`);
    await first.stop();

    const second = await startEmbeddedPostgres({ dataDir });
    expect(await query(second.url, 'select word from kept')).toEqual([{ word: 'stays' }]);
    expect(second).toMatchObject({ folder: join(dataDir, 'postgres'), elsewhere: false });
    await second.stop();
  });

  it('makes the folder that it is given, whatever its name', async () => {
    const dataDir = join(await makeFolder(), `a "path" with 'spaces'`, 'Ünïcode $HOME', 'data');
    const { url, stop } = await startEmbeddedPostgres({ dataDir, sync: false });
    expect(await query(url, 'select current_database() as name')).toEqual([{ name: 'rejoinder' }]);
    await stop();
  });

  it('leaves no process, socket or lock behind when it is stopped, and may be stopped twice', async () => {
    const { url, folder, stop } = await startEmbeddedPostgres({ dataDir: await makeFolderWithData(), sync: false });
    const pid = await postmasterOf(folder);
    expect(existsSync(socketFolderOf(url))).toBe(true);
    await stop();
    await stop();
    expect(await lives(pid)).toBe(false);
    expect(existsSync(socketFolderOf(url))).toBe(false);
    expect(existsSync(join(folder, 'postmaster.pid'))).toBe(false);
  });

  it('risks data only when it is asked to', async () => {
    const { url, stop } = await startEmbeddedPostgres({ dataDir: await makeFolderWithData(), sync: false });
    expect(await settings(url, ['fsync', 'synchronous_commit'])).toEqual(['off', 'off']);
    await stop();
  });
});

describe('the embedded Postgres of a site', () => {
  let site: EmbeddedPostgres;
  beforeAll(async () => {
    site = await startEmbeddedPostgres({ dataDir: await makeFolderWithData() });
  });
  afterAll(() => site.stop());

  it('keeps Postgres’ own promises about what is committed', async () => {
    const names = ['fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums'];
    expect(await settings(site.url, names)).toEqual(['on', 'on', 'on', 'on']);
  });

  it('has no port, and its socket in a folder that only its account enters', async () => {
    expect(await settings(site.url, ['listen_addresses'])).toEqual(['']);
    expect(statSync(socketFolderOf(site.url)).mode & 0o777).toBe(0o700);
  });

  it('writes down no statement, whose words may be a person’s', async () => {
    expect(await settings(site.url, ['log_min_error_statement', 'log_statement'])).toEqual(['panic', 'none']);
  });

  it('is not taken for another server that the environment describes', async () => {
    const other = { PGHOST: '192.0.2.1', PGPORT: '1', PGUSER: 'other', PGDATABASE: 'other', PGSSLMODE: 'require' };
    Object.assign(process.env, other);
    try {
      expect(await query(site.url, 'select current_user as name')).toEqual([{ name: 'postgres' }]);
    } finally {
      for (const name of Object.keys(other)) delete process.env[name];
    }
  });
});

describe('an embedded Postgres that cannot start', () => {
  it('leaves a folder alone that holds something else', async () => {
    const dataDir = await makeFolder();
    await mkdir(join(dataDir, 'postgres'));
    await writeFile(join(dataDir, 'postgres', 'diary.txt'), 'Dear diary');
    await expect(startEmbeddedPostgres({ dataDir, sync: false })).rejects.toMatchObject({
      name: 'EmbeddedPostgresError',
      message: expect.stringContaining('is not empty, but holds no Postgres data'),
    });
    expect(await readdir(join(dataDir, 'postgres'))).toEqual(['diary.txt']);
    expect(await readdir(dataDir)).toEqual(['postgres']);
  });

  it('says why in one sentence', async () => {
    const dataDir = await makeFolderWithData();
    const { folder, stop } = await startEmbeddedPostgres({ dataDir, sync: false });
    await stop();
    await writeFile(join(folder, 'PG_VERSION'), '17\n');
    await expect(startEmbeddedPostgres({ dataDir, sync: false })).rejects.toMatchObject({
      name: 'EmbeddedPostgresError',
      message: expect.stringMatching(/could not be started on .*: database files are incompatible with server\.$/),
    });
  });

  it('names DATABASE_URL where there is no Postgres for the machine', async () => {
    expect(await complaintOf(await makeFolder(), { platform: 'win32' })).toMatch(
      /^EmbeddedPostgresError: .*no embedded Postgres for win32-\w+: set DATABASE_URL/,
    );
  });
});

async function settings(url: string, names: string[]): Promise<unknown[]> {
  const [row = {}] = await query(url, `select ${names.map((name) => `current_setting('${name}') as ${name}`)}`);
  return names.map((name) => row[name]);
}
