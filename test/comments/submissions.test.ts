import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import {
  type Asker,
  countComments,
  type Fields,
  fieldOn,
  openPage,
  postReply,
  type ReplyAnswer,
  replyTo,
  sendForm,
} from '../support/comments.ts';
import { holdCounts, untilWaiting } from '../support/held-back.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

jest.setTimeout(30_000);

let site: TestSite;
let posts = 0;
let path: string;
let conversationId: number;

beforeAll(async () => {
  site = await createTestSite({ TRUST_PROXY: '1' });
});
afterAll(() => site.close());

beforeEach(async () => {
  posts += 1;
  site.now = new Date('2026-03-10T12:00:00Z');
  const post = await addPost(site.db, { title: `Post ${posts}` });
  path = `/posts/${post.slug}`;
  conversationId = post.conversationId;
});

/** The form as a visitor without scripts sends it, each time the same. */
const typed = { name: 'Greta Guest', email: 'greta@guests.example', body: 'The same words again.' };
const home = '203.0.113.7';

describe('A form that comes more than once', () => {
  it.each([
    ['with the key of a script', { key: randomUUID() }],
    ['without a script', {}],
  ])('ten times at once, %s, makes one comment, to which all answers lead', async (_how, key: Fields) => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => send({ ...typed, ...key })));
    expect(await countComments(site.db, conversationId)).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 303));
    expect(new Set(answers.map(({ commentId }) => commentId)).size).toBe(1);
    const idle = site.db
      .selectFrom('browser')
      .where('id', 'not in', ({ selectFrom }) =>
        selectFrom('comment').select('browser_id').where('browser_id', 'is not', null),
      );
    expect(await idle.selectAll().execute()).toEqual([]);
  });

  it('by a reload, with the cookie that came with the first answer, leads to the comment again', async () => {
    const key = '6f1c7a52-5a0f-4e69-8a3e-5b9a43a3a001';
    const first = await send({ ...typed, key });
    const again = await send({ ...typed, key: key.toUpperCase() }, { cookie: first.cookie, network: '198.51.100.4' });
    expect(again).toMatchObject({ status: 303, commentId: first.commentId });
    expect(await countComments(site.db, conversationId)).toBe(1);
  });

  it.each([
    ['with the key of a script', { key: randomUUID() }],
    ['without a script', {}],
  ])('after an answer that was lost, %s, gets the cookie that shows the held comment', async (_how, key: Fields) => {
    const lost = await send({ ...typed, ...key });
    const again = await send({ ...typed, ...key });
    expect(again).toMatchObject({ status: 303, commentId: lost.commentId });
    expect(again.cookie).toContain('visitor=');
    const led = await openPage(site, `/comments/${again.commentId}`, { cookie: again.cookie });
    expect(led.headers.location).toBe(`${path}#c${again.commentId}`);
    expect((await openPage(site, path, { cookie: again.cookie })).text).toContain('Waiting for a moderator');
  });

  it('after an answer that was lost is also remembered, if that was asked for', async () => {
    await send({ ...typed, remember: 'on' });
    const again = await send({ ...typed, remember: 'on' });
    expect(fieldOn((await openPage(site, path, { cookie: again.cookie })).text, 'email')).toBe(typed.email);
  });

  it('leads to the comment that an approved repeat became, too', async () => {
    const owner = await site.signIn('owner');
    const first = await send(typed);
    await sendForm(site, `/moderation/comments/${first.commentId}/decisions`, { action: 'approve' }, owner);
    expect(await send(typed)).toMatchObject({ status: 303, commentId: first.commentId });
  });

  it('after the closing of the conversation gets its first answer again', async () => {
    const owner = await site.signIn('owner');
    const first = await send(typed);
    await sendForm(site, `${path}/closures`, {}, owner);
    expect((await send({ ...typed, body: 'Something else.' })).status).toBe(403);
    expect(await send(typed)).toMatchObject({ status: 303, commentId: first.commentId });
    expect(await countComments(site.db, conversationId)).toBe(1);
  });

  it('though the writer has changed the name since, as long as the key says so', async () => {
    const key = randomUUID();
    const first = await send({ ...typed, key });
    expect(await send({ ...typed, name: 'Greta G.', key })).toMatchObject({ status: 303, commentId: first.commentId });
  });

  it('by one of the staff makes one comment', async () => {
    const author = await site.signIn('author');
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => postReply(site, path, { body: 'As I said.' }, author)),
    );
    expect(new Set(answers.map(({ commentId }) => commentId)).size).toBe(1);
    expect(await countComments(site.db, conversationId)).toBe(1);
  });
});

