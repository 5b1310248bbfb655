import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express from 'express';
import request from 'supertest';
import { refuseCrossSiteWrites } from '../../src/http/cross-site.ts';
import { createTestSite, fromOwnPage, type TestSite } from '../support/site.ts';

type Outcome = 'passes' | 'passes without its cookies' | 'is refused';

const own = 'https://blog.example';

/** Headers of a write to a site whose BASE_URL is https://blog.example, reached as 127.0.0.1, and what becomes of it. */
const writes: readonly [string, Record<string, string>, Outcome][] = [
  ['a form of the site itself', { 'Sec-Fetch-Site': 'same-origin' }, 'passes'],
  ['what a person typed or bookmarked', { 'Sec-Fetch-Site': 'none' }, 'passes'],
  ['a form of another host of the domain', { 'Sec-Fetch-Site': 'same-site' }, 'is refused'],
  ['a form of a stranger’s site', { 'Sec-Fetch-Site': 'cross-site' }, 'is refused'],
  ['a form with a word that no browser sends', { 'Sec-Fetch-Site': 'elsewhere' }, 'is refused'],
  ['a form whose word for its origin is empty', { 'Sec-Fetch-Site': '' }, 'is refused'],
  ['a stranger’s form that names our origin', { 'Sec-Fetch-Site': 'cross-site', Origin: own }, 'is refused'],
  ['our form, whatever origin it names', { 'Sec-Fetch-Site': 'same-origin', Origin: 'null' }, 'passes'],
  ['an older browser’s form of our own', { Origin: own }, 'passes'],
  ['an older browser’s form of another site', { Origin: 'https://elsewhere.example' }, 'is refused'],
  ['a form from our host by plain http', { Origin: 'http://blog.example' }, 'is refused'],
  ['a form from our host at another port', { Origin: 'https://blog.example:8443' }, 'is refused'],
  ['a form from a host that begins like ours', { Origin: 'https://blog.example.elsewhere.example' }, 'is refused'],
  ['a form from nowhere that can be told', { Origin: 'null' }, 'is refused'],
  ['a program that is no browser', {}, 'passes without its cookies'],
];

describe('a write', () => {
  it.each(writes)('of %s', async (_name, headers, outcome) => {
    const answer = await request(echo(own))
      .post('/')
      .set({ Cookie: 'session=a', ...headers });
    expect(outcomeOf(answer)).toBe(outcome);
  });

  it.each(['post', 'put', 'patch', 'delete'] as const)('by the method %s is judged', async (method) => {
    const answer = await request(echo(own))[method]('/').set('Sec-Fetch-Site', 'cross-site');
    expect(answer.status).toBe(403);
  });

  it.each(['get', 'head', 'options'] as const)('is none by the method %s', async (method) => {
    const answer = await request(echo(own))[method]('/').set('Sec-Fetch-Site', 'cross-site');
    expect(answer.status).toBe(200);
  });

  it('is compared with the name by which the site was asked, where it has no other', async () => {
    const answer = (origin: string) => request(echo(undefined)).post('/').set({ Host: 'kitchen:3000', Origin: origin });
    expect((await answer('http://kitchen:3000')).status).toBe(200);
    expect((await answer('http://elsewhere:3000')).status).toBe(403);
  });
});

describe('the site', () => {
  let site: TestSite;

  beforeAll(async () => {
    site = await createTestSite({ BASE_URL: 'http://blog.example' });
  });
  afterAll(() => site.close());

  it('lets the staff write from its own pages', async () => {
    const { cookie } = await site.signIn('owner');
    const answer = await request(site.app)
      .post('/account/sessions/end-others')
      .set({ Cookie: cookie, ...fromOwnPage });
    expect(answer.status).toBe(303);
  });

  it('takes whoever sends neither header for a stranger, whatever cookie comes along', async () => {
    const { cookie } = await site.signIn('owner');
    const answer = await request(site.app).post('/account/sessions/end-others').set('Cookie', cookie);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('signed in');
  });

  it('says on a page why it refuses, and which name it goes by', async () => {
    const elsewhere = await request(site.app).post('/sign-in').set('Sec-Fetch-Site', 'cross-site');
    expect(elsewhere.status).toBe(403);
    expect(elsewhere.text).toMatch(/<h1>[\s\S]*another site/);
    expect(elsewhere.text).toContain('class="masthead"');

    const otherName = await request(site.app).post('/sign-in').set('Origin', 'http://127.0.0.1:3000');
    expect(otherName.status).toBe(403);
    expect(otherName.text).toContain('http://127.0.0.1:3000');
    expect(otherName.text).toContain('BASE_URL');
  });

  it('writes the origin that a stranger names as text', async () => {
    const answer = await request(site.app).post('/sign-in').set('Origin', '<script>alert(1)</script>');
    expect(answer.text).not.toContain('<script>');
  });
});

function outcomeOf({ status, text }: { status: number; text: string }): Outcome {
  if (status === 403) return 'is refused';
  return text === 'session=a' ? 'passes' : 'passes without its cookies';
}

function echo(baseUrl: string | undefined) {
  const app = express();
  app.use(refuseCrossSiteWrites(baseUrl));
  app.use((received, response) => void response.send(received.headers.cookie ?? ''));
  app.use((error: { status: number }, _request: unknown, response: express.Response, _next: unknown) => {
    response.status(error.status).send();
  });
  return app;
}
