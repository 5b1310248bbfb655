import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  commentIdsOn,
  commentOn,
  countComments,
  decideOn,
  openPage,
  postReply,
  replyTo,
  wordsOf,
} from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { type Planted, plantThread } from '../support/threads.ts';

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

describe('The heading over a conversation', () => {
  it.each([
    [[], 'No thoughts yet on “Counting”'],
    [['approved'], 'One thought on “Counting”'],
    [['approved', 'approved'], '2 thoughts on “Counting”'],
    [['approved', 'pending', 'spam', 'rejected', 'removed', 'deleted'], 'One thought on “Counting”'],
    [['removed'], 'No thoughts yet on “Counting”'],
  ] as const)('counts what one can read: of %j it says %s', async (statuses, heading) => {
    const post = await addPost(site.db, { title: 'Counting' });
    await plantThread(
      site.db,
      post.conversationId,
      statuses.map((status) => ({ parent: undefined, status })),
    );
    const { text } = await openPage(site, `/posts/${post.slug}`);
    const found = /<h2 id="conversation-heading">([^<]*)<\/h2>/.exec(text)?.[1];
    expect(wordsOf(found ?? '')).toBe(heading);
  });

  it('leads to the form, where there is something to scroll past', async () => {
    const post = await addPost(site.db, { title: 'A talk' });
    await plantThread(site.db, post.conversationId, [{ parent: undefined, status: 'approved' }]);
    const { text } = await openPage(site, `/posts/${post.slug}`);
    expect(text).toContain('<a href="#reply">Add yours</a>');
    expect(text).toContain('id="reply"');
  });
});

