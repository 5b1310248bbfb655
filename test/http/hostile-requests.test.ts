import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { hashPassword } from '../../src/accounts/passwords.ts';
import { type ServedSite, serveSite } from '../support/served-site.ts';
import { fromOwnPage } from '../support/site.ts';
import { type Route, routesOf } from './routes-of.ts';

// Some thousand requests: a quarter of a minute alone, more beside other work.
jest.setTimeout(120_000);

let site: ServedSite;
let routes: Route[];
let passwordHash: string;
const agent = new Agent({ keepAlive: true, maxSockets: 8 });

beforeAll(async () => {
  site = await serveSite();
  routes = routesOf(site.app);
  passwordHash = await hashPassword('a password that is long enough');
});
afterAll(async () => {
  agent.destroy();
  await site.close();
});

/** Percent-encoded as it stands in an address. */
const values = {
  'one more than an integer column holds': '2147483648',
  'more than a bigint column holds': '99999999999999999999',
  zero: '0',
  'a negative number': '-1',
  'a fraction': '1.5',
  'a number that is none': 'NaN',
  'a NUL': 'a%00b',
  'a lone surrogate, in three bytes': 'a%ED%A0%80b',
  'an overlong encoding': 'a%C0%80b',
  'bytes that are no UTF-8': 'a%FF%FEb',
  'half of a character': 'a%F0%9F',
  'a broken percent sign': 'a%Zb',
  'a line break': 'a%0D%0ASet-Cookie:%20b=c',
  'a text that runs backwards': '%E2%80%AEabc',
  'a way out of the folder': '..%2F..%2Fetc%2Fpasswd',
  'a quotation mark and a comment': '%27%22%3B--',
  'the name of a property that every object has': '__proto__',
  'five hundred characters': 'ab'.repeat(250),
};

/** What a form of the site may be told, whichever it is. */
const fieldNames = [
  ...[
    'action',
    'body',
    'close_after_days',
    'current',
    'edit_minutes',
    'comment_mode',
    'email',
    'excerpt',
    'id',
    'ids',
    'key',
    'language',
  ],
  ...[
    'links.allowed',
    'mode',
    'order',
    'seconds',
    'topic',
    'name',
    'note',
    'parent',
    'password',
    'publish_at',
    'published_at',
    'reason',
    'reply',
  ],
  ...[
    'remember',
    'role',
    'seen',
    'slug',
    'tagline',
    'tags',
    'time_zone',
    'title',
    'token',
    'version',
    'website',
    'next',
  ],
];

const queryNames = ['after', 'before', 'order', 'status', 'post', 'q', 'tab', 'token', 'next', 'page', 'sort', 'by'];

