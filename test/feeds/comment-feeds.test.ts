import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { commentsPerFeed } from '../../src/feeds/newest-comments.ts';
import { openPage, replyTo } from '../support/comments.ts';
import { childrenOf, type ParsedElement, parseXml, textIn } from '../support/parse-xml.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { type Planted, plantThread } from '../support/threads.ts';

let site: TestSite;

beforeAll(async () => {
  site = await createTestSite({ BASE_URL: 'https://blog.example' });
  await site.db.updateTable('site').set({ comment_mode: 'open' }).execute();
});
afterAll(() => site.close());
beforeEach(() => {
  site.now = new Date('2026-11-21T12:00:00Z');
});

const approved = (parent?: number): Planted => ({ parent, status: 'approved' });
const chainOf = (length: number) => Array.from({ length }, (_, index) => approved(index === 0 ? undefined : index - 1));

async function readFeed(path: string): Promise<ParsedElement> {
  const response = await request(site.app).get(path).buffer(true).expect(200);
  expect(response.headers['content-type']).toBe('application/atom+xml; charset=utf-8');
  return parseXml(response.text);
}

const linkIn = (parent: ParsedElement, rel: string) =>
  childrenOf(parent, 'link').find((link) => link.attributes.rel === rel)?.attributes.href;
const idsIn = (feed: ParsedElement) =>
  childrenOf(feed, 'entry').map((entry) => Number(linkIn(entry, 'alternate')?.split('/').at(-1)));

/** The ids on all pages of a feed, as a reader finds them who follows the links. */
async function readAllPages(path: string): Promise<number[][]> {
  const pages: number[][] = [];
  for (let next: string | undefined = path; next; ) {
    const feed = await readFeed(next);
    expect(linkIn(feed, 'self')).toBe(`https://blog.example${next}`);
    pages.push(idsIn(feed));
    next = linkIn(feed, 'next')?.replace('https://blog.example', '');
  }
  return pages;
}

async function plant(title: string, planted: readonly Planted[]): Promise<{ id: number; slug: string; ids: number[] }> {
  const { id, slug, conversationId } = await addPost(site.db, { title });
  return { id, slug, ids: await plantThread(site.db, conversationId, planted) };
}

const newestFirst = (ids: readonly number[]) => [...ids].sort((a, b) => b - a);
const statusTo = (path: string) =>
  request(site.app)
    .get(path)
    .then(({ status }) => status);

