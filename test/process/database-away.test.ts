import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { createDatabase, createPool } from '../../src/database.ts';
import { queueMail } from '../../src/mail/queue.ts';
import { type SmtpServer, startSmtpServer } from '../mail/smtp-server.ts';
import { eventually } from '../support/eventually.ts';
import { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';
import { killLeftovers, type SpawnedSite, spawnSite } from './spawned.ts';

// A site, and a Postgres of its own that comes and goes.
jest.setTimeout(120_000);

let postgres: OwnPostgres;
let smtp: SmtpServer;
let site: SpawnedSite;

beforeAll(async () => {
  [postgres, smtp] = await Promise.all([startOwnPostgres(), startSmtpServer()]);
  site = await spawnSite({ DATABASE_URL: postgres.url, SMTP_URL: smtp.url, COMMENT_LIMIT: '0', WEB_PROCESSES: '2' });
  await eventually(async () => (await listeners()) === 2, { what: 'the second process' });
});
afterAll(async () => {
  killLeftovers();
  await smtp.close();
  await postgres.remove();
});

describe.each([
  ['is told to end at once', 'SIGQUIT'],
  ['ends in order', 'SIGINT'],
  ['is killed', 'SIGKILL'],
] as const)('a database that %s', (_how, signal) => {
  it('is missed in friendly words, and everything goes on when it is back', async () => {
    const [early, late] = [newReply(), newReply()];
    expect((await send(early)).status).toBe(303);
    await postgres.stop(signal);

    const page = await fetch(`${site.address}/${randomUUID()}`);
    expect([page.status, page.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await page.text()).toContain('<h1>Back in a moment</h1>');
    for (const reply of [early, late]) {
      const answer = await send(reply);
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
      expect(await answer.text()).toContain(`>\n${reply.body}</textarea>`);
    }
    expect((await fetch(`${site.address}/healthz`)).status).toBe(200);
    expect((await fetch(`${site.address}/readyz`)).status).toBe(503);

    await postgres.start();
    await eventually(async () => (await fetch(`${site.address}/readyz`)).status === 200);
    expect((await send(late)).status).toBe(303);
    expect((await send(early)).status).toBe(303);
    expect(await countOf(early.body)).toBe(1);
    expect(await countOf(late.body)).toBe(1);
    await sendMail();
    expect(site.process.exitCode).toBeNull();
    expect(site.output()).not.toContain('another one takes its place');
  });
});

describe('a database that goes away while a site starts on it', () => {
  it('is waited for, and the start goes on', async () => {
    const holder = createPool(postgres.url, () => {}, { connections: 1 });
    // Who prepares the database waits for this.
    await holder.query("select pg_advisory_lock(hashtext('preparation of the database'))");
    const starting = spawnSite({ DATABASE_URL: postgres.url });
    await eventually(() => isAnyoneWaiting(), { what: 'the start' });
    await postgres.stop('SIGQUIT');
    await postgres.start();
    const late = await starting;
    expect(late.output()).toContain('waiting for the database: ');
    expect((await fetch(late.address)).status).toBe(200);
    expect(await late.end('SIGTERM')).toBe(0);
    await holder.end();
  });
});

describe('a database that has stopped to answer', () => {
  it('makes nobody wait for ever, and everything goes on when it answers again', async () => {
    const reply = newReply();
    await postgres.signalAll('SIGSTOP');
    const [page, answer] = await Promise.all([fetch(`${site.address}/${randomUUID()}`), send(reply)]);
    await postgres.signalAll('SIGCONT');
    expect([page.status, page.headers.get('retry-after')]).toEqual([503, '5']);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await answer.text()).toContain(reply.body);

    await eventually(async () => (await fetch(`${site.address}/readyz`)).status === 200);
    expect((await send(reply)).status).toBe(303);
    expect(await countOf(reply.body)).toBe(1);
    await sendMail();
    expect(site.output()).not.toContain('another one takes its place');
  });
});

function newReply() {
  return { name: 'Ada', body: `A thought: ${randomUUID()}`, key: randomUUID() };
}

function send(fields: Record<string, string>): Promise<Response> {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' };
  const address = `${site.address}/posts/how-we-talk-here/comments`;
  return fetch(address, { method: 'POST', headers, body: `${new URLSearchParams(fields)}`, redirect: 'manual' });
}

/** How many processes have started wholly: these listen for new jobs. */
function listeners(): Promise<number> {
  return withDatabase(async (db) => {
    const { rows } = await sql`select from pg_stat_activity where query like 'LISTEN "jobs:insert"%'`.execute(db);
    return rows.length;
  });
}

function isAnyoneWaiting(): Promise<boolean> {
  return withDatabase(async (db) => {
    const { rows } = await sql`select from pg_locks where locktype = 'advisory' and not granted`.execute(db);
    return rows.length > 0;
  });
}

async function countOf(text: string): Promise<number> {
  return withDatabase(async (db) => {
    const { rows } = await sql`select from comment where source = ${text}`.execute(db);
    return rows.length;
  });
}

/** Adds a job, and waits until it is done. */
async function sendMail(): Promise<void> {
  const subject = randomUUID();
  const letter = { recipient: 'reader@reader.example', subject, body: 'Text', now: new Date() };
  await withDatabase((db) => db.transaction().execute((trx) => queueMail(trx, letter)));
  await eventually(() => smtp.received.some((mail) => JSON.stringify(mail).includes(subject)), { what: 'the mail' });
}

async function withDatabase<Result>(work: (db: ReturnType<typeof createDatabase>) => Promise<Result>): Promise<Result> {
  const db = createDatabase(createPool(postgres.url, () => {}));
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}
