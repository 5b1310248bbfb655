import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, get } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOfStream } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Kysely, sql } from 'kysely';
import { createDatabase, createPool, type Database } from '../../src/database.ts';
import { startEmbeddedPostgres } from '../../src/postgres/embedded.ts';
import { readPostmaster } from '../../src/postgres/postmaster.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startFakePostgres } from './fake-postgres.ts';
import { killLeftovers, type SpawnedSite, spawnHopelessSite, spawnSite } from './spawned.ts';

// Each of these processes loads the whole site.
jest.setTimeout(120_000);

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());
afterAll(killLeftovers);

describe('a site of several processes', () => {
  it('answers on one port, says once where it is, and ends as one', async () => {
    const site = await spawnSeveral(3);
    expect(site.output().match(/^Rejoinder is at /gm)).toHaveLength(1);
    expect(site.output().match(/\/setup\?token=/g)).toHaveLength(1);
    const pids = await processesOf(site, 3);
    const pages = await Promise.all(Array.from({ length: 9 }, () => textOf(`${site.address}/posts/how-we-talk-here`)));
    expect(new Set(pages).size).toBe(1);
    expect(pages[0]).toContain('How we talk here');
    expect(await site.end('SIGTERM')).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(await isRefused(site)).toBe(true);
  });

  it('has a process less, and soon another one, when one is killed', async () => {
    const site = await spawnSeveral(2);
    const [first = 0, second] = await processesOf(site, 2);
    process.kill(first, 'SIGKILL');
    const now = await eventually(async () => {
      expect((await fetch(`${site.address}/healthz`)).status).toBe(200);
      const pids = await childrenOf(site);
      return pids.length === 2 && !pids.includes(first) ? pids : undefined;
    });
    expect(now).toContain(second);
    expect(site.output()).toMatch(new RegExp(`"pid":${first},.*another one takes its place`));
    expect(site.output().match(/^Rejoinder is at /gm)).toHaveLength(1);
    expect(await site.end('SIGTERM')).toBe(0);
  });

  it('comes back on its port when all that answer are killed at once', async () => {
    const site = await spawnSeveral(2);
    for (const pid of await processesOf(site, 2)) process.kill(pid, 'SIGKILL');
    await eventually(async () => (await fetch(site.address).catch(() => undefined))?.status === 200);
    expect(await site.end('SIGINT')).toBe(0);
  });

  it('goes on when its own Postgres is killed, and when the process is that started it', async () => {
    const folder = await makeDataFolder();
    const site = await spawnSite({ DATA_DIR: folder, WEB_PROCESSES: '2' });
    const shared = await startEmbeddedPostgres({ dataDir: folder });
    const pool = createPool(shared.url, () => {});
    const [first = 0] = await processesOf(site, 2, createDatabase(pool));
    await pool.end();
    await shared.stop();
    const postgres = async () => (await readPostmaster(join(folder, 'postgres')))?.pid ?? 0;
    const before = await postgres();
    process.kill(before, 'SIGKILL');
    await eventually(async () => (await postgres()) !== before && (await reply(site).catch(() => 0)) === 303);
    expect(await childrenOf(site)).toContain(first);
    const now = await postgres();
    process.kill(first, 'SIGKILL');
    await eventually(async () => !(await childrenOf(site)).includes(first));
    await eventually(async () => (await reply(site).catch(() => 0)) === 303);
    expect(await postgres()).toBe(now);
    expect(await site.end('SIGTERM')).toBe(0);
    await eventually(() => !isAlive(now), { what: 'the end of Postgres' });
    await rm(folder, { recursive: true, force: true });
  });

  it('is gone, with its Postgres, when the process that keeps the others is killed', async () => {
    const folder = await makeDataFolder();
    const site = await spawnSite({ DATA_DIR: folder, WEB_PROCESSES: '2' });
    const pids = await eventually(async () => {
      const children = await childrenOf(site);
      return children.length === 2 ? children : undefined;
    });
    const postgres = await readPostmaster(join(folder, 'postgres'));
    expect(await site.end('SIGKILL')).toBe('SIGKILL');
    await eventually(() => !pids.some(isAlive), { what: 'the end of its processes' });
    await eventually(() => !isAlive(postgres?.pid ?? 0), { what: 'the end of Postgres' });
    expect(await isRefused(site)).toBe(true);
    await rm(folder, { recursive: true, force: true });
  });

  it('answers what is under way when it is stopped, in whichever process that is', async () => {
    const site = await spawnSeveral(2);
    await processesOf(site, 2);
    let replies: Promise<number>[] = [];
    await database.db.transaction().execute(async (trx) => {
      await trx.selectFrom('conversation').selectAll().forUpdate().execute();
      replies = Array.from({ length: 4 }, () => reply(site));
      await eventually(() => waitingForLocks(4), { what: 'the replies' });
      site.process.kill('SIGTERM');
      await eventually(() => isRefused(site), { what: 'the end of new connections' });
    });
    expect(await Promise.all(replies)).toEqual([303, 303, 303, 303]);
    expect(await site.ended).toBe(0);
  });

  it('is forced to end by a second signal', async () => {
    const site = await spawnSeveral(2);
    const pids = await processesOf(site, 2);
    await database.db.transaction().execute(async (trx) => {
      await trx.selectFrom('conversation').selectAll().forUpdate().execute();
      const cutOff = expect(reply(site)).rejects.toThrow();
      await eventually(() => waitingForLocks(1), { what: 'the reply' });
      site.process.kill('SIGTERM');
      await eventually(() => isRefused(site));
      // Within a second it would be the same press of Ctrl-C.
      await setTimeout(1_200);
      expect(await site.end('SIGTERM')).toBe(1);
      await cutOff;
    });
    await eventually(() => !pids.some(isAlive), { what: 'the end of its processes' });
  });
});

