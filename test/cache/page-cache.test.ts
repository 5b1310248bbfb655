import { once } from 'node:events';
import { connect } from 'node:net';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ComposedTestSite, serveComposed } from '../support/composed-site.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { addPost } from '../support/posts.ts';

let database: TestDatabase;
let site: ComposedTestSite;
let post: { id: number; slug: string; conversationId: number };
let path: string;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.db.updateTable('site').set({ comment_mode: 'open' }).execute();
  post = await addPost(database.db, { title: 'A kept post' });
  path = `/posts/${post.slug}`;
  site = await serveComposed(database.url);
});

afterAll(async () => {
  await site.close();
  await database.drop();
});

/** How many pages were made, and how many came out of memory, while something was done. */
async function counted(work: () => Promise<unknown>) {
  const before = { ...site.context.pageCounts };
  await work();
  const { kept, made, unconfirmed } = site.context.pageCounts;
  return { kept: kept - before.kept, made: made - before.made, unconfirmed: unconfirmed - before.unconfirmed };
}

describe('a page asked for without cookies', () => {
  test('is made once and then comes out of memory, with the same bytes and headers', async () => {
    const first = await site.get(path);
    const counts = await counted(async () => {
      const second = await site.get(path);
      expect(second.status).toBe(200);
      expect(second.body.equals(first.body)).toBe(true);
      expect({ ...second.headers, date: '' }).toEqual({ ...first.headers, date: '' });
    });
    expect(counts).toEqual({ kept: 1, made: 0, unconfirmed: 0 });
    expect(first.headers).toMatchObject({
      'cache-control': 'public, max-age=0, must-revalidate',
      vary: 'Cookie, Accept-Encoding',
      etag: expect.stringMatching(/^W\/"/),
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
    expect(first.headers['set-cookie']).toBeUndefined();
  });

  test('comes in the encoding that the browser prefers, and says the same in each', async () => {
    const plain = await site.get(path);
    const brotli = await site.get(path, { 'accept-encoding': 'gzip, deflate, br' });
    const gzip = await site.get(path, { 'accept-encoding': 'gzip, deflate, br;q=0' });
    const none = await site.get(path, { 'accept-encoding': 'deflate' });
    expect(brotli.headers['content-encoding']).toBe('br');
    expect(gzip.headers['content-encoding']).toBe('gzip');
    expect(none.headers['content-encoding']).toBeUndefined();
    expect(brotliDecompressSync(brotli.body).equals(plain.body)).toBe(true);
    expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true);
    expect(brotli.headers['content-length']).toBe(String(brotli.body.length));
  });

  test('is not sent again to who has it, kept or not', async () => {
    const { headers } = await site.get(path);
    const again = await site.get(path, { 'if-none-match': String(headers.etag), 'accept-encoding': 'br' });
    expect(again.status).toBe(304);
    expect(again.body.length).toBe(0);
    expect(again.headers).toMatchObject({ etag: headers.etag, vary: 'Cookie, Accept-Encoding' });
    const list = await site.get(path, { 'if-none-match': `"other", ${headers.etag}` });
    expect(list.status).toBe(304);
    const other = await site.get(path, { 'if-none-match': '"other"' });
    expect(other.status).toBe(200);

    // A page of which only the beginning of the list is kept.
    const older = await site.get('/?before=20260101T000000Z-1');
    const olderAgain = await site.get('/?before=20260101T000000Z-1', { 'if-none-match': String(older.headers.etag) });
    expect(olderAgain.status).toBe(304);
    expect(olderAgain.body.length).toBe(0);
  });

  test('answers HEAD with the headers alone', async () => {
    const whole = await site.get(path);
    const head = await site.get(path, {}, 'HEAD');
    expect(head.status).toBe(200);
    expect(head.body.length).toBe(0);
    expect(head.headers['content-length']).toBe(whole.headers['content-length']);
  });

  test('is rendered once for 1,000 visitors who come at once', async () => {
    await site.post(`${path}/comments`, { name: 'Ann', body: 'So that the page is to be made anew.' });
    const counts = await counted(async () => {
      const answers = await Promise.all(Array.from({ length: 1_000 }, () => site.get(path)));
      expect(answers.every(({ status, text }) => status === 200 && text.includes('made anew.'))).toBe(true);
    });
    expect(counts.made).toBe(1);
  }, 60_000);

  test('is not made for everybody by who takes their time', async () => {
    await site.post(`${path}/comments`, { name: 'Ann', body: 'So that it is made anew once more.' });
    const slow = connect(site.port, '127.0.0.1');
    const type = 'application/x-www-form-urlencoded';
    slow.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: 10\r\n\r\nab`);
    await once(slow, 'connect');
    const answer = await site.get(path);
    expect(answer.text).toContain('anew once more.');
    slow.destroy();
  });

  test('is rendered once for many even while other conversations go on', async () => {
    const other = await addPost(database.db, { title: 'Another' });
    await site.post(`${path}/comments`, { name: 'Ann', body: 'So that it is to be made.' });
    await site.get(path);
    await site.post(`${path}/comments`, { name: 'Ann', body: 'And again.' });
    const counts = await counted(async () => {
      const asked = Array.from({ length: 40 }, async (_, number) => {
        if (number % 10 === 5) {
          await database.pool.query(`select pg_notify('change', 'conversation ${other.conversationId}')`);
          await site.context.changes.caughtUp();
        }
        return site.get(path);
      });
      for (const { status } of await Promise.all(asked)) expect(status).toBe(200);
    });
    expect(counts.made).toBe(1);
  }, 60_000);

  test('is the same page under whatever a link adds to its address', async () => {
    await site.get(path);
    const counts = await counted(async () => {
      for (let number = 0; number < 20; number += 1) await site.get(`${path}?from=letter-${number}&x[]=1`);
    });
    expect(counts).toEqual({ kept: 20, made: 0, unconfirmed: 0 });
  });

  test.each([
    ['a place in the list that nothing stands at', (n: number) => `${path}?after=${1_000_000 + n}`],
    ['an address of nothing', (n: number) => `/posts/nothing-${n}`],
    ['a place in the list of posts', (n: number) => `/?before=2026010${n}T000000Z-1`],
    ['another spelling of the path', (n: number) => `/posts/${post.slug}${'/'.repeat(n % 2)}?order=${n}`],
    ['a parameter given twice', (n: number) => `${path}?after=${n}&after=${n}`],
  ])('is not kept under %s', async (_what, address) => {
    const ask = async () => {
      for (let number = 1; number <= 3; number += 1) await site.get(address(number));
    };
    await ask();
    expect((await counted(ask)).kept).toBe(0);
  });

  test('is something else than what who runs the site asks for', async () => {
    const counts = await counted(async () => {
      expect((await site.get('/healthz')).text).toBe('ok\n');
      await site.get('/readyz');
    });
    expect(counts).toEqual({ kept: 0, made: 0, unconfirmed: 0 });
  });
});

describe('who comes with cookies', () => {
  test('gets a page of their own, marked as private', async () => {
    await site.get(path);
    const counts = await counted(async () => {
      const answer = await site.get(path, { cookie: 'visitor=nobody' });
      expect(answer.headers['cache-control']).toBe('private, max-age=0, must-revalidate');
    });
    expect(counts).toEqual({ kept: 0, made: 0, unconfirmed: 0 });
  });
});

describe('a page that is missing', () => {
  test('is answered as without memory', async () => {
    const answer = await site.get('/posts/nothing-here');
    expect(answer.status).toBe(404);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.text).toContain('<h1>');
    const both = await Promise.all([site.get('/posts/nothing-here'), site.get('/posts/nothing-here')]);
    expect(both.map(({ status }) => status)).toEqual([404, 404]);
  });
});
