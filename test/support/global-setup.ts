import { chmod, mkdtemp, readdir, rm, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPool } from '../../src/database.ts';
import { prepareDatabase } from '../../src/migrate.ts';
import { startEmbeddedPostgres } from '../../src/postgres/embedded.ts';
import type { TestRun } from './global-teardown.ts';

/** Starts a Postgres for this run alone, and fills the database that each test file copies. */
export default async function globalSetup(): Promise<void> {
  const base = await roomyFolder();
  await removeLeftovers(base);
  const dataDir = await mkdtemp(join(base, prefix));
  // Started by root, Postgres runs as another user, who has to come here.
  await chmod(dataDir, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDir, sync: false });
  (globalThis as TestRun).testPostgres = { dataDir, postgres };

  const pool = createPool(postgres.url, (error) => {
    throw error;
  });
  await prepareDatabase(pool);
  await pool.end();
  process.env.TEST_DATABASE_URL = postgres.url;
  process.env.TEST_FOLDER = dataDir;
}

const prefix = 'rejoinder-test-';

/** Memory where there is enough of it: databases are made and dropped there in a fraction of the time. */
async function roomyFolder(): Promise<string> {
  const { bavail, bsize } = await statfs('/dev/shm').catch(() => ({ bavail: 0, bsize: 0 }));
  return bavail * bsize > 2 ** 31 ? '/dev/shm' : tmpdir();
}

/** Removes the data of earlier runs that were killed. Their Postgres stopped by itself. */
async function removeLeftovers(base: string): Promise<void> {
  for (const name of await readdir(base)) {
    const folder = join(base, name);
    if (name.startsWith(prefix) && (await isLeftOver(folder))) await rm(folder, { recursive: true, force: true });
  }
}

async function isLeftOver(folder: string): Promise<boolean> {
  const [made, lock] = await Promise.all(
    [stat(folder), stat(join(folder, 'postgres', 'postmaster.pid'))].map(orNothing),
  );
  const tenMinutesAgo = Date.now() - 600_000;
  return made !== undefined && made.mtimeMs < tenMinutesAgo && lock === undefined;
}

function orNothing<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  return promise.catch(() => undefined);
}
