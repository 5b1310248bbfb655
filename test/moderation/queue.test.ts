import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { allowedActions, type CommentStatus, isErased } from '../../src/comments/lifecycle.ts';
import { decideOn, fieldOn, openPage, replyTo, statusOf, wordsOf } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { plantThread } from '../support/threads.ts';

jest.setTimeout(30_000);

let site: TestSite;
let owner: { id: number; cookie: string };
beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
});
afterAll(() => site.close());
beforeEach(() => {
  site.now = new Date(site.now.getTime() + 3_600_000);
});

describe('The queue', () => {
  it('lists what waits, oldest first, each with its text, post, parent, writer and the rule that held it', async () => {
    const { slug, id: postId } = await addPost(site.db, { title: 'On <waiting>' });
    const path = `/posts/${slug}`;
    const above = await replyTo(site, path, { body: 'What is *patience*?' }, owner);
    const first = await replyTo(site, path, { body: 'Waiting, I guess.', parent: String(above.id), name: 'Pete & Co' });
    const second = await replyTo(site, path, { body: 'https://a.example https://b.example https://c.example' });
    const { text } = await openPage(site, `/moderation?post=${postId}`, owner);
    expect(idsIn(text)).toEqual([first.id, second.id]);
    const item = wordsOf(itemOf(text, first.id));
    expect(item).toContain('Held: it is the first comment from this browser');
    expect(item).toContain('Pete & Co');
    expect(item).toContain('Waiting, I guess.');
    expect(item).toContain('On On <waiting>');
    expect(item).toContain('In reply to Olivia Owner');
    expect(itemOf(text, first.id)).toContain('<em>patience</em>');
    expect(item).toContain('The first comment from this browser.');
    expect(wordsOf(itemOf(text, second.id))).toContain(
      'Held: it has 3 links, and this site holds comments with more than 2.',
    );
    expect(wordsOf(itemOf(text, second.id))).not.toContain('In reply to');
    expect(text).toContain('<meta name="robots" content="noindex">');
  });

  it('shows of a parent that is hidden only that there is one', async () => {
    const { slug, id: postId } = await addPost(site.db, { title: 'A talk' });
    const above = await replyTo(site, `/posts/${slug}`, { body: 'Taken back.' }, owner);
    const { id } = await replyTo(site, `/posts/${slug}`, { parent: String(above.id) });
    await decideOn(site, owner, above.id, { action: 'remove' });
    const item = wordsOf(itemOf((await openPage(site, `/moderation?post=${postId}`, owner)).text, id));
    expect(item).toContain('In reply to a comment that is not shown');
    expect(item).not.toContain('Taken back.');
  });

  it('tells how the earlier comments of the same browser fared, the one itself left out', async () => {
    const { slug, id: postId } = await addPost(site.db, { title: 'A talk', mode: 'all_held' });
    const path = `/posts/${slug}`;
    const first = await replyTo(site, path);
    const sent = [first.id];
    for (let count = 1; count < 5; count += 1) sent.push((await replyTo(site, path, {}, first)).id);
    const [one, two, three, four, five] = sent as [number, number, number, number, number];
    await decideOn(site, owner, one, { action: 'approve' });
    await decideOn(site, owner, two, { action: 'approve' });
    await decideOn(site, owner, three, { action: 'spam' });
    const other = await replyTo(site, path);
    const { text } = await openPage(site, `/moderation?post=${postId}`, owner);
    expect(idsIn(text)).toEqual([four, five, other.id]);
    expect(wordsOf(itemOf(text, four))).toContain(
      'Before, from this browser: 2 approved, 0 rejected, 1 spam, 0 removed, 1 waiting.',
    );
    expect(wordsOf(itemOf(text, other.id))).toContain('The first comment from this browser.');
    const spam = await openPage(site, `/moderation?status=spam&post=${postId}`, owner);
    expect(wordsOf(itemOf(spam.text, three))).toContain('2 approved, 0 rejected, 0 spam, 0 removed, 2 waiting');
  });

  it('tells of the last hundred where there are more from the same browser', async () => {
    const { slug, conversationId, id: postId } = await addPost(site.db, { title: 'A talkative browser' });
    const { id } = await replyTo(site, `/posts/${slug}`);
    const older = await plantThread(site.db, conversationId, Array(3).fill({ parent: undefined, status: 'rejected' }));
    const newer = await plantThread(site.db, conversationId, Array(99).fill({ parent: undefined, status: 'spam' }));
    const write = (ids: number[], createdAt: string) =>
      site.db
        .updateTable('comment')
        .set((eb) => ({
          browser_id: eb.selectFrom('comment as first').select('first.browser_id').where('first.id', '=', id),
          created_at: new Date(createdAt),
        }))
        .where('id', 'in', ids)
        .execute();
    await write(older, '2026-03-01T12:00:00Z');
    await write(newer, '2026-03-02T12:00:00Z');
    const record = async () => wordsOf(itemOf((await openPage(site, `/moderation?post=${postId}`, owner)).text, id));
    expect(await record()).toContain(
      'Of the last 100 others from this browser: 0 approved, 1 rejected, 99 spam, 0 removed, 0 waiting.',
    );
    await site.db.updateTable('comment').set({ browser_id: null }).where('id', 'in', older).execute();
    expect(await record()).toContain(
      'Before, from this browser: 0 approved, 0 rejected, 99 spam, 0 removed, 0 waiting.',
    );
  });

  it('holds what several authors wrote together for each of them, and of theirs nothing else', async () => {
    const [one, other] = [await site.signIn('author'), await site.signIn('author')];
    const planted: number[] = [];
    for (const authors of [[one], [other], [one, other]]) {
      const { id: postId, conversationId } = await addPost(site.db, {
        title: 'By some',
        authorId: authors[0]?.id ?? 0,
      });
      const second = authors[1];
      if (second) {
        await site.db
          .insertInto('post_author')
          .values({ post_id: postId, account_id: second.id, position: 2 })
          .execute();
      }
      const ids = await plantThread(site.db, conversationId, Array(15).fill({ parent: undefined, status: 'spam' }));
      planted.push(...ids);
    }
    const newestFirst = planted.toReversed();
    const [shared, others, ones] = [newestFirst.slice(0, 15), newestFirst.slice(15, 30), newestFirst.slice(30)];
    for (const [asker, listed] of [[one, [...shared, ...ones]] as const, [other, [...shared, ...others]] as const]) {
      const first = await openPage(site, '/moderation?status=spam', asker);
      const next = /<a href="([^"]*)" rel="next"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
      const second = await openPage(site, next, asker);
      expect([...idsIn(first.text), ...idsIn(second.text)]).toEqual(listed);
    }
  });

  it('has a list for each status but those of what is erased, and offers with each what can be done', async () => {
    const { conversationId, id: postId } = await addPost(site.db, { title: 'A talk' });
    const statuses: CommentStatus[] = ['pending', 'approved', 'rejected', 'spam', 'removed', 'deleted', 'expired'];
    const ids = await plantThread(
      site.db,
      conversationId,
      statuses.map((status) => ({ parent: undefined, status })),
    );
    for (const [index, status] of statuses.entries()) {
      const { text } = await openPage(site, `/moderation?status=${status}&post=${postId}`, owner);
      if (isErased(status)) {
        // It is no moderator's any more: what waits is shown instead.
        expect(idsIn(text)).toEqual([ids[0]]);
        continue;
      }
      expect(idsIn(text)).toEqual([ids[index]]);
      expect(text).toMatch(status === 'pending' ? /<title>Moderation ·/ : /<title>Moderation: [A-Z][a-z]+ ·/);
      expect(actionsIn(itemOf(text, ids[index] as number))).toEqual(allowedActions(status));
      expect(actionsIn(/<form class="bulk"[\s\S]*?<\/form>/.exec(text)?.[0] ?? '')).toEqual(allowedActions(status));
      expect(text).not.toMatch(/status=(deleted|expired)/);
    }
  });

  it('goes on page by page, what waits with the oldest first, all else with the newest', async () => {
    const { conversationId, id: postId } = await addPost(site.db, { title: 'A long talk' });
    const statuses = ['pending', 'spam'] as const;
    const planted = Array.from({ length: 90 }, (_, index) => ({
      parent: undefined,
      status: statuses[index % 2] as CommentStatus,
    }));
    const ids = await plantThread(site.db, conversationId, planted);
    for (const [index, status] of statuses.entries()) {
      const seen: number[] = [];
      let next: string | undefined = `/moderation?status=${status}&post=${postId}`;
      while (next !== undefined) {
        const { text } = await openPage(site, next, owner);
        expect(fieldOn(text, 'back')).toBe(next.replace('status=pending&', ''));
        seen.push(...idsIn(text));
        next = /<a href="([^"]*)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
      }
      const expected = ids.filter((_id, place) => place % 2 === index);
      expect(seen).toEqual(status === 'pending' ? expected : expected.reverse());
    }
  });

  it('says what will be there, where nothing waits, and how to get from one post to all', async () => {
    const { id } = await addPost(site.db, { title: 'Quiet' });
    const { text } = await openPage(site, `/moderation?post=${id}`, owner);
    expect(idsIn(text)).toEqual([]);
    expect(wordsOf(text)).toContain('Only comments on “Quiet”. Show all posts');
    expect(text).toContain('<a href="/moderation">');
    const empty = await openPage(site, `/moderation?status=removed&post=${id}`, owner);
    expect(wordsOf(empty.text)).toContain('There are none.');
  });

  it.each(['?status=nonsense', '?status=', '?post=x', '?post=99999999999', '?after=x', '?status=spam&status=approved'])(
    'passes over what it does not know: %s',
    async (query) => {
      expect((await openPage(site, `/moderation${query}`, owner)).status).toBe(200);
    },
  );

  it('tells of a decision: who made it, when, and with which words', async () => {
    const { slug, id: postId } = await addPost(site.db, { title: 'A talk' });
    const { id } = await replyTo(site, `/posts/${slug}`);
    const moderator = await site.signIn('moderator', 'Mona Moderator');
    await decideOn(site, moderator, id, { action: 'reject', reason: 'Off topic.', note: 'See <there>.' });
    const { text } = await openPage(site, `/moderation?status=rejected&post=${postId}`, owner);
    const item = wordsOf(itemOf(text, id));
    expect(item).toMatch(/^Rejected by Mona Moderator on \d+ \w+ \d{4} at \d\d:\d\d\./);
    expect(item).toContain('Reason given: Off topic.');
    expect(item).toContain('Note: See <there>.');
    expect(item).toContain('Held: it is the first comment');
  });
});

