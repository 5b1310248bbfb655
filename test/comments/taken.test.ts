import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { postReply, sendForm } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;
let path: string;

beforeAll(async () => {
  site = await createTestSite();
  path = `/posts/${(await addPost(site.db, { title: 'Open', slug: 'open', mode: 'open' })).slug}`;
});
afterAll(() => site.close());
beforeEach(() => {
  site.now = new Date(site.now.getTime() + 900_000);
});

describe('The scripts of the next page are told that a reply was taken', () => {
  it('by its key, in a cookie that they can read', async () => {
    const key = randomUUID();
    const { headers } = await postReply(site, path, { key });
    expect(takenLine(headers)).toMatch(
      new RegExp(`^taken=${key}; Max-Age=2592000; Path=/; Expires=[^;]*; SameSite=Lax$`),
    );
  });

  it('again, when it comes again', async () => {
    const reply = { key: randomUUID(), body: 'Twice the same.' };
    const { cookie } = await postReply(site, path, reply);
    expect(takenLine((await postReply(site, path, reply, { cookie })).headers)).toContain(`taken=${reply.key};`);
  });

  it('together with those of which they have not heard, of which there are few', async () => {
    const keys = Array.from({ length: 8 }, () => randomUUID());
    let cookie = '';
    for (const key of keys) {
      site.now = new Date(site.now.getTime() + 900_000);
      const { headers } = await postReply(site, path, { key }, { cookie });
      cookie = takenLine(headers).split(';', 1)[0] ?? '';
    }
    expect(cookie).toBe(`taken=${keys.slice(-5).join('.')}`);
  });

  it('and of nothing else that stands in such a cookie', async () => {
    const key = randomUUID();
    const { headers } = await postReply(site, path, { key }, { cookie: 'taken=<script>.../..%00.x' });
    expect(takenLine(headers)).toContain(`taken=${key};`);
  });

  it('under the protected name where the site is reached by https', async () => {
    const secure = await createTestSite({ BASE_URL: 'https://blog.example' });
    const { slug } = await addPost(secure.db, { title: 'Open', mode: 'open' });
    const key = randomUUID();
    const { headers } = await postReply(secure, `/posts/${slug}`, { key });
    expect(takenLine(headers)).toMatch(
      new RegExp(`^__Host-taken=${key}; Max-Age=2592000; Path=/; Expires=[^;]*; Secure; SameSite=Lax$`),
    );
    await secure.close();
  });
});

describe('They are told that an edit was saved', () => {
  it('by its comment, beside the replies of which they have not heard', async () => {
    const key = randomUUID();
    const { commentId: id, cookie, headers } = await postReply(site, path, { key });
    const edited = await sendForm(site, `/comments/${id}/edit`, { body: 'Better.', kept: 'yes' }, { cookie });
    expect(edited.status).toBe(303);
    expect(takenLine(headers)).toContain(`taken=${key};`);
    expect(takenLine(edited.headers)).toContain(`taken=${key}.edit-${id};`);
    const reply = await postReply(site, path, { key: randomUUID() }, { cookie: `taken=edit-${id}.edit-1x` });
    expect(takenLine(reply.headers)).toContain(`taken=edit-${id}.`);
    expect(takenLine(reply.headers)).not.toContain('1x');
  });

  it('only where they keep it, and where it was', async () => {
    const { commentId: id, cookie } = await postReply(site, path);
    for (const fields of [{ body: 'Better.' }, { body: '', kept: 'yes' }]) {
      expect(takenLine((await sendForm(site, `/comments/${id}/edit`, fields, { cookie })).headers)).toBe('');
    }
  });
});

describe('They are told nothing', () => {
  it.each([
    ['without a key of theirs', { key: '' }, 303],
    ['of a key that is none', { key: 'a"; Domain=example.com' }, 303],
    ['of a reply with a mistake', { key: randomUUID(), body: '' }, 422],
  ] as const)('%s', async (_which, fields, status) => {
    const answer = await postReply(site, path, fields);
    expect(answer.status).toBe(status);
    expect(takenLine(answer.headers)).toBe('');
  });

  it('of a form that was taken with another text', async () => {
    const key = randomUUID();
    await postReply(site, path, { key, body: 'The one.' });
    const { status, headers, text } = await postReply(site, path, { key, body: 'The other.' });
    expect(status).toBe(409);
    expect(takenLine(headers)).toBe('');
    expect(text).toContain(`data-sent-key="${key}"`);
  });
});

function takenLine(headers: Readonly<Record<string, unknown>>): string {
  const lines = (headers['set-cookie'] as string[] | undefined) ?? [];
  return lines.find((line) => /^(__Host-)?taken=/.test(line)) ?? '';
}