describe('The conversation', () => {
  it('is the same when its comments were printed before, in every script', async () => {
    const { slug } = await addPost(site.db, { title: 'A talk', mode: 'open' });
    const path = `/posts/${slug}`;
    const first = await replyTo(site, path, { name: 'Zoë 😀', body: 'Größer als „5 €“, 日本語 and 1.' });
    await replyTo(site, path, { name: 'שרה', body: 'שלום', parent: String(first.id) });
    const cookie = 'some=thing';
    const printed = await openPage(site, path, { cookie });
    const again = await openPage(site, path, { cookie });
    expect(printed.text).toContain('<p>Größer als „5 €“, 日本語 and 1.</p>');
    expect(printed.text).not.toContain('\0');
    expect(again.text).toBe(printed.text);
    expect(Number(again.headers['content-length'])).toBe(Buffer.byteLength(again.text));
  });

  it('is nested lists, each comment with its writer, date and permalink, each Reply naming its person', async () => {
    const { slug } = await addPost(site.db, { title: 'A talk', mode: 'open' });
    const path = `/posts/${slug}`;
    const first = await replyTo(site, path, { name: 'Petra', website: 'https://petra.example' });
    const second = await replyTo(site, path, { name: 'Quentin', parent: String(first.id) });
    const third = await replyTo(site, path, { name: 'Rosa' });
    const { text } = await openPage(site, path);
    expect(commentIdsOn(text)).toEqual([first.id, second.id, third.id]);
    const lists = text.slice(text.indexOf('<ol class="thread"'), text.lastIndexOf('</ol>'));
    const inner = lists.indexOf('<ol', 5);
    expect(inner).toBeLessThan(lists.indexOf(`id="c${second.id}"`));
    expect(lists.indexOf('</ol>')).toBeLessThan(lists.indexOf(`id="c${third.id}"`));
    expect(wordsOf(/<summary>.*<\/summary>/.exec(text)?.[0] ?? '')).toBe('1 reply to Petra');

    const comment = commentOn(text, first.id);
    expect(comment).toContain('<a class="comment-name" href="https://petra.example/" rel="nofollow ugc noopener">');
    expect(comment).toContain(`href="/comments/${first.id}"`);
    expect(comment).toContain(`<time datetime="${site.now.toISOString()}"`);
    expect(comment).toMatch(new RegExp(`href="/comments/${first.id}/reply"[^>]* aria-label="Reply to Petra"`));
    expect(wordsOf(commentOn(text, second.id))).toContain('Level 2, in reply to Petra');
  });

  it('marks what an author of the post says, and nobody else', async () => {
    const author = await site.signIn('author', 'Anna Author');
    const { slug } = await addPost(site.db, { title: 'Mine', mode: 'open', authorId: author.id });
    const own = await replyTo(site, `/posts/${slug}`, {}, author);
    const staff = await replyTo(site, `/posts/${slug}`, {}, owner);
    const guest = await replyTo(site, `/posts/${slug}`, { name: 'Not Anna' });
    const { text } = await openPage(site, `/posts/${slug}`);
    expect(wordsOf(commentOn(text, own.id))).toMatch(/^Anna Author author /);
    expect(wordsOf(commentOn(text, staff.id))).toMatch(/^Olivia Owner \d/);
    expect(wordsOf(commentOn(text, guest.id))).toMatch(/^Not Anna \d/);
  });

  it('keeps a visible reply under a placeholder that names nobody', async () => {
    const { slug } = await addPost(site.db, { title: 'A talk', mode: 'open' });
    const path = `/posts/${slug}`;
    const hidden = await replyTo(site, path, {
      name: 'Norbert Nobody',
      email: 'norbert@guests.example',
      website: 'https://norbert.example',
      body: 'Something that went too far.',
    });
    const reply = await replyTo(site, path, { parent: String(hidden.id), body: 'Let us be calm.' });
    await decideOn(site, owner, hidden.id, { action: 'remove', reason: 'Too far.', note: 'Known for it.' });
    const { text } = await openPage(site, path);
    expect(commentIdsOn(text)).toEqual([hidden.id, reply.id]);
    expect(wordsOf(commentOn(text, hidden.id))).toBe('A moderator removed this comment. The reason given: Too far.');
    expect(wordsOf(commentOn(text, reply.id))).toContain('in reply to a comment that is not shown');
    for (const word of ['Norbert', 'norbert', 'Something that went', 'Known for it']) expect(text).not.toContain(word);
    expect(wordsOf(text)).toContain('One thought on');
    expect((await openPage(site, `/comments/${hidden.id}`)).headers.location).toBe(`${path}#c${hidden.id}`);

    await decideOn(site, owner, reply.id, { action: 'spam' });
    expect(commentIdsOn((await openPage(site, path)).text)).toEqual([]);
    expect((await openPage(site, `/comments/${hidden.id}`)).status).toBe(404);
  });

  it('goes on page by page, and every permalink leads to the right one', async () => {
    const post = await addPost(site.db, { title: 'A long talk' });
    const path = `/posts/${post.slug}`;
    const planted = Array.from({ length: 500 }, (_, index): Planted => {
      const deep = index % 100 > 0 && index % 100 < 30;
      return { parent: deep ? index - 1 : undefined, status: 'approved' };
    });
    const ids = await plantThread(site.db, post.conversationId, planted);
    const seen: number[] = [];
    let next: string | undefined = path;
    while (next !== undefined) {
      const { text } = await openPage(site, next);
      const repeated = [...text.matchAll(/<article class="comment repeated" id="c(\d+)"/g)].map(([, id]) => Number(id));
      const own = commentIdsOn(text).filter((id) => !repeated.includes(id));
      expect(own.length).toBeLessThanOrEqual(200);
      seen.push(...own);
      next = /<p class="thread-more"><a href="([^"]*)"/.exec(text)?.[1];
    }
    expect(seen.length).toBe(500);
    expect(new Set(seen).size).toBe(500);
    for (const id of [ids[0], ids[199], ids[200], ids[431], ids[499]]) {
      const { headers } = await openPage(site, `/comments/${id}`);
      expect(headers.location).toMatch(new RegExp(`#c${id}$`));
      const { text } = await openPage(site, headers.location?.split('#')[0] ?? '');
      expect(commentIdsOn(text)).toContain(id);
    }
  });

  it.each([
    '?after=x',
    '?after=0',
    '?after=2147483648',
    '?after=',
    '?after=1&after=2',
    '?unknown=1',
    '?order=sideways',
  ])('passes over what it does not know: %s', async (query) => {
    const post = await addPost(site.db, { title: 'A talk' });
    const [id] = await plantThread(site.db, post.conversationId, [{ parent: undefined, status: 'approved' }]);
    const { status, text } = await openPage(site, `/posts/${post.slug}${query}`);
    expect([status, commentIdsOn(text)]).toEqual([200, [id]]);
  });

  it('belongs to a page as well as to a post', async () => {
    const { slug, conversationId } = await addPost(site.db, { title: 'Guest book', kind: 'page', mode: 'open' });
    const { id } = await replyTo(site, `/${slug}`);
    expect(commentIdsOn((await openPage(site, `/${slug}`)).text)).toEqual([id]);
    expect((await openPage(site, `/comments/${id}`)).headers.location).toBe(`/${slug}#c${id}`);
    expect(await countComments(site.db, conversationId)).toBe(1);
  });

  it('is not mentioned on a page where there is none and none can begin', async () => {
    const { slug } = await addPost(site.db, { title: 'Imprint', kind: 'page', mode: 'closed' });
    const { text } = await openPage(site, `/${slug}`);
    expect(text).not.toContain('id="conversation"');
    expect(wordsOf(text)).not.toContain('Comments are closed');
  });
});