describe('A form that only looks the same', () => {
  it('a day later is a new comment', async () => {
    const first = await send(typed);
    site.now = new Date(site.now.getTime() + 86_400_000);
    const second = await send(typed);
    expect([second.status, second.commentId !== first.commentId]).toEqual([303, true]);
    expect(await countComments(site.db, conversationId)).toBe(2);
  });

  it('two minutes later, over midnight, is the same', async () => {
    site.now = new Date('2026-03-10T23:59:00Z');
    const first = await send(typed);
    site.now = new Date('2026-03-11T00:01:00Z');
    expect((await send(typed)).commentId).toBe(first.commentId);
    site.now = new Date('2026-03-11T23:58:59Z');
    expect((await send(typed)).commentId).toBe(first.commentId);
    site.now = new Date('2026-03-11T23:59:00Z');
    expect((await send(typed)).commentId).not.toBe(first.commentId);
  });

  it.each<[string, Fields, Asker]>([
    ['another name', { name: 'Gregor Guest' }, { network: home }],
    ['another address', { email: 'other@guests.example' }, { network: home }],
    ['another network', {}, { network: '198.51.100.3' }],
    ['another text', { body: 'Other words.' }, { network: home }],
    ['a key that is no UUID, and another text', { key: 'mine', body: 'More words.' }, { network: home }],
  ])('with %s is another comment', async (_what, other, asker) => {
    const first = await send(typed);
    const second = await send({ ...typed, ...other }, asker);
    expect([first.status, second.status]).toEqual([303, 303]);
    expect(second.commentId).not.toBe(first.commentId);
  });

  it('in reply to something else is another comment', async () => {
    const owner = await site.signIn('owner');
    const { id } = await replyTo(site, path, {}, owner);
    const first = await send(typed);
    expect((await send({ ...typed, parent: String(id) })).commentId).not.toBe(first.commentId);
  });

  it('on another post is another comment', async () => {
    const first = await send(typed);
    const other = await addPost(site.db, { title: 'Elsewhere' });
    const second = await postReply(site, `/posts/${other.slug}`, typed, { network: home });
    expect(second.commentId).not.toBe(first.commentId);
  });
});

describe('A key that comes with another text', () => {
  it('is answered by 409 with both texts, and changes nothing', async () => {
    const key = randomUUID();
    await send({ ...typed, key });
    const { status, text } = await send({ ...typed, key, body: 'Other words, <b>bold</b>.' });
    expect(status).toBe(409);
    expect(text).toContain('The same words again.');
    expect(text).toContain('Other words, &lt;b&gt;bold&lt;/b&gt;.');
    expect(await countComments(site.db, conversationId)).toBe(1);
  });

  it('is so for two at once, too: one is kept, the other is told', async () => {
    const key = randomUUID();
    const answers = await Promise.all([1, 2, 3, 4].map((each) => send({ ...typed, key, body: `Version ${each}` })));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409, 409, 409]);
    expect(await countComments(site.db, conversationId)).toBe(1);
  });

  it('or with another parent is told as well', async () => {
    const owner = await site.signIn('owner');
    const { id } = await replyTo(site, path, {}, owner);
    const key = randomUUID();
    await send({ ...typed, key });
    expect((await send({ ...typed, key, parent: String(id) })).status).toBe(409);
  });
});

describe('A stranger who repeats what somebody wrote', () => {
  it('from another network does not become its writer', async () => {
    const first = await send(typed);
    const stranger = await send(typed, { network: '198.51.100.9' });
    expect(stranger.commentId).not.toBe(first.commentId);
    expect((await openPage(site, `/comments/${first.commentId}`, { cookie: stranger.cookie })).status).toBe(404);
  });

  it('from the same network does not either, once the writer has come back with the cookie', async () => {
    const first = await send(typed);
    await openPage(site, `/comments/${first.commentId}`, { cookie: first.cookie, network: home });
    const stranger = await send(typed);
    expect(stranger).toMatchObject({ status: 303, commentId: first.commentId });
    expect(stranger.cookie).not.toContain('visitor=');
  });

  it('from the same network does not, once the text can be read by all', async () => {
    const first = await send(typed);
    await site.db
      .updateTable('comment')
      .set({ status: 'approved', shown: true })
      .where('id', '=', first.commentId ?? 0)
      .execute();
    const stranger = await send(typed);
    expect(stranger).toMatchObject({ status: 303, commentId: first.commentId });
    expect(stranger.cookie).not.toContain('visitor=');
  });

  it('in a browser of their own is not made another one', async () => {
    const own = await send({ ...typed, body: 'Something of my own.' });
    await send(typed);
    expect((await send(typed, { cookie: own.cookie, network: home })).cookie).not.toContain('visitor=');
  });
});

describe('The second of two equal forms', () => {
  it('gets the first answer, although a closing came between them', async () => {
    const owner = await site.signIn('owner');
    const key = randomUUID();
    const held = await holdCounts(site.db, conversationId);
    const first = send({ ...typed, key });
    await untilWaiting(site.db, 1);
    // The closing comes before the second form is through, but after the first one.
    const table = holdClosures(owner.id);
    await untilWaiting(site.db, 2);
    const second = send({ ...typed, key });
    await untilWaiting(site.db, 3);
    held.release();
    await table;
    const answers = await Promise.all([first, second]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    expect(answers[1].commentId).toBe(answers[0].commentId);
    expect((await send({ ...typed, body: 'Too late.' })).status).toBe(403);
  });
});

function send(fields: Fields, asker: Asker = { network: home }): Promise<ReplyAnswer> {
  return postReply(site, path, fields, asker);
}

// Closes the conversation past all locks but that of the table, so that whoever asks for a closing waits for this one.
function holdClosures(accountId: number): Promise<void> {
  return site.db.transaction().execute(async (trx) => {
    await sql`lock table closure in access exclusive mode`.execute(trx);
    await sql`
      insert into closure (conversation_id, closed_by, closed_at)
      values (${conversationId}, ${accountId}, ${site.now})`.execute(trx);
  });
}
