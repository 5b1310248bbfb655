import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type ServedSite, serveSite } from '../support/served-site.ts';
import { fromOwnPage } from '../support/site.ts';

let site: ServedSite;

beforeAll(async () => {
  site = await serveSite();
});
afterAll(() => site.close());

const publicPages = [
  '/',
  '/posts/lacking-leadership',
  '/posts/how-we-talk-here',
  '/about',
  '/index',
  '/authors/imogen-hartley',
  '/feed.xml',
  '/sitemap.xml',
  '/robots.txt',
];

describe('a public page', () => {
  it.each(publicPages)('%s is the same for two visitors without cookies, and leaves none', async (path) => {
    const first = await get(path, { 'User-Agent': 'one', 'Accept-Language': 'de' });
    const second = await get(path, { 'User-Agent': 'two', Referer: 'https://elsewhere.example/', DNT: '1' });
    expect(first.status).toBe(200);
    expect(second.text).toBe(first.text);
    expect(kept(second)).toEqual(kept(first));
    expect(first.headers['set-cookie']).toBeUndefined();
  });

  it.each(publicPages)('%s may be kept by anyone who asks again each time', async (path) => {
    const { headers } = await get(path);
    expect(headers['cache-control']).toBe('public, max-age=0, must-revalidate');
    expect(headers.vary).toBe('Cookie');
    expect(headers.etag).toMatch(/^(W\/)?"[^"]+"$/);
  });

  it.each(publicPages)('%s is not sent again to who has it', async (path) => {
    const { headers } = await get(path);
    const again = await get(path, { 'If-None-Match': String(headers.etag) });
    expect([again.status, again.text ?? '']).toEqual([304, '']);
    expect(again.headers['cache-control']).toBe('public, max-age=0, must-revalidate');
    expect(again.headers.vary).toBe('Cookie');
  });

  it('is one visitor’s own as soon as a cookie came along', async () => {
    const { headers } = await get('/posts/how-we-talk-here', { Cookie: 'anything=1' });
    expect(headers['cache-control']).toBe('private, max-age=0, must-revalidate');
    expect(headers.vary).toBe('Cookie');
  });

  it('is one’s own for who is signed in', async () => {
    const { cookie } = await site.signIn('owner');
    const { headers, text } = await get('/', { Cookie: cookie });
    expect(text).toContain('staff-bar');
    expect(headers['cache-control']).toMatch(/^private/);
  });

  it('has another tag once it says something else', async () => {
    const before = await get('/posts/how-we-talk-here');
    await site.db.updateTable('site').set({ tagline: 'something new' }).execute();
    const after = await get('/posts/how-we-talk-here', { 'If-None-Match': String(before.headers.etag) });
    expect(after.status).toBe(200);
    expect(after.headers.etag).not.toBe(before.headers.etag);
  });
});

describe('what nobody may keep', () => {
  it.each(['/nothing-here', '/posts/nothing', '/comments/999999'])('the refusal of %s', async (path) => {
    const { status, headers } = await get(path);
    expect([status, headers['cache-control']]).toEqual([404, 'no-store']);
  });

  it('the answer to a form', async () => {
    const answer = await request(site.app).post('/sign-in').type('form').send({ email: 'a' }).set(fromOwnPage);
    expect(answer.headers['cache-control']).toBe('no-store');
  });
});

describe('the files of the pages', () => {
  it('are kept for ever, under an address that changes with them', async () => {
    const { text } = await get('/');
    const stylesheet = /href="(\/assets\/[^/]+\/site\.css)"/.exec(text)?.[1] ?? '';
    const { status, headers } = await get(stylesheet);
    expect([status, headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
  });
});

function get(path: string, headers: Record<string, string> = {}) {
  return request(site.app).get(path).set(headers);
}

function kept({ headers }: { headers: Record<string, unknown> }): Record<string, unknown> {
  const { date: _date, ...others } = headers;
  return others;
}