describe('the feed of a conversation', () => {
  it('says of each comment who wrote it, when, on what, and all of it', async () => {
    const { slug } = await addPost(site.db, { title: 'Tea & <time>' });
    const website = 'https://greta.example/';
    const body = 'See *this*: <https://far.example/?a=1&b=2>';
    const { id } = await replyTo(site, `/posts/${slug}`, { name: 'Greta Guest', website, body });
    const feed = await readFeed(`/posts/${slug}/comments/feed.xml`);
    expect(feed.attributes).toEqual({
      xmlns: 'http://www.w3.org/2005/Atom',
      'xmlns:thr': 'http://purl.org/syndication/thread/1.0',
      'xml:lang': 'en',
    });
    expect(textIn(feed, 'title')).toBe('Comments on “Tea & <time>”');
    expect(linkIn(feed, 'self')).toBe(`https://blog.example/posts/${slug}/comments/feed.xml`);
    expect(linkIn(feed, 'alternate')).toBe(`https://blog.example/posts/${slug}#conversation`);
    expect(textIn(feed, 'updated')).toBe('2026-11-21T12:00:00.000Z');
    expect(childrenOf(feed, 'author').map((author) => textIn(author, 'name'))).toEqual(['Rejoinder']);

    const [entry, ...others] = childrenOf(feed, 'entry');
    if (!entry || others.length > 0) throw new Error('One entry was expected.');
    expect(textIn(entry, 'title')).toBe('Greta Guest on “Tea & <time>”');
    expect(textIn(entry, 'id')).toMatch(/^urn:uuid:[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(textIn(entry, 'published')).toBe('2026-11-21T12:00:00.000Z');
    expect(textIn(entry, 'updated')).toBe('2026-11-21T12:00:00.000Z');
    expect(linkIn(entry, 'alternate')).toBe(`https://blog.example/comments/${id}`);
    const [author] = childrenOf(entry, 'author');
    expect(author && [textIn(author, 'name'), textIn(author, 'uri')]).toEqual(['Greta Guest', website]);
    expect(childrenOf(entry, 'content')[0]).toMatchObject({
      attributes: { type: 'html' },
      text: expect.stringMatching(/^<p>See <em>this<\/em>: <a href="https:\/\/far\.example\/\?a=1&amp;b=2"/),
    });
  });

  it('says what each comment answers, by the id that this has in its own feed', async () => {
    const { slug } = await addPost(site.db, { title: 'Answers' });
    const { id: first } = await replyTo(site, `/posts/${slug}`);
    const { id: second } = await replyTo(site, `/posts/${slug}`, { parent: String(first) });
    const [reply, root] = childrenOf(await readFeed(`/posts/${slug}/comments/feed.xml`), 'entry');
    if (!reply || !root) throw new Error('Two entries were expected.');
    const post = childrenOf(await readFeed('/feed.xml'), 'entry').find(
      (entry) => linkIn(entry, 'alternate') === `https://blog.example/posts/${slug}`,
    );
    if (!post) throw new Error('The post is not in its feed.');
    const answered = (entry: ParsedElement) => childrenOf(entry, 'thr:in-reply-to').map(({ attributes }) => attributes);
    expect(answered(root)).toEqual([
      { ref: textIn(post, 'id'), type: 'text/html', href: `https://blog.example/posts/${slug}` },
    ]);
    expect(answered(reply)).toEqual([
      { ref: textIn(root, 'id'), type: 'text/html', href: `https://blog.example/comments/${first}` },
    ]);
    expect(linkIn(reply, 'replies')).toBe(`https://blog.example/comments/${second}/thread/feed.xml`);
    expect(linkIn(post, 'replies')).toBe(`https://blog.example/posts/${slug}/comments/feed.xml`);
  });

  it('names no e-mail address, whatever is known of the writer', async () => {
    const { slug } = await addPost(site.db, { title: 'Silence' });
    await replyTo(site, `/posts/${slug}`, { name: 'Greta Guest', email: 'greta@secret.example', body: 'Hello.' });
    for (const path of [`/posts/${slug}/comments/feed.xml`, '/comments/feed.xml']) {
      const { text } = await openPage(site, path);
      expect(text).toContain('Greta Guest');
      expect(text).not.toMatch(/secret\.example|<email/);
    }
  });

  it('holds what is approved and nothing else', async () => {
    const statuses = ['approved', 'pending', 'rejected', 'spam', 'removed', 'deleted', 'approved'] as const;
    const { slug, ids } = await plant(
      'Statuses',
      statuses.map((status) => ({ parent: undefined, status })),
    );
    expect(idsIn(await readFeed(`/posts/${slug}/comments/feed.xml`))).toEqual([ids[6], ids[0]]);
  });

  it('goes on by links, and no comment is lost or told twice while others are written', async () => {
    const { slug, ids } = await plant(
      'Many',
      Array.from({ length: 2 * commentsPerFeed + 3 }, () => approved()),
    );
    const path = `/posts/${slug}/comments/feed.xml`;
    const first = await readFeed(path);
    expect(linkIn(first, 'first')).toBe(`https://blog.example${path}`);
    await replyTo(site, `/posts/${slug}`);
    const later = await readAllPages(linkIn(first, 'next')?.replace('https://blog.example', '') ?? '');
    expect([idsIn(first), ...later].map((page) => page.length)).toEqual([commentsPerFeed, commentsPerFeed, 3]);
    expect([idsIn(first), ...later].flat()).toEqual(newestFirst(ids));
  });

  it('has no other pages where one holds all, and is a feed while nobody has written', async () => {
    const { slug, ids } = await plant(
      'Few',
      Array.from({ length: commentsPerFeed }, () => approved()),
    );
    const feed = await readFeed(`/posts/${slug}/comments/feed.xml`);
    expect(idsIn(feed)).toEqual(newestFirst(ids));
    expect([linkIn(feed, 'first'), linkIn(feed, 'next')]).toEqual([undefined, undefined]);
    const { slug: quiet } = await addPost(site.db, { title: 'Quiet' });
    expect(idsIn(await readFeed(`/posts/${quiet}/comments/feed.xml`))).toEqual([]);
  });

  it('begins at the newest for a cursor that is none', async () => {
    const { slug, ids } = await plant('Cursors', [approved(), approved()]);
    for (const before of ['0', 'x', '99999999999', '']) {
      expect(idsIn(await readFeed(`/posts/${slug}/comments/feed.xml?before=${before}`))).toEqual(newestFirst(ids));
    }
  });

  it('is there for pages too, and leads to where a post has moved', async () => {
    const { slug, conversationId } = await addPost(site.db, { title: 'Who we are', kind: 'page' });
    const ids = await plantThread(site.db, conversationId, [approved()]);
    const feed = await readFeed(`/${slug}/comments/feed.xml`);
    expect([idsIn(feed), linkIn(feed, 'alternate')]).toEqual([ids, `https://blog.example/${slug}#conversation`]);

    const { id: postId, slug: present } = await addPost(site.db, { title: 'Moved' });
    await site.db.insertInto('address').values({ path: '/posts/once', post_id: postId }).execute();
    const moved = await request(site.app).get('/posts/once/comments/feed.xml');
    expect([moved.status, moved.headers.location]).toEqual([301, `/posts/${present}/comments/feed.xml`]);
  });

  it('is nothing for what one may not see, whoever asks', async () => {
    const { cookie } = await site.signIn('owner');
    const { slug: draft } = await addPost(site.db, { title: 'Draft', publishedAt: null });
    const { slug: scheduled } = await addPost(site.db, {
      title: 'Later',
      publishedAt: new Date('2026-11-22T12:00:00Z'),
    });
    for (const slug of [draft, scheduled, 'never-written']) {
      expect(await statusTo(`/posts/${slug}/comments/feed.xml`)).toBe(404);
      expect((await openPage(site, `/posts/${slug}/comments/feed.xml`, { cookie })).status).toBe(404);
    }
    const { slug: binned, id } = await addPost(site.db, { title: 'Binned' });
    await site.db.updateTable('post').set({ deleted_at: site.now }).where('id', '=', id).execute();
    expect(await statusTo(`/posts/${binned}/comments/feed.xml`)).toBe(410);
  });

  it('is not sent again to who has it', async () => {
    const { slug } = await plant('Tagged', [approved()]);
    const { headers } = await request(site.app).get(`/posts/${slug}/comments/feed.xml`);
    site.now = new Date('2026-11-22T12:00:00Z');
    const again = request(site.app).get(`/posts/${slug}/comments/feed.xml`);
    await again.set('If-None-Match', String(headers.etag)).expect(304);
  });

  it('stands in the head of the post and under its conversation', async () => {
    const { slug } = await addPost(site.db, { title: 'Followed' });
    const { text } = await openPage(site, `/posts/${slug}`);
    const href = `/posts/${slug}/comments/feed.xml`;
    expect(text).toContain(
      `<link rel="alternate" type="application/atom+xml" title="Comments on “Followed”" href="${href}">`,
    );
    expect(text).toContain(`<a href="${href}">Feed of this conversation</a>`);
  });
});

describe('an edited comment', () => {
  it('says when it was edited, and in which words it stands now', async () => {
    const { slug, ids } = await plant('Second thoughts', [approved(), approved()]);
    const change = { html: '<p>Better.</p>', edited_at: new Date('2026-11-20T08:00:00Z') };
    await site.db.updateTable('comment').set(change).where('id', '=', Number(ids[0])).execute();
    const [untouched, edited] = childrenOf(await readFeed(`/posts/${slug}/comments/feed.xml`), 'entry');
    const written = '2026-02-01T12:00:00.000Z';
    const timesIn = (entry?: ParsedElement) => entry && [textIn(entry, 'published'), textIn(entry, 'updated')];
    expect(timesIn(untouched)).toEqual([written, written]);
    expect(timesIn(edited)).toEqual([written, '2026-11-20T08:00:00.000Z']);
    expect(edited && textIn(edited, 'content')).toBe('<p>Better.</p>');
  });
});

describe('the feed of all comments', () => {
  it('holds the newest of every post and page, by links to the first of all', async () => {
    await site.db.updateTable('comment').set({ status: 'spam' }).execute();
    const one = await plant(
      'One of two',
      Array.from({ length: commentsPerFeed }, () => approved()),
    );
    const two = await plant('Two of two', [approved(), approved(0)]);
    const pages = await readAllPages('/comments/feed.xml');
    expect(pages).toEqual([newestFirst([...one.ids.slice(2), ...two.ids]), newestFirst(one.ids.slice(0, 2))]);
    const [entry] = childrenOf(await readFeed('/comments/feed.xml'), 'entry');
    expect(entry && textIn(entry, 'title')).toBe(`Guest ${two.ids[1]} on “Two of two”`);
  });

  it('passes over what was said on posts that are not public now', async () => {
    await site.db.updateTable('comment').set({ status: 'spam' }).execute();
    const open = await plant('Open', [approved()]);
    const hidden = await Promise.all(
      ['Back to a draft', 'Put off', 'Binned'].map((title) => plant(title, [approved()])),
    );
    const [draft, later, binned] = hidden.map(({ id }) => id);
    const change = (values: object, id: number | undefined) =>
      site.db.updateTable('post').set(values).where('id', '=', Number(id)).execute();
    await change({ published_at: null }, draft);
    await change({ published_at: new Date('2026-11-22T12:00:00Z') }, later);
    await change({ deleted_at: site.now }, binned);
    expect(await readAllPages('/comments/feed.xml')).toEqual([open.ids]);
    site.now = new Date('2026-11-22T12:00:00Z');
    expect((await readAllPages('/comments/feed.xml')).flat()).toEqual(
      newestFirst([...open.ids, ...(hidden[1]?.ids ?? [])]),
    );
  });

  it('goes on behind thousands of comments that are passed over', async () => {
    await site.db.updateTable('comment').set({ status: 'spam' }).execute();
    const open = await plant('Open once more', [approved()]);
    const { id } = await plant(
      'Hidden crowd',
      Array.from({ length: 5_100 }, () => approved()),
    );
    await site.db.updateTable('post').set({ published_at: null }).where('id', '=', id).execute();
    expect(await readAllPages('/comments/feed.xml')).toEqual([[], open.ids]);
  });

  it('is linked from every page', async () => {
    expect((await openPage(site, '/')).text).toContain('<a href="/comments/feed.xml">Feed of comments</a>');
  });
});

describe('the feed of a branch', () => {
  it('holds the comment where it begins and what is below it, the newest first', async () => {
    const { ids } = await plant('Branches', [
      approved(),
      approved(0),
      approved(),
      approved(1),
      approved(2),
      approved(0),
      { parent: 1, status: 'removed' },
    ]);
    const feed = await readFeed(`/comments/${ids[0]}/thread/feed.xml`);
    expect(idsIn(feed)).toEqual([ids[5], ids[3], ids[1], ids[0]]);
    expect(textIn(feed, 'title')).toBe(`Guest ${ids[0]} and replies, on “Branches”`);
    expect(idsIn(await readFeed(`/comments/${ids[1]}/thread/feed.xml`))).toEqual([ids[3], ids[1]]);
    expect(idsIn(await readFeed(`/comments/${ids[3]}/thread/feed.xml`))).toEqual([ids[3]]);
  });

  it('goes on by links', async () => {
    const replies = Array.from({ length: 70 }, (_, index) => approved(index % 2 === 0 ? 0 : undefined));
    const { ids } = await plant('A long branch', [approved(), ...replies]);
    const own = ids.filter((_, index) => index === 0 || (index - 1) % 2 === 0);
    expect((await readAllPages(`/comments/${ids[0]}/thread/feed.xml`)).flat()).toEqual(newestFirst(own));
    const { ids: many } = await plant('A longer one', [approved(), ...Array.from({ length: 60 }, () => approved(0))]);
    const pages = await readAllPages(`/comments/${many[0]}/thread/feed.xml`);
    expect(pages).toEqual([newestFirst(many).slice(0, commentsPerFeed), newestFirst(many).slice(commentsPerFeed)]);
  });

  it('is whole in a branch of many thousands, though one page may hold few', async () => {
    const replies = Array.from({ length: 5_200 }, () => approved(0));
    const others = Array.from({ length: 5_000 }, () => approved());
    const { ids } = await plant('A crowd', [approved(), ...replies, ...others, approved(0)]);
    const branch = [...ids.slice(0, 5_201), ids.at(-1) as number];
    const pages = await readAllPages(`/comments/${ids[0]}/thread/feed.xml`);
    expect(pages.flat()).toEqual(newestFirst(branch));
    expect(pages[0]).toEqual([ids.at(-1)]);
  }, 60_000);

  it('holds a comment beyond the last level of the sort keys with its answers, and not its neighbours', async () => {
    const { ids } = await plant('A shaft', [...chainOf(402), approved(399), approved(401)]);
    const at = (...places: number[]) => newestFirst(places.map((place) => ids[place] as number));
    expect(idsIn(await readFeed(`/comments/${ids[401]}/thread/feed.xml`))).toEqual(at(401, 403));
    expect(idsIn(await readFeed(`/comments/${ids[399]}/thread/feed.xml`))).toEqual(at(399, 400, 402));
    expect(idsIn(await readFeed(`/comments/${ids[398]}/thread/feed.xml`))).toEqual(at(398, 399, 400, 401, 402, 403));
  });

  it('says nothing of a placeholder but what answers it', async () => {
    const { ids } = await plant('Taken down', [{ parent: undefined, status: 'removed' }, approved(0)]);
    const feed = await readFeed(`/comments/${ids[0]}/thread/feed.xml`);
    expect(idsIn(feed)).toEqual([ids[1]]);
    expect(textIn(feed, 'title')).toBe('Replies on “Taken down”');
  });

  it('stands on the page of the branch', async () => {
    const { ids } = await plant('Followed branch', [approved(), approved(0)]);
    const { text } = await openPage(site, `/comments/${ids[0]}/thread`);
    const href = `/comments/${ids[0]}/thread/feed.xml`;
    expect(text).toContain(
      `<link rel="alternate" type="application/atom+xml" title="Feed of this thread" href="${href}">`,
    );
    expect(text).toContain(`<a href="${href}">Feed of this thread</a>`);
  });

  it('is nothing for a comment that one may not see', async () => {
    const { ids, id } = await plant('Not to be seen', [
      { parent: undefined, status: 'pending' },
      { parent: undefined, status: 'removed' },
      approved(),
    ]);
    for (const each of [ids[0], ids[1], 2_147_483_647, '0', 'x', '99999999999']) {
      expect(await statusTo(`/comments/${each}/thread/feed.xml`)).toBe(404);
    }
    expect(await statusTo(`/comments/${ids[2]}/thread/feed.xml`)).toBe(200);
    await site.db.updateTable('post').set({ published_at: null }).where('id', '=', id).execute();
    expect(await statusTo(`/comments/${ids[2]}/thread/feed.xml`)).toBe(404);
  });
});
