import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Asker,
  commentIdsOn,
  commentOn,
  decideOn,
  lastEvent,
  openPage,
  replyTo,
  sendForm,
  wordsOf,
} from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { plantThread } from '../support/threads.ts';

let site: TestSite;
let moderator: { id: number; cookie: string };
let author: { id: number; cookie: string };
let stranger: { id: number; cookie: string };
let path: string;
let conversationId: number;

beforeAll(async () => {
  site = await createTestSite();
  moderator = await site.signIn('moderator', 'Mona Moderator');
  author = await site.signIn('author', 'Anna Author');
  stranger = await site.signIn('author', 'Sven Stranger');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  const post = await addPost(site.db, { title: 'A talk', mode: 'open', authorId: author.id });
  path = `/posts/${post.slug}`;
  conversationId = post.conversationId;
});

describe('A pinned comment', () => {
  it('stands first, once, and is marked, with its replies where they belong', async () => {
    const [one, two] = [(await replyTo(site, path)).id, (await replyTo(site, path)).id];
    const { id: below } = await replyTo(site, path, { parent: String(two) });
    expect((await pin(two)).status).toBe(303);
    for (const address of [path, `${path}?order=newest`]) {
      const { text } = await openPage(site, address);
      expect(commentIdsOn(text)[0]).toBe(two);
      expect(commentIdsOn(text).toSorted()).toEqual([one, two, below].toSorted());
      expect(wordsOf(commentOn(text, two))).toMatch(/^Pinned Greta Guest/);
      expect(wordsOf(text)).toContain('Pinned at the top: what Greta Guest said');
      expect(text).toContain('1 reply');
    }
  });

  it('stands there too where it would stand on another page, and is led to there', async () => {
    const planted = Array.from({ length: 250 }, () => ({ parent: undefined, status: 'approved' as const }));
    const ids = await plantThread(site.db, conversationId, planted);
    const last = ids.at(-1) as number;
    await pin(last);
    expect(commentIdsOn((await openPage(site, path)).text)[0]).toBe(last);
    expect((await openPage(site, `/comments/${last}`)).headers.location).toBe(`${path}#c${last}`);
    const second = await openPage(site, `${path}?after=${ids[199]}`);
    expect(commentIdsOn(second.text)).not.toContain(last);
    expect(second.text).toContain(`<a href="/comments/${last}">Pinned at the top`);
  });

  it('gives way to another, is unpinned, and all of it is undone step by step', async () => {
    const [one, two] = [(await replyTo(site, path)).id, (await replyTo(site, path)).id];
    await pin(one, author);
    await pin(two);
    expect(await pinned()).toBe(two);
    const second = await lastEvent(site.db, 'conversation', conversationId);
    await sendForm(site, `/comments/${two}/unpin`, {}, moderator);
    expect(await pinned()).toBeUndefined();
    expect((await undo(second.id)).status).toBe(409);
    await undo((await lastEvent(site.db, 'conversation', conversationId)).id);
    expect(await pinned()).toBe(two);
    expect((await undo(second.id)).status).toBe(303);
    expect(await pinned()).toBe(one);
  });

  it('is none any more while it cannot be read', async () => {
    const { id } = await replyTo(site, path);
    await pin(id);
    await decideOn(site, moderator, id, { action: 'remove' });
    expect((await openPage(site, path)).text).not.toContain('pinned-mark');
    expect((await pin(id)).status).toBe(409);
  });

  it('is pinned by those who moderate the conversation, and offered to them', async () => {
    const { id } = await replyTo(site, path);
    expect((await pin(id, stranger)).status).toBe(404);
    expect((await pin(id, {})).status).toBe(403);
    expect((await pin(999_999)).status).toBe(404);
    expect((await openPage(site, `/comments/${id}/thread`, author)).text).toContain(`action="/comments/${id}/pin"`);
    await pin(id, author);
    expect((await openPage(site, `/comments/${id}/thread`, author)).text).toContain(`action="/comments/${id}/unpin"`);
    expect((await openPage(site, `/comments/${id}/thread`, stranger)).text).not.toContain('unpin"');
  });
});

function pin(id: number, asker: Asker = moderator) {
  return sendForm(site, `/comments/${id}/pin`, {}, asker);
}

function undo(event: number) {
  return sendForm(site, '/moderation/undo', { event: String(event) }, moderator);
}

async function pinned(): Promise<number | undefined> {
  const { text } = await openPage(site, path);
  return text.includes('pinned-mark') ? commentIdsOn(text)[0] : undefined;
}
