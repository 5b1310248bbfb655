import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { createDatabase, createPool } from '../../src/database.ts';
import { type ComposedTestSite, serveComposed } from '../support/composed-site.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { addPost } from '../support/posts.ts';
import { leftOver } from '../support/young-garbage.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

const count = 40;
/** A collection that comes by itself at the wrong moment takes what is under way for old; and a connection holds the last. */
const few = count / 4;

describe('the next collection of young objects takes', () => {
  it('what a statement was given, once it is answered', async () => {
    const db = createDatabase(createPool(test.url, () => {}, { statement: 10_000 }));
    const given: WeakRef<object>[] = [];
    for (let number = 0; number < count; number += 1) {
      const bytes = Buffer.alloc(100, number);
      given.push(new WeakRef(bytes));
      await sql`select ${bytes}::bytea`.execute(db);
    }
    expect(await leftOver(given)).toBeLessThan(few);
    await db.destroy();
  });

  describe('a request and its answer, once it is answered:', () => {
    let site: ComposedTestSite;
    let path: string;
    beforeAll(async () => {
      await test.db.updateTable('site').set({ comment_mode: 'open' }).execute();
      const post = await addPost(test.db, { title: 'A post' });
      path = `/posts/${post.slug}`;
      site = await serveComposed(test.url);
    });
    afterAll(() => site.close());

    const reply = (body: string) => site.post(`${path}/comments`, { name: 'Rob', body, parent: '' });

    it.each([
      ['a reply', 303, (number: number) => reply(`Reply ${number}`)],
      ['a preview', 200, (number: number) => site.post(`${path}/comments/preview`, { body: `Preview ${number}` })],
      ['a page for one visitor', 200, () => site.get(path, { cookie: 'a=b' })],
      ['a page for all', 200, () => site.get(path)],
      ['a feed', 200, () => site.get('/feed.xml')],
    ])('%s', async (_what, status, send) => {
      const under: WeakRef<object>[] = [];
      const note = (message: unknown) => {
        const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
        under.push(new WeakRef(request), new WeakRef(response));
      };
      subscribe('http.server.request.start', note);
      for (let number = 0; number < count; number += 1) expect((await send(number)).status).toBe(status);
      unsubscribe('http.server.request.start', note);
      expect(under).toHaveLength(2 * count);
      expect(await leftOver(under)).toBeLessThan(few);
    });
  });
});
