import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { readPostmaster } from '../../src/postgres/postmaster.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { killLeftovers, runCommand, spawnHopelessSite, spawnSite } from './spawned.ts';

// Processes that load the whole site, some with a Postgres of their own.
jest.setTimeout(120_000);

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(process.env.TEST_FOLDER ?? tmpdir(), 'site-'));
  // Started by root, Postgres runs as another user, who has to come here.
  await chmod(folder, 0o755);
});
afterAll(async () => {
  killLeftovers();
  await rm(folder, { recursive: true, force: true });
});

describe('a start with nothing but a folder', () => {
  it('is a site with an owner to be made, survives kill -9, and ends in order', async () => {
    const DATA_DIR = folder;
    const first = await spawnSite({ DATA_DIR });
    const page = await fetch(`${first.address}/posts/lacking-leadership`).then((answer) => answer.text());
    expect(page).toContain('thoughts on “Lacking leadership”');
    const setupPath = /http:\/\/localhost:\d+(\/setup\?token=\S+)/.exec(first.output())?.[1];
    expect((await fetch(`${first.address}${setupPath}`)).status).toBe(200);

    const postgres = await readPostmaster(`${DATA_DIR}/postgres`);
    const isAlive = () => existsSync(`/proc/${postgres?.pid}`);
    expect(isAlive()).toBe(true);
    expect(await first.end('SIGKILL')).toBe('SIGKILL');
    await eventually(() => !isAlive(), { what: 'the end of Postgres' });

    const second = await spawnSite({ DATA_DIR });
    expect(second.output()).toContain('/setup?token=');
    const words = ['owner', 'create', '--email', 'ada@site.example', '--name', 'Ada', '--password-stdin'];
    const made = await runCommand(words, { DATA_DIR }, 'a password that is long enough\n');
    expect(made).toMatchObject({ code: 0, errors: '' });
    const setupAgain = await fetch(`${second.address}${setupPath}`);
    expect(setupAgain.status).not.toBe(200);

    const now = await readPostmaster(`${DATA_DIR}/postgres`);
    expect(await second.end('SIGTERM')).toBe(0);
    expect(existsSync(`/proc/${now?.pid}`)).toBe(false);

    const third = await spawnSite({ DATA_DIR });
    expect(third.output()).not.toContain('/setup');
    expect(await (await fetch(third.address)).text()).toContain('Lacking leadership');
    expect(await third.end('SIGINT')).toBe(0);
  });
});

describe('several starts', () => {
  it('on one empty database at the same moment all come up, on the same content', async () => {
    const { url, drop } = await createEmptyDatabase();
    const sites = await Promise.all(Array.from({ length: 6 }, () => spawnSite({ DATABASE_URL: url })));
    const pages = await Promise.all(sites.map(({ address }) => fetch(address).then((answer) => answer.text())));
    expect(new Set(pages).size).toBe(1);
    expect(pages[0]?.match(/href="\/posts\/lacking-leadership"/g)).toHaveLength(1);
    expect(await Promise.all(sites.map((site) => site.end('SIGTERM')))).toEqual([0, 0, 0, 0, 0, 0]);
    await drop();
  });
});