describe('no request makes the site fail', () => {
  it.each(Object.entries(values))('%s in the path, for a visitor and for an owner', async (_name, value) => {
    const withParameters = routes.filter(({ path }) => path.includes(':'));
    await expectRefusals(withParameters, ({ path }) => ({ path: path.replace(/:\w+/g, value) }));
  });

  it.each(Object.entries(values))('%s in the query', async (_name, value) => {
    const query = queryNames.map((name) => `${name}=${value}`).join('&');
    const reading = routes.filter(({ method }) => method === 'get');
    await expectRefusals(reading, ({ path }) => ({ path: `${existing(path)}?${query}` }));
  });

  it.each(Object.entries(values))('%s in every field of a form', async (_name, value) => {
    const body = fieldNames.map((name) => `${name}=${value}`).join('&');
    await expectRefusals(writing(), ({ path }) => ({ path: existing(path), body }));
  });

  it.each([
    ['a form that is empty', ''],
    ['fields that are lists', fieldNames.map((name) => `${name}=1&${name}=2`).join('&')],
    ['fields that pretend to be objects', fieldNames.map((name) => `${name}[a][b]=1&${name}[]=2`).join('&')],
    ['the property that every object has', '__proto__=1&constructor=2&toString=3&hasOwnProperty=4'],
    [
      'a text of a hundred thousand characters in every field',
      fieldNames
        .map((name) => `${name}=${'ab '.repeat(20_000)}`)
        .join('&')
        .slice(0, 500_000),
    ],
  ])('%s', async (_name, body) => {
    await expectRefusals(writing(), ({ path }) => ({ path: existing(path), body }));
  });

  it('a form that is too large is 413', async () => {
    const limits: [string, number][] = [
      ['/write', 6_400_000],
      ['/settings/rules', 8_500_000],
    ];
    const tooLarge = (path: string) =>
      `body=${'a'.repeat(limits.find(([below]) => path.startsWith(below))?.[1] ?? 550_000)}`;
    await expectRefusals(writing(), ({ path }) => ({ path: existing(path), body: tooLarge(path), status: 413 }));
  });

  it('a form of too many fields is 413', async () => {
    const body = Array.from({ length: 1_100 }, (_, index) => `field${index}=1`).join('&');
    await expectRefusals(writing(), ({ path }) => ({ path: existing(path), body, status: 413 }));
  });

  it.each([
    ['a compression that nobody knows', { 'Content-Encoding': 'bogus' }, 415],
    ['a compressed body that is not compressed', { 'Content-Encoding': 'gzip' }, 400],
    ['a character set that nobody knows', { 'Content-Type': 'application/x-www-form-urlencoded; charset=ebcdic' }, 415],
    ['a character set of two bytes', { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-16' }, 415],
  ])('%s', async (_name, headers, status) => {
    await expectRefusals(writing(), ({ path }) => ({ path: existing(path), body: 'name=a', headers, status }));
  });

  it.each([
    'application/json',
    'multipart/form-data; boundary=a',
    'text/plain',
    'nonsense',
    'application/x-www-form-urlencoded; charset=',
  ])('a body of the kind “%s”', async (type) => {
    await expectRefusals(writing(), ({ path }) => ({
      path: existing(path),
      body: '{"name":{"a":1},"ids":[null]}',
      headers: { 'Content-Type': type },
    }));
  });

  it.each([
    ['a cookie that nobody set', 'session=s%3Aa.b; visitor=1.2; notice=%00'],
    ['a cookie that cannot be decoded', 'session=%ZZ; visitor=%FF; remembered=%C0'],
    ['a cookie that is no cookie', ';;=;=a;"'],
    ['a cookie with the property that every object has', '__proto__=1; constructor=2'],
  ])('%s', async (_name, cookie) => {
    const found = await Promise.all(
      routes.map(async (route) => problemOf(route, await send(route, { path: existing(route.path), cookie }))),
    );
    expect(found.filter(Boolean)).toEqual([]);
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND'])('the method %s', async (method) => {
    const answer = await send({ method: method.toLowerCase(), path: '' }, { path: '/posts/lacking-leadership' });
    expect(answer.status).toBeLessThan(500);
  });

  it('an address of more than 8,000 characters is 414', async () => {
    const answer = await send({ method: 'get', path: '' }, { path: `/search?q=${'a'.repeat(8_000)}` });
    expect(answer.status).toBe(414);
    expect(answer.text).toMatch(/<h1>[^<]*too long/);
  });
});

interface Sent {
  readonly path: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  readonly cookie?: string | undefined;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Sends something to every route, as an owner and where visitors may come as a visitor, and expects an answer that is no failure. */
async function expectRefusals(
  which: readonly Route[],
  compose: (route: Route) => Sent & { readonly status?: number },
): Promise<void> {
  const found = await Promise.all(
    which.map(async (route) => {
      const { status, ...sent } = compose(route);
      const asVisitor = isPublic(route) ? problemOf(route, await send(route, sent), status) : undefined;
      return asVisitor ?? problemOf(route, await send(route, { ...sent, cookie: await signInOwner() }), status);
    }),
  );
  expect(found.filter(Boolean)).toEqual([]);
}

/** A session for each route, since some of them end it. */
async function signInOwner(): Promise<string> {
  const { id, cookie } = await site.signIn('owner');
  await site.db.updateTable('account').set({ password_hash: passwordHash }).where('id', '=', id).execute();
  return cookie;
}

function send({ method }: { method: string; path: string }, { path, body, headers, cookie }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const form = method === 'post' && { 'Content-Type': 'application/x-www-form-urlencoded' };
    const all = { ...fromOwnPage, ...form, ...(cookie && { Cookie: cookie }), ...headers };
    const sending = request(`http://127.0.0.1:${site.port}`, {
      method: method.toUpperCase(),
      path,
      agent,
      headers: all,
    });
    sending.on('error', reject);
    sending.on('response', async (answer) => {
      resolve({ status: answer.statusCode ?? 0, text: await text(answer) });
    });
    sending.end(method === 'post' ? (body ?? '') : undefined);
  });
}

/** What is wrong with an answer: a failure, a stack, or a status without a page about it. */
function problemOf({ method, path }: Route, answer: Answer, expected?: number): string | undefined {
  const name = `${method} ${path}: ${answer.status}`;
  if (answer.status >= 500) return `${name} ${answer.text.replace(/\s+/g, ' ').slice(0, 200)}`;
  if (expected !== undefined && answer.status !== expected) return `${name} instead of ${expected}`;
  if (/\n\s+at |node_modules|\.ts:\d/.test(answer.text)) return `${name} shows a stack`;
  if (answer.status < 400) return undefined;
  if (!/<html lang="\w+">/.test(answer.text)) return `${name} is no page`;
  return /<h1[ >]/.test(answer.text) ? undefined : `${name} has no heading`;
}

// Elsewhere a visitor is sent to sign in, whatever came along.
function isPublic({ path }: Route): boolean {
  return !/^\/(account|moderation|people|settings|write)/.test(path);
}

function writing(): Route[] {
  return routes.filter(({ method }) => method === 'post');
}

/** The path with what the sample content has in it. */
function existing(path: string): string {
  return path
    .replace('/posts/:slug', '/posts/how-we-talk-here')
    .replace('/:slug', '/about')
    .replace(/:id|:mark/g, '1')
    .replace(':tag', 'leadership')
    .replace(':handle', 'imogen-hartley')
    .replace(':token', 'a'.repeat(43));
}
