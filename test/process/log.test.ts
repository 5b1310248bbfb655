import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { type SmtpServer, startSmtpServer } from '../mail/smtp-server.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { killLeftovers, runCommand, type SpawnedSite, spawnSite } from './spawned.ts';

jest.setTimeout(120_000);

const email = 'ada@secret-address.example';
const password = 'correct horse battery staple';
const ownPage = { 'Sec-Fetch-Site': 'same-origin', 'Content-Type': 'application/x-www-form-urlencoded' };

let database: TestDatabase;
let smtp: SmtpServer;
let site: SpawnedSite;

beforeAll(async () => {
  database = await createTestDatabase();
  smtp = await startSmtpServer();
  smtp.answers = { RCPT: `451 <${email}> is not at home` };
  const DATABASE_URL = database.url;
  await runCommand(
    ['owner', 'create', '--email', email, '--name', 'Ada', '--password-stdin'],
    { DATABASE_URL },
    password,
  );
  site = await spawnSite({ DATABASE_URL, SMTP_URL: smtp.url, LOG_LEVEL: 'debug' });
});
afterAll(async () => {
  killLeftovers();
  await smtp.close();
  await database.drop();
});

describe('the log', () => {
  it('has a line of JSON for each request, with what was asked for and how it went', async () => {
    await get('/posts/lacking-leadership?utm_source=secret-query');
    const line = await lineAbout((each) => each.request?.path === '/posts/lacking-leadership');
    expect(line).toMatchObject({
      level: 30,
      request: { method: 'GET', path: '/posts/lacking-leadership' },
      response: { status: 200 },
      msg: 'GET /posts/lacking-leadership 200',
    });
    expect(Object.keys(line.request ?? {})).toEqual(['method', 'path']);
    expect(Object.keys(line.response ?? {})).toEqual(['status']);
    expect(line.milliseconds).toBeGreaterThanOrEqual(0);
  });

  it('leaves out what machines ask for all the time', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics']) await get(path);
    await get('/index');
    await lineAbout((each) => each.request?.path === '/index');
    expect(lines().filter((each) => /healthz|readyz|metrics/.test(JSON.stringify(each)))).toEqual([]);
  });

  it('holds no password, token, address, query string, referrer, browser or text of anyone', async () => {
    await signIn('wrong secret-password');
    const cookie = await signIn(password);
    expect(cookie).toMatch(/^session=/);
    await get('/account', { Cookie: cookie });
    for (const word of ['setup', 'password-reset', 'Password-Reset', 'invitations']) {
      await get(`/${word}/secret-token-in-path`);
      await get(`/${word}?token=secret-token-in-query`);
    }
    await post('/password-reset', { email });
    await post('/posts/how-we-talk-here/comments', {
      name: 'secret-name',
      email,
      body: 'secret-text',
      key: randomUUID(),
    });
    await get('/index?q=secret-query', {
      Referer: 'https://secret-referrer.example/',
      'User-Agent': 'secret-browser',
      'X-Forwarded-For': '203.0.113.77',
    });
    await get(`/${'long'.repeat(1_000)}`);

    // What fails in the database fails with the whole row in Postgres' words.
    await sql`alter table comment add constraint broken check (source <> 'secret-text that breaks')`.execute(
      database.db,
    );
    const body = 'secret-text that breaks';
    const broken = await post('/posts/how-we-talk-here/comments', {
      name: 'secret-name',
      email,
      body,
      key: randomUUID(),
    });
    expect(broken.status).toBe(500);
    const failure = await lineAbout((each) => each.msg === 'a request failed');
    expect(failure.err).toMatchObject({ constraint: 'broken', code: '23514' });

    // The mail server refuses the link of the reset, and repeats the address.
    await lineAbout((each) => String(each.msg).includes('could not be sent'));

    const log = site.output().replace(/^.*\/setup\?token=.*$/m, '');
    expect(log).not.toMatch(/secret-|correct horse|203\.0\.113|127\.0\.0\.1|@|\?/);
    expect(log).not.toContain(cookie.slice('session='.length, 40));
    for (const { mail } of await mailTokens()) expect(log).not.toContain(mail);
    for (const each of lines()) expect(JSON.stringify(each).length).toBeLessThan(6_000);
  });
});

interface Line {
  readonly level: number;
  readonly msg?: string;
  readonly err?: object;
  readonly request?: { readonly path: string };
  readonly response?: object;
  readonly milliseconds?: number;
}

/** Everything that was logged so far; the announcement at the start is no part of it. */
function lines(): Line[] {
  const printed = site
    .output()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('Rejoinder is at'));
  return printed.filter((line) => !line.startsWith('It has no owner')).map((line) => JSON.parse(line));
}

function lineAbout(matches: (line: Line) => boolean): Promise<Line> {
  return eventually(() => lines().find(matches), { what: 'a line in the log' });
}

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(site.address + path, { headers, redirect: 'manual' });
}

function post(path: string, form: Record<string, string>): Promise<Response> {
  const body = String(new URLSearchParams(form));
  return fetch(site.address + path, { method: 'POST', headers: ownPage, body, redirect: 'manual' });
}

async function signIn(typed: string): Promise<string> {
  const answer = await post('/sign-in', { email, password: typed });
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

/** What the mails that wait hold: the secret ends of their links. */
async function mailTokens(): Promise<{ mail: string }[]> {
  const mails = await database.db.selectFrom('mail').select('body').execute();
  const found = mails.flatMap(({ body }) => [...(body ?? '').matchAll(/\/([\w-]{20,})/g)]);
  expect(found.length).toBeGreaterThan(0);
  return found.map(([, mail = '']) => ({ mail }));
}
