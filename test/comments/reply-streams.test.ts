import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type ComposedTestSite, serveComposed } from '../support/composed-site.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type DatabaseLine, layLine } from '../support/database-line.ts';
import { eventually } from '../support/eventually.ts';
import { addPost } from '../support/posts.ts';

let database: TestDatabase;
let line: DatabaseLine;
let site: ComposedTestSite;
let elsewhere: ComposedTestSite;
let post: { id: number; slug: string; conversationId: number };

beforeAll(async () => {
  database = await createTestDatabase();
  await database.db.updateTable('site').set({ comment_mode: 'open' }).execute();
  line = await layLine(database.url);
  site = await serveComposed(line.url);
  elsewhere = await serveComposed(database.url);
});

afterAll(async () => {
  await site.close();
  await elsewhere.close();
  await line.close();
  await database.drop();
});

beforeEach(async () => {
  post = await addPost(database.db, { title: `A post to follow` });
});

/** A stream that is open, and what came so far. */
interface OpenStream {
  readonly response: IncomingMessage;
  readonly text: () => string;
  readonly request: ClientRequest;
}

async function openStream(
  conversationId: number,
  { at = site, network }: { at?: ComposedTestSite; network?: string } = {},
): Promise<OpenStream> {
  const path = `/conversations/${conversationId}/stream`;
  const headers = network ? { 'X-Forwarded-For': network } : {};
  const asked = request({ host: '127.0.0.1', port: at.port, path, headers }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  response.on('data', (chunk) => {
    text += chunk;
  });
  response.on('error', () => {});
  return { response, request: asked, text: () => text };
}

const reply = (where: ComposedTestSite, body: string) =>
  where.post(`/posts/${post.slug}/comments`, { name: 'Ann', body });

const tells = (stream: OpenStream, readable: number) =>
  eventually(() => stream.text().includes(`event: count\ndata: {"readable":${readable}}\n\n`));

describe('the stream of a conversation', () => {
  test('tells at once how many comments can be read, and again when there are more, wherever they were written', async () => {
    const stream = await openStream(post.conversationId);
    expect(stream.response.headers).toMatchObject({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    await tells(stream, 0);
    await reply(site, 'From this process.');
    await tells(stream, 1);
    await reply(elsewhere, 'From another process.');
    await tells(stream, 2);
    stream.request.destroy();
  });

  test('says nothing of other conversations, and nothing of comments that wait', async () => {
    const other = await addPost(database.db, { title: 'Another', mode: 'all_held' });
    const stream = await openStream(post.conversationId);
    await tells(stream, 0);
    await site.post(`/posts/${other.slug}/comments`, { name: 'Ann', body: 'It waits.' });
    await reply(site, 'It shows.');
    await tells(stream, 1);
    expect(stream.text().match(/event: count/g)).toHaveLength(2);
    stream.request.destroy();
  });

  test('tells what was missed while the database was away', async () => {
    const stream = await openStream(post.conversationId);
    await tells(stream, 0);
    line.cut();
    await eventually(() => !site.context.changes.isHeard());
    await reply(elsewhere, 'Written meanwhile.');
    line.mend();
    await tells(stream, 1);
    stream.request.destroy();
  });

  test('ends when the post is taken back', async () => {
    const stream = await openStream(post.conversationId);
    await tells(stream, 0);
    const ended = once(stream.response, 'end');
    await database.db.updateTable('post').set({ published_at: null }).where('id', '=', post.id).execute();
    await ended;
  });

  test.each([
    ['a conversation that does not exist', () => 2_000_000_000],
    ['a number that no conversation can have', () => 999_999_999_999],
  ])('is 404 for %s', async (_what, id) => {
    const answer = await site.get(`/conversations/${id()}/stream`);
    expect(answer.status).toBe(404);
  });

  test('is 404 for a draft and for what is scheduled', async () => {
    const draft = await addPost(database.db, { title: 'Draft', publishedAt: null });
    const scheduled = await addPost(database.db, { title: 'Later', publishedAt: new Date(Date.now() + 86_400_000) });
    for (const { conversationId } of [draft, scheduled]) {
      expect((await site.get(`/conversations/${conversationId}/stream`)).status).toBe(404);
    }
  });

  test('is 503 while the database is away', async () => {
    line.cut();
    await eventually(() => !site.context.changes.isHeard());
    const answer = await site.get(`/conversations/${post.conversationId}/stream`);
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('5');
    line.mend();
    await eventually(() => site.context.changes.isHeard());
  });
});

describe('one network', () => {
  const statuses = (streams: readonly OpenStream[]) => streams.map(({ response }) => response.statusCode);
  const openMany = (count: number, open: (index: number) => Promise<OpenStream>) =>
    Promise.all(Array.from({ length: count }, (_, index) => open(index)));

  test('has fifty streams of a process at most, which takes them from nobody else, and others when it ends some', async () => {
    const behind = await serveComposed(database.url, { TRUST_PROXY: '1' });
    const open = (network: string) => openStream(post.conversationId, { at: behind, network });
    // The addresses of one household.
    const streams = await openMany(50, (index) => open(`2001:db8::${index}`));
    expect(new Set(statuses(streams))).toEqual(new Set([200]));
    const refused = await open('2001:db8::1:1');
    expect(refused.response.statusCode).toBe(503);
    expect(refused.response.headers).toMatchObject({ 'retry-after': '5', 'cache-control': 'no-store' });
    const other = await open('2001:db8:0:1::1');
    expect(other.response.statusCode).toBe(200);
    streams[0]?.request.destroy();
    await eventually(async () => {
      const another = await open('2001:db8::1:1');
      return another.response.statusCode === 200;
    });
    await behind.close();
  });

  test('is not told by what a stranger says of itself', async () => {
    const direct = await serveComposed(database.url);
    const streams = await openMany(51, (index) =>
      openStream(post.conversationId, { at: direct, network: `192.0.2.${index}` }),
    );
    expect(statuses(streams).filter((status) => status === 503)).toHaveLength(1);
    await direct.close();
  });

  test('gets back the places of streams that were refused', async () => {
    const direct = await serveComposed(database.url);
    for (const _round of [1, 2]) {
      const streams = await openMany(40, () => openStream(2_000_000_000, { at: direct }));
      expect(new Set(statuses(streams))).toEqual(new Set([404]));
    }
    await direct.close();
  });
});
