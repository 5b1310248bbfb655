import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type ComposedTestSite, serveComposed } from '../support/composed-site.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type DatabaseLine, layLine } from '../support/database-line.ts';
import { eventually } from '../support/eventually.ts';
import { addPost } from '../support/posts.ts';

let database: TestDatabase;
let line: DatabaseLine;
let here: ComposedTestSite;
let elsewhere: ComposedTestSite;
let owner: { id: number; cookie: string };
let path: string;
let post: { id: number; slug: string; conversationId: number };
let posts = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.db.updateTable('site').set({ comment_mode: 'open' }).execute();
  line = await layLine(database.url);
  here = await serveComposed(database.url);
  elsewhere = await serveComposed(line.url);
  owner = await signInOwner();
});

afterAll(async () => {
  await here.close();
  await elsewhere.close();
  await line.close();
  await database.drop();
});

beforeEach(async () => {
  posts += 1;
  post = await addPost(database.db, { title: `Post number ${posts}` });
  path = `/posts/${post.slug}`;
});

async function signInOwner(): Promise<{ id: number; cookie: string }> {
  const { db, secrets } = here.context;
  const { id } = await db
    .insertInto('account')
    .values({ handle: 'olga', name: 'Olga', role: 'owner', created_at: new Date() })
    .returning('id')
    .executeTakeFirstOrThrow();
  const sid = randomUUID();
  const sess = { cookie: { path: '/' }, accountId: id, signedInAt: new Date().toISOString(), userAgent: 'test' };
  const expire = new Date(Date.now() + 86_400_000);
  await db
    .insertInto('session')
    .values({ sid, sess: JSON.stringify(sess), expire })
    .execute();
  const key = secrets.session.toString('hex');
  const signature = createHmac('sha256', key).update(sid).digest('base64').replace(/=+$/, '');
  return { id, cookie: `session=${encodeURIComponent(`s:${sid}.${signature}`)}` };
}

/** Asks for a page until it comes out of memory: what changed a moment ago may be told while it is made. */
async function keepElsewhere(address: string) {
  await eventually(async () => {
    const { kept } = elsewhere.context.pageCounts;
    await elsewhere.get(address);
    return elsewhere.context.pageCounts.kept > kept;
  });
}

/** Has a page kept elsewhere, does something here, and waits until the page elsewhere says so. */
async function expectToShow(address: string, text: string, work: () => Promise<unknown>) {
  await eventually(async () => {
    await elsewhere.get(address);
    const { kept } = elsewhere.context.pageCounts;
    expect((await elsewhere.get(address)).text).not.toContain(text);
    return elsewhere.context.pageCounts.kept > kept;
  });
  await work();
  await eventually(async () => (await elsewhere.get(address)).text.includes(text), { seconds: 5, what: text });
}

const asOwner = () => ({ cookie: owner.cookie });

describe('in every process shows', () => {
  test('a reply, at once in the process that took it', async () => {
    await here.get(path);
    const answer = await here.post(`${path}/comments`, { name: 'Ann', body: 'To be seen by all.' });
    expect(answer.status).toBe(303);
    expect((await here.get(path)).text).toContain('To be seen by all.');
    await eventually(async () => (await elsewhere.get(path)).text.includes('To be seen by all.'), { seconds: 5 });
  });

  test('a reply in the lists that count it and the feeds that hold it', async () => {
    const reply = () => here.post(`${path}/comments`, { name: 'Ann', body: `Counted on ${path}.` });
    await expectToShow('/comments/feed.xml', `Counted on ${path}.`, reply);
    await eventually(async () => (await elsewhere.get(`${path}/comments/feed.xml`)).text.includes('Counted on'));
    await eventually(async () => (await elsewhere.get('/')).text.includes('One thought'));
  });

  test('a decision', async () => {
    await database.db
      .updateTable('conversation')
      .set({ mode: 'all_held' })
      .where('id', '=', post.conversationId)
      .execute();
    await here.post(`${path}/comments`, { name: 'Ann', body: 'It waits for a word.' });
    const { id } = await database.db
      .selectFrom('comment')
      .select('id')
      .where('conversation_id', '=', post.conversationId)
      .executeTakeFirstOrThrow();
    const decide = (action: string) => here.post(`/moderation/comments/${id}/decisions`, { action }, asOwner());
    await expectToShow(path, 'It waits for a word.', () => decide('approve'));
    await decide('remove');
    await eventually(async () => !(await elsewhere.get(path)).text.includes('It waits for a word.'), { seconds: 5 });
  });

  test('a closing', async () => {
    await expectToShow(path, 'Enough was said.', () =>
      here.post(`${path}/closures`, { reason: 'Enough was said.' }, asOwner()),
    );
  });

  test('a setting', async () => {
    const change = () =>
      database.db
        .updateTable('site')
        .set({ tagline: `About ${path}` })
        .execute();
    await expectToShow('/index', `About ${path}`, change);
  });

  test('another name of an author', async () => {
    const rename = () =>
      database.db
        .updateTable('account')
        .set({ name: `Wanda of ${posts}` })
        .execute();
    await expectToShow(path, `Wanda of ${posts}`, rename);
  });

  test('another text of a post, whatever program wrote it', async () => {
    const edit = () =>
      database.pool.query("update post set html = '<p>Set right by hand.</p>' where id = $1", [post.id]);
    await expectToShow(path, 'Set right by hand.', edit);
  });

  test('an edit of a post, and that it was undone', async () => {
    const edit = { version: '1', action: 'edit', body: 'Set right at the desk.' };
    await expectToShow(path, 'Set right at the desk.', () => here.post(`/write/${post.id}`, edit, asOwner()));
    const { id } = await database.db
      .selectFrom('event')
      .select('id')
      .where('subject_kind', '=', 'post')
      .where('subject_id', '=', post.id)
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow();
    await expectToShow(path, 'Some <em>words</em>', () =>
      here.post('/moderation/undo', { event: String(id) }, asOwner()),
    );
  });

  test('a new post, in the lists and the feed', async () => {
    await expectToShow('/feed.xml', 'Brand new', () => addPost(database.db, { title: 'Brand new' }));
    await eventually(async () => (await elsewhere.get('/')).text.includes('Brand new'), { seconds: 5 });
  });
});

