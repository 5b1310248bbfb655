import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { insertPost } from '../support/listed-posts.ts';
import { childrenOf, type ParsedElement, parseXml, textIn } from '../support/parse-xml.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;

beforeAll(async () => {
  site = await createTestSite({ BASE_URL: 'https://blog.example' });
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date('2026-11-21T12:00:00Z');
  await site.db.deleteFrom('post_tag').execute();
  await site.db.deleteFrom('post_author').execute();
  await site.db.deleteFrom('post').execute();
  await site.db.updateTable('site').set({ title: 'Rejoinder', tagline: '' }).execute();
});

async function readFeed(): Promise<ParsedElement> {
  const response = await request(site.app).get('/feed.xml').buffer(true).expect(200);
  expect(response.headers['content-type']).toBe('application/atom+xml; charset=utf-8');
  return parseXml(response.text);
}

const titlesIn = (feed: ParsedElement) => childrenOf(feed, 'entry').map((entry) => textIn(entry, 'title'));
const linkIn = (parent: ParsedElement, rel: string) =>
  childrenOf(parent, 'link').find((link) => link.attributes.rel === rel)?.attributes.href;

describe('the feed', () => {
  it('says what RFC 4287 asks for, with absolute addresses', async () => {
    const { id: author } = await site.signIn('author', 'Ada Moss');
    await insertPost(site.db, {
      title: 'First',
      slug: 'erste-übung',
      html: '<p>All of it.</p>',
      publishedAt: '2026-11-20T12:00:00Z',
      updatedAt: new Date('2026-11-21T08:00:00Z'),
      authorIds: [author],
      tags: ['tea'],
    });
    const feed = await readFeed();
    expect(feed).toMatchObject({
      name: 'feed',
      attributes: { xmlns: 'http://www.w3.org/2005/Atom', 'xml:lang': 'en' },
    });
    expect(textIn(feed, 'title')).toBe('Rejoinder');
    expect(textIn(feed, 'id')).toMatch(/^urn:uuid:[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(textIn(feed, 'updated')).toBe('2026-11-21T08:00:00.000Z');
    expect(linkIn(feed, 'self')).toBe('https://blog.example/feed.xml');
    expect(linkIn(feed, 'alternate')).toBe('https://blog.example/');

    const [entry, ...others] = childrenOf(feed, 'entry');
    if (!entry || others.length > 0) throw new Error('One entry was expected.');
    expect(textIn(entry, 'title')).toBe('First');
    expect(textIn(entry, 'published')).toBe('2026-11-20T12:00:00.000Z');
    expect(textIn(entry, 'updated')).toBe('2026-11-21T08:00:00.000Z');
    expect(linkIn(entry, 'alternate')).toBe('https://blog.example/posts/erste-%C3%BCbung');
    expect(childrenOf(entry, 'author').map((each) => textIn(each, 'name'))).toEqual(['Ada Moss']);
    expect(childrenOf(entry, 'category')[0]?.attributes).toEqual({ term: 'tea', label: 'Tea' });
    expect(childrenOf(entry, 'content')[0]).toMatchObject({ attributes: { type: 'html' }, text: '<p>All of it.</p>' });
  });

  it('names no e-mail address', async () => {
    const { id: author } = await site.signIn('author', 'Ada Moss');
    await insertPost(site.db, { title: 'First', publishedAt: site.now, authorIds: [author] });
    const { text } = await request(site.app).get('/feed.xml').buffer(true);
    expect(text).toContain('Ada Moss');
    expect(text).not.toMatch(/@|<email/);
  });

  it('is well-formed whatever titles, names and texts hold', async () => {
    const strange = 'a\u0001\u0008\u000b\u001f\ufffe\uffff <b>&amp; "]]>\' 😀';
    const { id: author } = await site.signIn('author', 'O\u0002 <i>&');
    await site.db.updateTable('site').set({ title: strange, tagline: strange }).execute();
    await insertPost(site.db, { title: strange, html: strange, publishedAt: site.now, authorIds: [author] });
    const feed = await readFeed();
    expect(titlesIn(feed)).toEqual(['a <b>&amp; "]]>\' 😀']);
    expect(textIn(feed, 'subtitle')).toBe('a <b>&amp; "]]>\' 😀');
  });

  it('makes the links and images of a text absolute', async () => {
    const html = [
      '<p><a href="/about?a=1&amp;b=2">one</a> <a href="#section-x" rel="noopener">two</a>',
      '<a href="other">three</a> <a href="https://far.example/">four</a> <a href="mailto:x@y.example">five</a>',
      '<img src="/pictures/a.png" alt="/not a link" /> href="/text"</p>',
    ].join('\n');
    await insertPost(site.db, { title: 'First', slug: 'first', html, publishedAt: site.now });
    const [entry] = childrenOf(await readFeed(), 'entry');
    expect(entry && textIn(entry, 'content')).toBe(
      [
        '<p><a href="https://blog.example/about?a=1&amp;b=2">one</a> <a href="https://blog.example/posts/first#section-x" rel="noopener">two</a>',
        '<a href="https://blog.example/posts/other">three</a> <a href="https://far.example/">four</a> <a href="mailto:x@y.example">five</a>',
        '<img src="https://blog.example/pictures/a.png" alt="/not a link" /> href="/text"</p>',
      ].join('\n'),
    );
  });

  it('holds the beginning of a text that is too long for it, and all of the others', async () => {
    const words = (count: number) => `<p>${'word '.repeat(count)}</p>`;
    await insertPost(site.db, { title: 'Book', html: words(20_000), publishedAt: '2026-11-03T00:00:00Z' });
    await insertPost(site.db, { title: 'Told', html: words(20_000), excerpt: 'Of <it>.', publishedAt: '2026-11-02' });
    await insertPost(site.db, { title: 'Essay', html: words(19_000), publishedAt: '2026-11-01T00:00:00Z' });
    const [book, told, essay] = childrenOf(await readFeed(), 'entry');
    if (!book || !told || !essay) throw new Error('Three entries were expected.');
    expect(textIn(book, 'summary')).toMatch(/^(?:word ){50,60}word…$/);
    expect(textIn(told, 'summary')).toBe('Of <it>.');
    expect([book, told].flatMap((entry) => childrenOf(entry, 'content'))).toEqual([]);
    expect(textIn(essay, 'content')).toBe(words(19_000));
    expect(childrenOf(essay, 'summary')).toEqual([]);
  });

  it('keeps the ids of its entries when slug, title and text change', async () => {
    await insertPost(site.db, { title: 'One', publishedAt: '2026-11-02T00:00:00Z' });
    await insertPost(site.db, { title: 'Two', publishedAt: '2026-11-01T00:00:00Z' });
    const idsIn = (feed: ParsedElement) => childrenOf(feed, 'entry').map((entry) => textIn(entry, 'id'));
    const before = idsIn(await readFeed());
    expect(new Set(before).size).toBe(2);
    await site.db.updateTable('post').set({ slug: 'changed', title: 'Changed' }).where('title', '=', 'One').execute();
    expect(idsIn(await readFeed())).toEqual(before);
  });

  it('holds the newest twenty posts, none that is not published, no page', async () => {
    for (let day = 1; day <= 21; day += 1) {
      await insertPost(site.db, { title: `Day ${day}`, publishedAt: new Date(Date.UTC(2026, 9, day)) });
    }
    await insertPost(site.db, { title: 'Draft' });
    await insertPost(site.db, { title: 'Deleted', publishedAt: '2026-11-01T00:00:00Z', deletedAt: site.now });
    await insertPost(site.db, { title: 'Page', kind: 'page', publishedAt: '2026-11-01T00:00:00Z' });
    await insertPost(site.db, { title: 'Scheduled', publishedAt: '2026-11-21T13:00:00Z' });
    const titles = titlesIn(await readFeed());
    expect(titles).toHaveLength(20);
    expect([titles[0], titles.at(-1)]).toEqual(['Day 21', 'Day 2']);

    site.now = new Date('2026-11-21T13:00:00Z');
    const feed = await readFeed();
    expect(titlesIn(feed)[0]).toBe('Scheduled');
    expect(textIn(feed, 'updated')).toBe('2026-11-21T13:00:00.000Z');
  });

  it('is a feed on an empty site too, and the same bytes each time', async () => {
    expect(titlesIn(await readFeed())).toEqual([]);
    const { headers } = await request(site.app).get('/feed.xml');
    site.now = new Date('2026-11-22T12:00:00Z');
    await request(site.app).get('/feed.xml').set('If-None-Match', String(headers.etag)).expect(304);
  });
});
