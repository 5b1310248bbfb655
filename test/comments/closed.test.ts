import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { countComments, fieldOn, openPage, postReply, replyTo, wordsOf } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

const day = 86_400_000;
const published = new Date('2026-03-01T12:00:00Z');

let site: TestSite;
beforeAll(async () => {
  site = await createTestSite();
  site.now = new Date(published.getTime() + day);
});
afterAll(() => site.close());

describe('A closed conversation', () => {
  const ways: [string, (conversationId: number) => Promise<unknown>][] = [
    ['by hand', (id) => site.db.insertInto('closure').values({ conversation_id: id, closed_at: site.now }).execute()],
    ['by its mode', (id) => changeConversation(id, { mode: 'closed' })],
    ['by its age', (id) => changeConversation(id, { close_after_days: 1 })],
    ['by the mode of the site', () => site.db.updateTable('site').set({ comment_mode: 'closed' }).execute()],
    ['by the age that the site sets', () => site.db.updateTable('site').set({ close_after_days: 1 }).execute()],
  ];
  it.each(ways)('(%s) shows what stands, says that it is closed, and offers no form', async (_way, close) => {
    const { slug, conversationId } = await addPost(site.db, { title: 'Closed', mode: null, publishedAt: published });
    const owner = await site.signIn('owner');
    const { id } = await replyTo(site, `/posts/${slug}`, { body: 'I was in time.' }, owner);
    await close(conversationId);
    const { text } = await openPage(site, `/posts/${slug}`);
    expect(wordsOf(text)).toContain('Comments are closed.');
    expect(text).toContain('I was in time.');
    expect(text).not.toContain('<form');
    expect(text).not.toContain(`/comments/${id}/reply`);
    expect((await openPage(site, `/comments/${id}/reply`)).headers.location).toBe(`/comments/${id}`);

    const late = '  I was <late>.\n\n```\nwith code\n```';
    const refused = await postReply(site, `/posts/${slug}`, { body: late });
    expect(refused.status).toBe(403);
    expect(/<textarea id="body"[^>]* readonly[^>]*>\n([^<]*)</.exec(refused.text)?.[1]).toBe(
      '  I was &lt;late>.\n\n```\nwith code\n```'.replace('>', '&gt;'),
    );
    expect(wordsOf(refused.text)).toContain('The conversation was closed before your reply arrived');
    expect((await postReply(site, `/posts/${slug}`, { body: '' }, owner)).status).toBe(403);
    expect(await countComments(site.db, conversationId)).toBe(1);
    await site.db.updateTable('site').set({ comment_mode: 'first_held', close_after_days: null }).execute();
  });

  it('closes at its time by the clock alone', async () => {
    const { slug, conversationId } = await addPost(site.db, { title: 'By the clock', publishedAt: published });
    await changeConversation(conversationId, { close_after_days: 14 });
    site.now = new Date(published.getTime() + 14 * day - 1);
    expect(fieldOn((await openPage(site, `/posts/${slug}`)).text, 'body')).toBe('');
    expect((await postReply(site, `/posts/${slug}`)).status).toBe(303);
    site.now = new Date(published.getTime() + 14 * day);
    const { text } = await openPage(site, `/posts/${slug}`);
    expect(wordsOf(text)).toContain('Comments are closed. Closed on 15 March 2026.');
    expect((await postReply(site, `/posts/${slug}`)).status).toBe(403);
  });
});

describe('What was typed', () => {
  it('comes back, in whatever moment of its way the conversation closes', async () => {
    const { slug, conversationId } = await addPost(site.db, { title: 'In this moment', publishedAt: published });
    await changeConversation(conversationId, { close_after_days: 30 });
    const closesAt = published.getTime() + 30 * day;
    const statuses: number[] = [];
    for (let early = 0; early < 10; early += 1) {
      const { status, text } = await postWith(
        `/posts/${slug}`,
        (asked) => new Date(closesAt - (asked < early ? 1 : 0)),
      );
      statuses.push(status);
      expect(text).toContain('A long thought.');
    }
    expect(new Set(statuses)).toEqual(new Set([403, 422]));
  });
});

// Sends a reply with a mistake in it while the clock is asked for the time again and again.
async function postWith(path: string, timeWhenAsked: (times: number) => Date) {
  let asked = 0;
  Object.defineProperty(site, 'now', { configurable: true, get: () => timeWhenAsked(asked++) });
  const answer = await postReply(site, path, { name: '', body: 'A long thought.' });
  Object.defineProperty(site, 'now', { configurable: true, writable: true, value: timeWhenAsked(asked) });
  return answer;
}

function changeConversation(id: number, change: { mode?: 'closed'; close_after_days?: number }) {
  return site.db.updateTable('conversation').set(change).where('id', '=', id).execute();
}
