import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fieldOn, openPage, postReply, replyTo } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;
let path: string;
beforeAll(async () => {
  site = await createTestSite();
  path = `/posts/${(await addPost(site.db, { title: 'A post', mode: 'open' })).slug}`;
});
afterAll(() => site.close());

const person = { name: 'Zoë & Söhne; Ltd', email: 'zoë@guests.example', website: 'https://zoe.example/?a=1&b=2' };

describe('Name, e-mail and website', () => {
  it('are remembered in the visitor’s browser, if asked for', async () => {
    const { cookie } = await replyTo(site, path, { ...person, remember: 'on' });
    const { text } = await openPage(site, path, { cookie });
    expect(fieldsOn(text)).toEqual(person);
    expect(fieldOn(text, 'body')).toBe('');
    expect(text).toMatch(/name="remember" value="on" checked/);
  });

  it('and nothing else is in that cookie, however long the text was', async () => {
    const { headers } = await postReply(site, path, { ...person, remember: 'on', body: 'Long. '.repeat(1500) });
    const line = cookieLine(headers, 'remembered');
    expect(line.length).toBeLessThan(500);
    expect(decodeURIComponent(decodeURIComponent(line))).not.toContain('Long.');
  });

  it('are not remembered unless asked for', async () => {
    const { cookie } = await replyTo(site, path, person);
    expect(cookie).not.toContain('remembered');
    const { text } = await openPage(site, path, { cookie });
    expect(fieldsOn(text)).toEqual({ name: '', email: '', website: '' });
    expect(text).not.toMatch(/name="remember" value="on" checked/);
  });

  it('are forgotten with the next reply that does not ask for it', async () => {
    const { cookie } = await replyTo(site, path, { ...person, remember: 'on' });
    const { headers } = await postReply(site, path, person, { cookie });
    expect(cookieLine(headers, 'remembered')).toMatch(/^remembered=; .*Max-Age=0/);
  });

  it('are not remembered from a form that was refused', async () => {
    const { cookie } = await postReply(site, path, { ...person, remember: 'on', body: '' });
    expect(cookie).toBe('');
  });

  it('lie out of reach of scripts and other sites', async () => {
    const { headers } = await postReply(site, path, { ...person, remember: 'on' });
    for (const name of ['visitor', 'remembered']) {
      const line = cookieLine(headers, name);
      expect(line).toMatch(/; Path=\//);
      expect(line).toMatch(/; HttpOnly/);
      expect(line).toMatch(/; SameSite=Lax/);
      expect(line).toMatch(/; Max-Age=34560000/);
    }
  });

  it('are bound to this very host, where the site is reached by https', async () => {
    const secure = await createTestSite({ BASE_URL: 'https://blog.example' });
    const { slug } = await addPost(secure.db, { title: 'A post' });
    const { headers, cookie } = await postReply(secure, `/posts/${slug}`, { ...person, remember: 'on' });
    for (const name of ['__Host-visitor', '__Host-remembered']) {
      expect(cookieLine(headers, name)).toMatch(/; Path=\/.*; HttpOnly; Secure; SameSite=Lax/);
    }
    const { text } = await openPage(secure, `/posts/${slug}`, { cookie });
    expect(fieldsOn(text)).toEqual(person);
    expect(text).toContain('Waiting for a moderator');
    const plain = await openPage(secure, `/posts/${slug}`, { cookie: cookie.replaceAll('__Host-', '') });
    expect(plain.text).not.toContain('Waiting for a moderator');
    await secure.close();
  });

  it('of another are shown escaped, whatever the cookie holds', async () => {
    const cookie = `remembered=${encodeURIComponent(new URLSearchParams({ name: '"><script>', email: 'x'.repeat(9000) }).toString())}`;
    const { status, text } = await openPage(site, path, { cookie });
    expect([status, fieldOn(text, 'name'), fieldOn(text, 'email')?.length]).toEqual([200, '"><script>', 300]);
    expect(text).not.toContain('"><script>');
  });

  it.each(['remembered=%', 'remembered=%E0%A4%A', 'visitor=', 'visitor=%', '=;=;;', 'visitor=1.2.3'])(
    'are not needed: a cookie that makes no sense (%s) is passed over',
    async (cookie) => {
      expect((await openPage(site, path, { cookie })).status).toBe(200);
    },
  );
});

function fieldsOn(text: string) {
  return { name: fieldOn(text, 'name'), email: fieldOn(text, 'email'), website: fieldOn(text, 'website') };
}

function cookieLine(headers: Readonly<Record<string, unknown>>, name: string): string {
  return (headers['set-cookie'] as string[]).find((line) => line.startsWith(`${name}=`)) ?? '';
}
