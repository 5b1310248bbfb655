import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import {
  type Asker,
  type Fields,
  lastEvent,
  openPage,
  postReply,
  replyTo,
  sendForm,
  wordsOf,
} from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

const day = 86_400_000;

let site: TestSite;
let owner: { id: number; cookie: string };
let moderator: { id: number; cookie: string };
let author: { id: number; cookie: string };
let path: string;
let conversationId: number;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
  moderator = await site.signIn('moderator', 'Mona Moderator');
  author = await site.signIn('author', 'Anna Author');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  const publishedAt = new Date(site.now.getTime() - 60_000);
  const post = await addPost(site.db, { title: 'A talk', mode: 'open', authorId: author.id, publishedAt });
  path = `/posts/${post.slug}`;
  conversationId = post.conversationId;
});

describe('Closing a conversation', () => {
  it('hides the form, never the talk, and shows readers the reason, not the note', async () => {
    const { id } = await replyTo(site, path, { body: 'What I said.' });
    const answer = await close({ reason: ' All is <said>. ', note: ' It got loud. ' });
    expect([answer.status, answer.headers.location]).toEqual([303, `${path}#conversation`]);
    const { text } = await openPage(site, path);
    expect(wordsOf(text)).toContain('Comments are closed. All is <said>.');
    expect(text).toContain('What I said.');
    expect(text).toContain(`id="c${id}"`);
    expect(text).not.toContain('<form');
    expect(text).not.toContain('It got loud.');
    const closure = await site.db
      .selectFrom('closure')
      .selectAll()
      .where('conversation_id', '=', conversationId)
      .executeTakeFirstOrThrow();
    expect(closure).toMatchObject({
      reason: 'All is <said>.',
      note: 'It got loud.',
      closed_by: moderator.id,
      closed_at: site.now,
      reopened_at: null,
    });
    const { reason, note, ...event } = await lastEvent(site.db, 'conversation', conversationId);
    expect(event).toMatchObject({ action: 'close', from_status: 'open', to_status: 'closed', actor_id: moderator.id });
    expect([reason, note]).toEqual([null, null]);
  });

  it('tells its note to moderators, on the post and in its queue', async () => {
    await close({ note: 'It got loud.' });
    expect((await openPage(site, path, owner)).text).toContain('Noted at the closing: It got loud.');
    const { id } = await site.db
      .selectFrom('post')
      .select('id')
      .where('conversation_id', '=', conversationId)
      .executeTakeFirstOrThrow();
    const queue = await openPage(site, `/moderation?post=${id}`, owner);
    expect(queue.text).toContain('Noted at the closing: It got loud.');
    expect(queue.text).toContain(`action="${path}/closures/current/reopen"`);
  });

  it('is offered in the queue of its post', async () => {
    const { id } = await site.db
      .selectFrom('post')
      .select('id')
      .where('conversation_id', '=', conversationId)
      .executeTakeFirstOrThrow();
    expect((await openPage(site, `/moderation?post=${id}`, owner)).text).toContain(`action="${path}/closures"`);
    expect((await openPage(site, '/moderation', owner)).text).not.toContain(`${path}/closures"`);
  });

  it('needs no reason', async () => {
    await close({});
    expect(wordsOf((await openPage(site, path)).text)).toMatch(/Comments are closed\. Closed on \d+ \w+ \d{4}\./);
  });

  it('that somebody else closed already is told: who it was, why, and what was typed for nothing', async () => {
    await close({ reason: 'Enough.', note: 'See above.' });
    const { status, text } = await close({ reason: 'My reason.', note: 'My note.' }, owner);
    expect(status).toBe(409);
    const words = wordsOf(text);
    expect(words).toContain('This conversation was closed already.');
    expect(words).toContain('Closed by Mona Moderator on');
    expect(words).toContain('Enough.');
    expect(words).toContain('See above.');
    expect(text).toContain('My reason.');
    expect(text).toContain('My note.');
    expect(text).toContain(`href="${path}#conversation"`);
    expect(await closures()).toHaveLength(1);
  });

  it('at the same time as others is done once', async () => {
    const answers = await Promise.all([close({}), close({}, owner), close({}, author)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409, 409]);
    expect(await closures()).toHaveLength(1);
  });

  it.each([
    ['reason', 500],
    ['note', 2000],
  ])('with too long a %s (more than %i) is 422 with what was typed', async (field, most) => {
    const fields = { reason: 'A reason.', note: 'A note.', [field]: 'x'.repeat(most + 1) };
    const { status, text } = await close(fields);
    expect(status).toBe(422);
    for (const typed of Object.values(fields)) expect(text).toContain(typed);
    expect(await closures()).toHaveLength(0);
    expect((await close({ [field]: '🙂'.repeat(most) })).status).toBe(303);
  });

  it('is offered to those who may, and to nobody else', async () => {
    const other = await site.signIn('author');
    for (const [asker, offered] of [
      [owner, true],
      [moderator, true],
      [author, true],
      [other, false],
      [undefined, false],
    ] as const) {
      expect((await openPage(site, path, asker)).text.includes(`action="${path}/closures"`)).toBe(offered);
    }
  });
});