describe('a stop', () => {
  it('answers the request that is under way, ends connections that are kept, and exits with 0', async () => {
    const database = await createTestDatabase();
    const { url, db, drop } = database;
    const site = await spawnSite({ DATABASE_URL: url });
    const port = Number(new URL(site.address).port);
    const agent = new Agent({ keepAlive: true });
    const ask = (path: string, form?: string) => {
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' };
      const asking = request({ port, host: '127.0.0.1', path, agent, method: form ? 'POST' : 'GET', headers }).end(
        form,
      );
      return once(asking, 'response').then(([response]) => response.resume().statusCode as number);
    };
    expect(await ask('/healthz')).toBe(200);

    // A reply waits for whoever holds the conversation.
    let reply: Promise<number> | undefined;
    await db.transaction().execute(async (trx) => {
      await trx.selectFrom('conversation').selectAll().forUpdate().execute();
      const body = `name=Ada&body=A+reply+on+its+way&key=${randomUUID()}`;
      reply = ask('/posts/how-we-talk-here/comments', body);
      await eventually(() => isWaitingForLock(database), { what: 'the reply' });
      site.process.kill('SIGTERM');
      await eventually(() => isRefused(port), { what: 'the end of new connections' });
      expect(site.process.exitCode).toBeNull();
    });
    expect(await reply).toBe(303);
    expect(await site.ended).toBe(0);
    const { count } = await db
      .selectFrom('comment')
      .select((select) => select.fn.countAll().as('count'))
      .where('source', '=', 'A reply on its way')
      .executeTakeFirstOrThrow();
    expect(Number(count)).toBe(1);
    agent.destroy();
    await drop();
  });

  it('is one stop where the signal comes twice, as a terminal and npm together send it', async () => {
    const database = await createTestDatabase();
    const site = await spawnSite({ DATABASE_URL: database.url });
    site.process.kill('SIGINT');
    expect(await site.end('SIGINT')).toBe(0);
    await database.drop();
  });

  it('is forced by a second signal, a moment later', async () => {
    const database = await createTestDatabase();
    const { url, db, drop } = database;
    const site = await spawnSite({ DATABASE_URL: url });
    await db.transaction().execute(async (trx) => {
      await trx.selectFrom('conversation').selectAll().forUpdate().execute();
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' };
      const body = `name=Ada&body=Never+mind&key=${randomUUID()}`;
      const reply = fetch(`${site.address}/posts/how-we-talk-here/comments`, { method: 'POST', headers, body });
      reply.catch(() => {});
      await eventually(() => isWaitingForLock(database), { what: 'the reply' });
      site.process.kill('SIGTERM');
      await eventually(() => isRefused(Number(new URL(site.address).port)));
      await setTimeout(1_200);
      expect(await site.end('SIGTERM')).toBe(1);
      await expect(reply).rejects.toThrow();
    });
    await drop();
  });

  it('while it waits for its database is a stop too', async () => {
    const site = spawnHopelessSite({ DATABASE_URL: 'postgres://someone@127.0.0.1:1/site' });
    await once(site.process.stdout ?? site.process, 'data');
    site.process.kill('SIGTERM');
    const { code, output, errors } = await site.ended;
    expect([code, errors]).toEqual([0, '']);
    expect(output).toContain('waiting for the database: connect ECONNREFUSED');
  });
});

describe('a fault that nobody foresaw', () => {
  it.each([
    ['an exception', 'throw new Error("out of the blue")'],
    ['a rejection', 'Promise.reject(new Error("out of the blue"))'],
  ])('%s is logged, and ends the process with 1', async (_name, fault) => {
    const { url, drop } = await createTestDatabase();
    const script = `process.once("SIGUSR2", () => { setTimeout(() => { ${fault} }) })`;
    const site = await spawnSite(
      { DATABASE_URL: url },
      { nodeOptions: ['--import', `data:text/javascript,${encodeURIComponent(script)}`] },
    );
    expect(await site.end('SIGUSR2')).toBe(1);
    await eventually(() => site.output().includes('out of the blue'));
    const line = site
      .output()
      .split('\n')
      .find((each) => each.includes('out of the blue'));
    expect(JSON.parse(line ?? '')).toMatchObject({ level: 60, msg: 'the process broke' });
    await drop();
  });
});

/** Whether something in the database waits for a lock that somebody holds. */
async function isWaitingForLock({ db }: TestDatabase): Promise<boolean> {
  const { rows } = await sql`
    select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(db);
  return rows.length > 0;
}

async function isRefused(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
}

/** A database without a table. */
async function createEmptyDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  await sql`drop schema public cascade; drop schema graphile_worker cascade; create schema public`.execute(database.db);
  return database;
}