describe('A post that is not published', () => {
  it('is not found, nor are its comments, except by its authors and the owner', async () => {
    const author = await site.signIn('author');
    const other = await site.signIn('author');
    const moderator = await site.signIn('moderator');
    const { slug, id } = await addPost(site.db, { title: 'On hold', mode: 'open', authorId: author.id });
    const path = `/posts/${slug}`;
    const comment = await replyTo(site, path);
    await site.db.updateTable('post').set({ published_at: null }).where('id', '=', id).execute();
    for (const asker of [undefined, { cookie: comment.cookie }, other, moderator]) {
      expect((await openPage(site, path, asker)).status).toBe(404);
      expect((await openPage(site, `/comments/${comment.id}`, asker)).status).toBe(404);
      expect((await openPage(site, `/comments/${comment.id}/reply`, asker)).status).toBe(404);
      expect((await postReply(site, path, {}, asker)).status).toBe(404);
    }
    for (const asker of [author, owner]) {
      const { status, text, headers } = await openPage(site, path, asker);
      expect([status, headers['cache-control']]).toEqual([200, 'private, max-age=0, must-revalidate']);
      expect(wordsOf(text)).toContain('Draft: only its authors see this page.');
      // Nobody can read it, so nobody talks about it.
      expect((await postReply(site, path, {}, asker)).status).toBe(404);
    }
  });

  it('appears when its time has come, by the clock alone', async () => {
    const publishedAt = new Date(site.now.getTime() + 60_000);
    const { slug } = await addPost(site.db, { title: 'Tomorrow', publishedAt });
    const path = `/posts/${slug}`;
    expect((await openPage(site, path)).status).toBe(404);
    expect((await postReply(site, path)).status).toBe(404);
    site.now = new Date(publishedAt.getTime() - 1);
    expect((await openPage(site, path)).status).toBe(404);
    site.now = publishedAt;
    expect((await openPage(site, path)).status).toBe(200);
    expect((await postReply(site, path)).status).toBe(303);
  });
});

describe('An address', () => {
  it('that a post once had leads to the present one for good, and a reply to it arrives', async () => {
    const { slug, id, conversationId } = await addPost(site.db, { title: 'New name', slug: 'new-näme' });
    const path = `/posts/${encodeURIComponent(slug)}`;
    await site.db.insertInto('address').values({ path: '/posts/old-näme', post_id: id }).execute();
    const moved = await openPage(site, `/posts/${encodeURIComponent('old-näme')}`);
    expect([moved.status, moved.headers.location]).toEqual([301, path]);
    expect((await postReply(site, `/posts/${encodeURIComponent('old-näme')}`)).status).toBe(303);
    expect(await countComments(site.db, conversationId)).toBe(1);
  });

  it('that led to a draft tells nobody about it', async () => {
    const { id } = await addPost(site.db, { title: 'Quiet', publishedAt: null });
    await site.db.insertInto('address').values({ path: '/posts/was-quiet', post_id: id }).execute();
    expect((await openPage(site, '/posts/was-quiet')).status).toBe(404);
  });

  it('of a post that was deleted says that it is gone', async () => {
    const { slug, id } = await addPost(site.db, { title: 'Deleted', mode: 'open' });
    const comment = await replyTo(site, `/posts/${slug}`);
    await site.db.insertInto('address').values({ path: '/posts/was-deleted', post_id: id }).execute();
    await site.db.updateTable('post').set({ deleted_at: site.now }).where('id', '=', id).execute();
    for (const asker of [undefined, owner]) {
      expect((await openPage(site, `/posts/${slug}`, asker)).status).toBe(410);
      expect((await openPage(site, '/posts/was-deleted', asker)).status).toBe(410);
      expect((await postReply(site, `/posts/${slug}`, {}, asker)).status).toBe(410);
    }
    expect((await openPage(site, `/comments/${comment.id}`)).status).toBe(404);
  });

  it('that leads nowhere any more says so, too', async () => {
    await site.db.insertInto('address').values({ path: '/posts/long-gone', post_id: null }).execute();
    expect((await openPage(site, '/posts/long-gone')).status).toBe(410);
  });

  it('of a draft that was deleted says nothing', async () => {
    const { slug, id } = await addPost(site.db, { title: 'Never was', publishedAt: null });
    await site.db.updateTable('post').set({ deleted_at: site.now }).where('id', '=', id).execute();
    expect((await openPage(site, `/posts/${slug}`)).status).toBe(404);
  });

  it.each(['/posts/never-was', '/never-was', '/posts/%E0%A4%A', '/posts/a%00b'])('that never was: %s', async (path) => {
    const { status } = await openPage(site, path);
    expect([400, 404]).toContain(status);
    expect([400, 404]).toContain((await postReply(site, path)).status);
  });
});
