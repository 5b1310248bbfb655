import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { withClient } from '../../src/backup/client.ts';
import type { Refusal } from '../../src/backup/refusal.ts';
import { restoreBackup } from '../../src/backup/restore.ts';
import { refuseWhileServed, type ServingSign, showServing } from '../../src/backup/serving.ts';
import { writeBackup } from '../../src/backup/write.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { contentOf, contentOnceRestored, fillSite } from './full-site.ts';

const now = () => new Date('2026-11-21T20:00:00Z');
const quietly = { onProgress: () => {}, stopping: new AbortController().signal };

let folder: string;
let file: string;
let site: TestDatabase;
let other: TestDatabase;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rejoinder-backup-'));
  file = join(folder, 'site.tar.gz');
  site = await createTestDatabase();
  await fillSite(site.pool);
  await writeBackup(site.pool, { file, now, ...quietly });
});
afterAll(async () => {
  await site.drop();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  other = await createTestDatabase();
});
afterEach(() => other.drop());

it('leaves the database as it was where the process is killed half way, and can be done again', async () => {
  const before = await contentOf(other.pool);
  const child = spawn(process.execPath, [fileURLToPath(new URL('restoring.ts', import.meta.url)), file, other.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');

  expect(await contentOf(other.pool)).toEqual(before);
  const result = await untilFree(() => restoreBackup(other.pool, { file, ...quietly }));
  expect(result).toMatchObject({ rows: { account: 2 } });
  expect(await contentOf(other.pool)).toEqual(await contentOnceRestored(site.pool));
});

it('leaves the database as it was where it is stopped half way', async () => {
  const before = await contentOf(other.pool);
  const stopped = new AbortController();
  const restored = restoreBackup(other.pool, {
    file,
    stopping: stopped.signal,
    onProgress: ({ table }) => table === 'comment' && stopped.abort(),
  });
  await expect(restored).rejects.toThrow('aborted');
  expect(await contentOf(other.pool)).toEqual(before);
});

it('keeps a second restore away', async () => {
  await withClient(other.pool, async (first) => {
    await first.query('begin');
    await refuseWhileServed(first);
    expect(await restoreBackup(other.pool, { file, ...quietly })).toEqual({
      refused: 'The site is running, or is being restored already: stop it first.',
    });
    await first.query('rollback');
  });
});

it('has a site that is started meanwhile wait for its end', async () => {
  let started: Promise<ServingSign> | undefined;
  const restored = restoreBackup(other.pool, {
    file,
    stopping: quietly.stopping,
    onProgress() {
      started ??= showServing(other.pool);
    },
  });
  expect(await restored).toMatchObject({ file });
  const sign = await started;
  expect(await contentOf(other.pool)).toEqual(await contentOnceRestored(site.pool));
  await sign?.remove();
});

it('shows that the site is served again after its connection broke', async () => {
  const sign = await showServing(other.pool);
  await other.pool.query(`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'
    and database = (select oid from pg_database where datname = current_database())`);
  const locks = `select 1 from pg_locks where locktype = 'advisory' and mode = 'ShareLock' and granted
    and database = (select oid from pg_database where datname = current_database())`;
  for (let wait = 0; wait < 100 && (await other.pool.query(locks)).rowCount === 0; wait++) await setTimeout(50);
  expect(await restoreBackup(other.pool, { file, ...quietly })).toEqual({
    refused: 'The site is running, or is being restored already: stop it first.',
  });
  await sign.remove();
});

// Postgres takes a moment to notice that a process is gone.
async function untilFree<Result>(attempt: () => Promise<Result | Refusal>): Promise<Result | Refusal> {
  for (let wait = 0; wait < 50; wait++) {
    const result = await attempt();
    if (!(result && typeof result === 'object' && 'refused' in result)) return result;
    await setTimeout(50);
  }
  return attempt();
}