describe('what the clock changes', () => {
  test('shows without anyone doing anything: a post that comes out', async () => {
    const noon = new Date(Date.now() + 3_600_000);
    await addPost(database.db, { title: 'Out at noon', publishedAt: noon });
    await elsewhere.get('/');
    elsewhere.now = new Date(noon.getTime() - 1);
    expect((await elsewhere.get('/')).text).not.toContain('Out at noon');
    elsewhere.now = noon;
    expect((await elsewhere.get('/')).text).toContain('Out at noon');
    elsewhere.now = undefined;
  });

  test('shows without anyone doing anything: a conversation that closes', async () => {
    await database.db
      .updateTable('conversation')
      .set({ close_after_days: 365 })
      .where('id', '=', post.conversationId)
      .execute();
    const close = new Date(Date.parse('2026-01-01T12:00:00Z') + 365 * 86_400_000);
    elsewhere.now = new Date(close.getTime() - 1);
    await elsewhere.get(path);
    expect((await elsewhere.get(path)).text).toContain('id="reply"');
    elsewhere.now = close;
    expect((await elsewhere.get(path)).text).not.toContain('id="reply"');
    elsewhere.now = undefined;
  });
});

describe('a rendering that began before a change', () => {
  test('is not kept after it, nor given to who comes later', async () => {
    const key = 'slow';
    const { rows, changes } = here.context;
    let finish: (value: string) => void = () => {};
    const slow = rows.get(key, async () => {
      const text = await new Promise<string>((resolve) => {
        finish = resolve;
      });
      return { value: { text }, subjects: [`conversation ${post.conversationId}`], bytes: 10 };
    });
    await here.post(`${path}/comments`, { name: 'Ann', body: 'Meanwhile.' });
    await changes.caughtUp();
    const load = (text: string) => async () => ({
      value: { text },
      subjects: [`conversation ${post.conversationId}` as const],
      bytes: 10,
    });
    expect(await rows.get(key, load('after'))).toEqual({ text: 'after' });
    finish('before');
    expect(await slow).toEqual({ text: 'before' });
    expect(await rows.get(key, load('later'))).toEqual({ text: 'after' });
  });
});

// Nothing is vouched for any more after four seconds without a word from the database.
const patience = 20_000;

describe('where the database is not heard', () => {
  test(
    'what changes while the listening connection is cut shows as soon as there is another',
    async () => {
      await keepElsewhere(path);
      line.cut();
      await eventually(() => !elsewhere.context.changes.isHeard());
      await database.pool.query("update post set html = '<p>Not heard of.</p>' where id = $1", [post.id]);
      line.mend();
      await eventually(() => elsewhere.context.changes.isHeard(), { seconds: 2 });
      expect((await elsewhere.get(path)).text).toContain('Not heard of.');
    },
    patience,
  );

  test(
    'no page stays stale for more than 5 seconds, though no connection breaks',
    async () => {
      await keepElsewhere(path);
      line.hold();
      await database.pool.query("update post set html = '<p>Held on its way.</p>' where id = $1", [post.id]);
      await eventually(() => !elsewhere.context.changes.isHeard(), { seconds: 5 });
      line.mend();
      expect((await elsewhere.get(path)).text).toContain('Held on its way.');
      await eventually(() => elsewhere.context.changes.isHeard(), { seconds: 5 });
    },
    patience,
  );

  test(
    'a kept page is served, and says so, while one that is not kept is a friendly 503',
    async () => {
      await keepElsewhere(path);
      line.cut();
      await eventually(() => !elsewhere.context.changes.isHeard());
      const kept = await elsewhere.get(path);
      expect(kept.status).toBe(200);
      expect(kept.text).toContain(`Post number ${posts}`);
      expect(kept.headers['cache-status']).toBe('Rejoinder; hit; detail="the database is away"');
      const missing = await elsewhere.get('/index?by=title');
      expect(missing.status).toBe(503);
      expect(missing.headers['retry-after']).toBe('5');
      line.mend();
      await eventually(async () => (await elsewhere.get('/index?by=title')).status === 200, { seconds: 2 });
    },
    patience,
  );

  test(
    'all who wait for what cannot be had are told at the same time',
    async () => {
      line.hold();
      const asked = Array.from({ length: 5 }, () => elsewhere.get('/tags/never-asked-for'));
      await eventually(() => !elsewhere.context.changes.isHeard(), { seconds: 6 });
      line.cut();
      const statuses = (await Promise.all(asked)).map(({ status }) => status);
      expect(statuses).toEqual([503, 503, 503, 503, 503]);
      line.mend();
      await eventually(() => elsewhere.context.changes.isHeard(), { seconds: 5 });
    },
    patience,
  );

  test(
    'a kept page does not wait for a database that answers nothing',
    async () => {
      await keepElsewhere(path);
      line.hold();
      await eventually(() => !elsewhere.context.changes.isHeard(), { seconds: 6 });
      const kept = await elsewhere.get(path);
      expect(kept.headers['cache-status']).toContain('hit');
      line.cut();
      line.mend();
      await eventually(() => elsewhere.context.changes.isHeard(), { seconds: 5 });
    },
    patience,
  );
});