describe('Who may close and reopen', () => {
  it('is an author on own posts only', async () => {
    const other = await site.signIn('author');
    expect((await close({}, other)).status).toBe(404);
    expect((await close({}, author)).status).toBe(303);
    expect((await reopen(other)).status).toBe(404);
    expect((await reopen(author)).status).toBe(303);
  });

  it('is no visitor, and nobody by way of another site', async () => {
    const { cookie } = await replyTo(site, path);
    for (const asker of [{}, { cookie }]) {
      expect((await close({}, asker)).status).toBe(403);
      expect((await reopen(asker)).status).toBe(403);
    }
    const forged = await request(site.app)
      .post(`${path}/closures`)
      .set({ 'Sec-Fetch-Site': 'cross-site', Cookie: moderator.cookie })
      .type('form')
      .send('reason=x');
    expect(forged.status).toBe(403);
    expect(await closures()).toHaveLength(0);
  });

  it('finds nothing where there is nothing, or nothing published', async () => {
    const draft = await addPost(site.db, { title: 'A draft', publishedAt: null });
    expect((await close({}, moderator, '/posts/never-was')).status).toBe(404);
    expect((await close({}, moderator, `/posts/${draft.slug}`)).status).toBe(404);
  });
});

describe('Reopening a conversation', () => {
  it('lets replies in again', async () => {
    await close({ reason: 'A pause.' });
    expect((await postReply(site, path)).status).toBe(403);
    const page = await openPage(site, path, moderator);
    expect(page.text).toContain(`action="${path}/closures/current/reopen"`);
    site.now = new Date(site.now.getTime() + 60_000);
    const answer = await reopen();
    expect([answer.status, answer.headers.location]).toEqual([303, `${path}#conversation`]);
    expect((await postReply(site, path)).status).toBe(303);
    expect((await openPage(site, path)).text).not.toContain('A pause.');
    expect((await closures())[0]).toMatchObject({ reopened_by: moderator.id, reopened_at: site.now });
    expect(await lastEvent(site.db, 'conversation', conversationId)).toMatchObject({
      action: 'reopen',
      from_status: 'closed',
      to_status: 'open',
    });
    expect((await close({ reason: 'Another pause.' })).status).toBe(303);
    expect(await closures()).toHaveLength(2);
  });

  it('of one that is open is told, with who opened it', async () => {
    expect((await reopen()).status).toBe(409);
    await close({});
    await reopen();
    const { status, text } = await reopen(owner);
    expect(status).toBe(409);
    expect(wordsOf(text)).toContain('This conversation is open already. Reopened by Mona Moderator on');
  });

  it('of one that was closed by its age lets it stay open, however old it grows', async () => {
    await site.db.updateTable('site').set({ close_after_days: 14 }).execute();
    site.now = new Date(site.now.getTime() + 20 * day);
    expect((await postReply(site, path)).status).toBe(403);
    expect((await reopen()).status).toBe(303);
    site.now = new Date(site.now.getTime() + 1000 * day);
    expect((await postReply(site, path)).status).toBe(303);
    await site.db.updateTable('site').set({ close_after_days: null }).execute();
  });

  it('of one that was closed by hand, and meanwhile by its age, opens it, too', async () => {
    await close({});
    await site.db.updateTable('conversation').set({ close_after_days: 1 }).where('id', '=', conversationId).execute();
    site.now = new Date(site.now.getTime() + 2 * day);
    expect((await reopen()).status).toBe(303);
    expect((await postReply(site, path)).status).toBe(303);
  });

  it('holds although the clock of another process was ahead when it closed it', async () => {
    await close({});
    const ahead = site.now;
    site.now = new Date(ahead.getTime() - 5000);
    expect((await reopen()).status).toBe(303);
    expect((await closures())[0]?.reopened_at).toEqual(ahead);
    site.now = ahead;
  });
});

describe('A page', () => {
  it('is closed and reopened below its own address', async () => {
    const { slug } = await addPost(site.db, { title: 'Guest book', kind: 'page', mode: 'open' });
    const answer = await close({ reason: 'Full.' }, moderator, `/${slug}`);
    expect([answer.status, answer.headers.location]).toEqual([303, `/${slug}#conversation`]);
    expect((await postReply(site, `/${slug}`)).status).toBe(403);
    expect((await reopen(moderator, `/${slug}`)).status).toBe(303);
    expect((await postReply(site, `/${slug}`)).status).toBe(303);
  });
});

describe('An earlier address of a post', () => {
  it('closes the post where it is now', async () => {
    const { slug, id } = await addPost(site.db, { title: 'Moved', mode: 'open' });
    await site.db.insertInto('address').values({ path: '/posts/before-it-moved', post_id: id }).execute();
    const answer = await close({}, moderator, '/posts/before-it-moved');
    expect([answer.status, answer.headers.location]).toEqual([303, `/posts/${slug}#conversation`]);
  });
});

function close(fields: Fields, asker: Asker = moderator, place = path) {
  return sendForm(site, `${place}/closures`, fields, asker);
}

function reopen(asker: Asker = moderator, place = path) {
  return sendForm(site, `${place}/closures/current/reopen`, {}, asker);
}

function closures() {
  return site.db
    .selectFrom('closure')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .orderBy('id')
    .execute();
}
