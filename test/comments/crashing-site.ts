import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/postgres/embedded.ts';
import { readPostmaster } from '../../src/postgres/postmaster.ts';
import { type SpawnedSite, spawnSite } from '../process/spawned.ts';

/** What a crash takes with it: the site's process, its Postgres with all processes, or both together and their watchdog. */
export const crashes = ['site', 'database', 'everything'] as const;
export type Crash = (typeof crashes)[number];

/** A site with a Postgres of its own, which is killed now and then, and started again as a supervisor does. */
export interface CrashingSite {
  /** Where it is now. It has another port after each start. */
  readonly address: string;
  /** Kills by SIGKILL, and has the site running again when this is fulfilled; Postgres starts by itself. */
  crash(what: Crash): Promise<void>;
  /** Runs a statement. The site itself need not run. */
  query<Row extends pg.QueryResultRow>(statement: string, values?: unknown[]): Promise<Row[]>;
  remove(): Promise<void>;
}

/** Makes one, which runs. */
export async function startCrashingSite(): Promise<CrashingSite> {
  const DATA_DIR = await mkdtemp(join(process.env.TEST_FOLDER ?? tmpdir(), 'crashing-'));
  await chmod(DATA_DIR, 0o755);
  const start = () => spawnSite({ DATA_DIR, COMMENT_LIMIT: '0', TRUST_PROXY: 'loopback', LOG_LEVEL: 'silent' });
  let site: SpawnedSite = await start();

  async function databaseProcesses(): Promise<{ watchdog: number[]; postgres: number[] }> {
    const postmaster = (await readPostmaster(join(DATA_DIR, 'postgres')))?.pid ?? 0;
    const status = await readFile(`/proc/${postmaster}/stat`, 'utf8').catch(() => '');
    const parent = Number(status.slice(status.lastIndexOf(')')).split(' ')[2]);
    const [siblings, children] = await Promise.all([parent, postmaster].map(childrenOf));
    return {
      watchdog: [parent, ...(siblings ?? [])].filter((pid) => pid > 1 && pid !== postmaster),
      postgres: [postmaster, ...(children ?? [])].filter((pid) => pid > 1),
    };
  }

  return {
    get address() {
      return site.address;
    },
    async crash(what) {
      const { watchdog, postgres } = await databaseProcesses();
      const doomed = what === 'site' ? [] : what === 'database' ? postgres : [...watchdog, ...postgres];
      if (what !== 'database') site.process.kill('SIGKILL');
      for (const pid of doomed) kill(pid);
      if (what === 'database') return;
      await site.ended;
      site = await start();
    },
    async query(statement, values) {
      const { url, stop } = await startEmbeddedPostgres({ dataDir: DATA_DIR });
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const { rows } = await client.query(statement, values);
      await client.end();
      await stop();
      return rows;
    },
    async remove() {
      await site.end('SIGTERM');
      await rm(DATA_DIR, { recursive: true, force: true });
    },
  };
}

async function childrenOf(pid: number): Promise<number[]> {
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return list.trim().split(' ').filter(Boolean).map(Number);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