describe('/metrics of several processes', () => {
  it('adds up what each of them counted, also what those had that have ended or do not answer', async () => {
    const site = await spawnSeveral(2);
    const [one = 0, other = 0] = await processesOf(site, 2);
    await onlyWithout(other, () => askTimes(site, 3));
    await onlyWithout(one, () => askTimes(site, 4));
    expect(await countOfUnknown(site)).toBe(7);
    expect(await onlyWithout(one, () => countOfUnknown(site))).toBe(7);
    process.kill(one, 'SIGKILL');
    await eventually(() => site.output().includes('another one takes its place'));
    await processesOf(site, 2);
    expect(await countOfUnknown(site)).toBe(7);
    await askTimes(site, 2);
    expect(await countOfUnknown(site)).toBe(9);
    expect(await site.end('SIGTERM')).toBe(0);
  });

  it('counts the jobs of their one database once, and the connections of each', async () => {
    await sql`select graphile_worker.add_job('clean_up', run_at => now() + interval '1 hour')`.execute(database.db);
    const site = await spawnSeveral(3);
    await processesOf(site, 3);
    const metrics = await metricsOf(site);
    expect(metrics).toMatch(/^jobs_waiting 1$/m);
    const { rows } = await sql<{ open: number }>`
      select count(*)::integer as open from pg_stat_activity
      where datname = current_database() and query like 'LISTEN "jobs:insert"%'`.execute(database.db);
    const open = Number(/^database_connections\{state="open"\} (\d+)$/m.exec(metrics)?.[1]);
    expect(open).toBeGreaterThanOrEqual(rows[0]?.open ?? 99);
    expect(await site.end('SIGTERM')).toBe(0);
  });
});

describe('a start of several processes', () => {
  it('that cannot be says why in one sentence, once', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const site = spawnHopelessSite({ DATABASE_URL: database.url, WEB_PROCESSES: '4', PORT: String(port) });
    const { code, output, errors } = await site.ended;
    expect({ code, output }).toEqual({ code: 1, output: '' });
    expect(errors).toMatch(/^Port \d+ on 127\.0\.0\.1 is in use by another program: [^\n]+\.\n$/);
    other.close();
  });

  it('waits for its database, says so once, and can be stopped meanwhile', async () => {
    const away = await startFakePostgres({ version: '18.1' });
    await away.close();
    const site = spawnHopelessSite({ DATABASE_URL: away.url, WEB_PROCESSES: '4' });
    await once(site.process.stdout ?? site.process, 'data');
    site.process.kill('SIGTERM');
    const { code, output, errors } = await site.ended;
    expect([code, errors]).toEqual([0, '']);
    expect(output.match(/waiting for the database: /g)).toHaveLength(1);
  });
});

