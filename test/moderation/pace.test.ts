import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Asker,
  countComments,
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

let site: TestSite;
let moderator: { id: number; cookie: string };
let author: { id: number; cookie: string };
let path: string;
let conversationId: number;

beforeAll(async () => {
  site = await createTestSite({ TRUST_PROXY: '1', COMMENT_LIMIT: '60' });
  moderator = await site.signIn('moderator', 'Mona Moderator');
  author = await site.signIn('author', 'Anna Author');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 86_400_000);
  const post = await addPost(site.db, { title: 'A hot topic', mode: 'open', authorId: author.id });
  path = `/posts/${post.slug}`;
  conversationId = post.conversationId;
});

const setPace = (minutes: string, asker: Asker = moderator) => sendForm(site, `${path}/pace`, { minutes }, asker);
const network = '203.0.113.7';
const later = (minutes: number) => {
  site.now = new Date(site.now.getTime() + minutes * 60_000);
};

describe('Slow mode', () => {
  it('is told in the form before one writes, and not to the staff', async () => {
    expect(wordsOf((await openPage(site, path)).text)).not.toContain('slow mode');
    expect((await setPace('5')).status).toBe(303);
    const sentence = 'This conversation is in slow mode: one comment per person every 5 minutes.';
    expect(wordsOf((await openPage(site, path)).text)).toContain(sentence);
    expect(wordsOf((await openPage(site, path, moderator)).text)).not.toContain(sentence);
    const { id } = await replyTo(site, path, {}, { network });
    expect(wordsOf((await openPage(site, `/comments/${id}/reply`)).text)).toContain(sentence);
  });

  it('takes one comment of a browser within the minutes, gives the next one back, and takes it after them', async () => {
    await setPace('5');
    const { cookie } = await replyTo(site, path, {}, { network });
    later(2);
    const soon = await postReply(site, path, { body: 'One more thing.' }, { cookie, network: '198.51.100.1' });
    expect([soon.status, soon.headers['retry-after']]).toEqual([429, '180']);
    expect(soon.text).toContain('One more thing.</textarea>');
    expect(wordsOf(soon.text)).toContain('your last comment was a short while ago');
    expect(wordsOf(soon.text)).toContain('in 3 minutes');
    later(3);
    expect((await postReply(site, path, { body: 'One more thing.' }, { cookie, network })).status).toBe(303);
  });

  it('knows who has no cookie by the network', async () => {
    await setPace('5');
    await replyTo(site, path, {}, { network });
    expect((await postReply(site, path, {}, { network })).status).toBe(429);
    expect((await postReply(site, path, {}, { network: '198.51.100.2' })).status).toBe(303);
  });

  it('counts many that are sent at once by one person as one', async () => {
    await setPace('1');
    const { cookie } = await replyTo(site, path, {}, { network });
    later(2);
    const before = await countComments(site.db, conversationId);
    const answers = await Promise.all(Array.from({ length: 6 }, () => postReply(site, path, {}, { cookie, network })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 429, 429, 429, 429, 429]);
    expect(await countComments(site.db, conversationId)).toBe(before + 1);
  });

  it('lets a repeat of what was taken have its first answer', async () => {
    await setPace('5');
    const fields: Fields = { name: 'Greta', body: 'Only once.', key: 'c0ffee00-0000-4000-8000-00000000000a' };
    const first = await postReply(site, path, fields, { network });
    const again = await postReply(site, path, fields, { network });
    expect([first.status, again.status, again.commentId]).toEqual([303, 303, first.commentId]);
  });

  it('slows down neither other conversations nor the staff', async () => {
    const other = await addPost(site.db, { title: 'Another one', mode: 'open' });
    await setPace('5');
    const { cookie } = await replyTo(site, `/posts/${other.slug}`, {}, { network });
    expect((await postReply(site, path, {}, { cookie, network })).status).toBe(303);
    expect((await postReply(site, path, {}, { cookie, network })).status).toBe(429);
    expect((await postReply(site, `/posts/${other.slug}`, {}, { cookie, network })).status).toBe(303);
    for (const _ of [1, 2]) expect((await postReply(site, path, {}, { ...moderator, network })).status).toBe(303);
  });

  it('is an event with the minutes before and after, and can be undone', async () => {
    await setPace('5', author);
    const event = await lastEvent(site.db, 'conversation', conversationId);
    expect(event).toMatchObject({
      action: 'set_pace',
      actor_id: author.id,
      numbers: { slow_before: 0, slow_after: 5 },
    });
    expect(wordsOf((await openPage(site, path, author)).text)).toContain(
      'One comment per person in 5 minutes from now on. Undo',
    );
    expect((await sendForm(site, '/moderation/undo', { event: String(event.id) }, moderator)).status).toBe(303);
    expect(wordsOf((await openPage(site, path)).text)).not.toContain('slow mode');
    const undone = await lastEvent(site.db, 'conversation', conversationId);
    expect(undone).toMatchObject({ action: 'undo', undoes: event.id, numbers: { slow_before: 5, slow_after: 0 } });
    await sendForm(site, '/moderation/undo', { event: String(undone.id) }, moderator);
    expect(wordsOf((await openPage(site, path)).text)).toContain('every 5 minutes');
    await setPace('15');
    expect((await sendForm(site, '/moderation/undo', { event: String(event.id) }, moderator)).status).toBe(409);
    const latest = await lastEvent(site.db, 'conversation', conversationId);
    await site.db.updateTable('conversation').set({ slow_minutes: 7 }).where('id', '=', conversationId).execute();
    expect((await sendForm(site, '/moderation/undo', { event: String(latest.id) }, moderator)).status).toBe(409);
  });

  it.each(['', '-1', '1441', '1.5', 'five', '10000'])('cannot be set to “%s”', async (minutes) => {
    expect((await setPace(minutes)).status).toBe(422);
  });

  it('is set by who may moderate the conversation, and by nobody else', async () => {
    expect((await setPace('5', {})).status).toBe(403);
    const stranger = await site.signIn('author', 'Stella Stranger');
    expect((await setPace('5', stranger)).status).toBe(404);
    expect(wordsOf((await openPage(site, path)).text)).not.toContain('slow mode');
  });

  it('where it is off lets those pass who began before another of theirs was stored', async () => {
    const { cookie } = await replyTo(site, path, {}, { network });
    later(-1);
    expect((await postReply(site, path, {}, { cookie, network })).status).toBe(303);
    expect((await postReply(site, path, {}, { network })).status).toBe(303);
  });

  it('set to what it is changes nothing and is no event', async () => {
    await setPace('0');
    expect(await lastEvent(site.db, 'conversation', conversationId).catch(() => undefined)).toBeUndefined();
  });
});