describe('Whose queue it is', () => {
  it('a visitor is sent to sign in', async () => {
    const { status, headers } = await openPage(site, '/moderation?status=spam');
    expect([status, headers.location]).toEqual([303, '/sign-in?next=%2Fmoderation%3Fstatus%3Dspam']);
  });

  it('an author’s has what is on own posts, by whatever way one asks', async () => {
    const author = await site.signIn('author');
    const own = await addPost(site.db, { title: 'Mine', authorId: author.id });
    const other = await addPost(site.db, { title: 'Not mine' });
    const mine = await replyTo(site, `/posts/${own.slug}`);
    const theirs = await replyTo(site, `/posts/${other.slug}`);
    const { text } = await openPage(site, '/moderation', author);
    expect(idsIn(text)).toEqual([mine.id]);
    expect(wordsOf(text)).toContain('Waiting (1)');
    const filtered = await openPage(site, `/moderation?post=${other.id}`, author);
    expect(idsIn(filtered.text)).toEqual([]);
    expect(filtered.text).not.toContain('Not mine');
    const moderator = await site.signIn('moderator');
    const all = await openPage(site, `/moderation?post=${other.id}`, moderator);
    expect(idsIn(all.text)).toEqual([theirs.id]);
  });

  it('an author has none, where the owner does not let authors moderate', async () => {
    const author = await site.signIn('author');
    const { slug } = await addPost(site.db, { title: 'Mine', authorId: author.id });
    const { id } = await replyTo(site, `/posts/${slug}`);
    await site.db.updateTable('site').set({ authors_moderate: false }).execute();
    expect((await openPage(site, '/moderation', author)).status).toBe(404);
    expect((await decideOn(site, author, id, { action: 'approve' })).status).toBe(403);
    expect((await openPage(site, `/posts/${slug}`, author)).text).not.toContain(`/posts/${slug}/closures`);
    await site.db.updateTable('site').set({ authors_moderate: true }).execute();
    expect(await statusOf(site.db, id)).toBe('pending');
    expect((await openPage(site, '/moderation', author)).status).toBe(200);
  });

  it('is private to whoever is signed in', async () => {
    expect((await openPage(site, '/moderation', owner)).headers['cache-control']).toContain('private');
  });
});

function idsIn(text: string): number[] {
  return [...text.matchAll(/<li class="queue-item" id="c(\d+)"/g)].map(([, id]) => Number(id));
}

function itemOf(text: string, id: number): string {
  return new RegExp(`<li class="queue-item" id="c${id}">[\\s\\S]*?</article>`).exec(text)?.[0] ?? '';
}

function actionsIn(text: string): string[] {
  return [...text.matchAll(/<button name="action" value="(\w+)"/g)].map(([, action = '']) => action);
}