describe('processes of several machines', () => {
  it('on one database show what was written to another', async () => {
    const [here, there] = await Promise.all([1, 2].map(() => spawnSite({ DATABASE_URL: database.url })));
    expect(await reply(here as SpawnedSite, 'Written here, read there.')).toBe(303);
    await database.db
      .updateTable('comment')
      .set({ status: 'approved', shown: true })
      .where('status', '=', 'pending')
      .execute();
    await eventually(async () => (await textOf(`${there?.address}/posts/how-we-talk-here`)).includes('read there'));
    expect(await Promise.all([here, there].map((site) => site?.end('SIGTERM')))).toEqual([0, 0]);
  });
});

function spawnSeveral(count: number): Promise<SpawnedSite> {
  return spawnSite({ DATABASE_URL: database.url, WEB_PROCESSES: String(count) });
}

async function makeDataFolder(): Promise<string> {
  const folder = await mkdtemp(join(process.env.TEST_FOLDER ?? tmpdir(), 'processes-'));
  // Started by root, Postgres runs as another user, who has to come here.
  await chmod(folder, 0o755);
  return folder;
}

/** The numbers of the processes that answer, once there are so many: who answers listens for new jobs. */
function processesOf(site: SpawnedSite, count: number, db: Kysely<Database> = database.db): Promise<number[]> {
  return eventually(async () => {
    const pids = await childrenOf(site);
    const { rows } = await sql`
      select from pg_stat_activity where datname = current_database() and query like 'LISTEN "jobs:insert"%'
    `.execute(db);
    return pids.length === count && rows.length === count ? pids : undefined;
  });
}

async function childrenOf({ process: { pid } }: SpawnedSite): Promise<number[]> {
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return list.trim().split(' ').filter(Boolean).map(Number);
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

/** Does something while a process stands still, so that others do it. */
async function onlyWithout<Result>(pid: number, work: () => Promise<Result>): Promise<Result> {
  process.kill(pid, 'SIGSTOP');
  try {
    return await work();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

/** Asks so many times, each on a connection of its own, for what is not there. */
async function askTimes(site: SpawnedSite, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    const [answer] = await once(get(`${site.address}/nothing/at/all`, { agent: false }), 'response');
    answer.resume();
    await once(answer, 'end');
    expect(answer.statusCode).toBe(404);
  }
}

async function countOfUnknown(site: SpawnedSite): Promise<number> {
  const count = /^http_request_duration_seconds_count\{method="GET",route="other",status="404"\} (\d+)$/m;
  return Number(count.exec(await metricsOf(site))?.[1]);
}

async function metricsOf(site: SpawnedSite): Promise<string> {
  const [answer] = await once(get(`${site.address}/metrics`, { agent: false }), 'response');
  return textOfStream(answer);
}

async function textOf(address: string): Promise<string> {
  return (await fetch(address)).text();
}

async function reply(site: SpawnedSite, text = 'A reply on its way'): Promise<number> {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' };
  const body = `${new URLSearchParams({ name: 'Ada', body: text, key: randomUUID() })}`;
  const address = `${site.address}/posts/how-we-talk-here/comments`;
  return (await fetch(address, { method: 'POST', headers, body, redirect: 'manual' })).status;
}

/** Whether so many in the database wait for a lock that somebody holds. */
async function waitingForLocks(count: number): Promise<boolean> {
  const { rows } = await sql`
    select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(database.db);
  return rows.length >= count;
}

async function isRefused({ address }: SpawnedSite): Promise<boolean> {
  const socket = connect(Number(new URL(address).port), '127.0.0.1');
  try {
    await once(socket, 'connect');
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
}
