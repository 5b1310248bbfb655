import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from '@jest/globals';
import { sql } from 'kysely';
import request from 'supertest';
import { insertPost, titlesOn } from '../support/listed-posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;

beforeAll(async () => {
  site = await createTestSite();
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date('2026-11-21T12:00:00Z');
  await site.db.deleteFrom('post_tag').execute();
  await site.db.deleteFrom('tag').execute();
  await site.db.deleteFrom('post_author').execute();
  await site.db.deleteFrom('post').execute();
});

const read = async (path: string, status = 200) => (await request(site.app).get(path).expect(status)).text;
const olderLink = (html: string) => /<a href="([^"]*)" rel="next">/.exec(html)?.[1]?.replaceAll('&amp;', '&');

/** Follows “Older” to the end. */
async function readAll(path: string): Promise<string[][]> {
  const pages: string[][] = [];
  for (let next: string | undefined = path; next && pages.length < 20; ) {
    const html = await read(next);
    pages.push(titlesOn(html));
    next = olderLink(html);
  }
  return pages;
}

async function insertUnpublished(tags: string[] = [], authorIds: number[] = []) {
  const more = { tags, authorIds };
  const earlier = new Date('2026-11-01T00:00:00Z');
  await insertPost(site.db, { title: 'A draft', ...more });
  await insertPost(site.db, { title: 'A scheduled one', publishedAt: new Date('2026-11-21T12:00:01Z'), ...more });
  await insertPost(site.db, { title: 'A deleted one', publishedAt: earlier, deletedAt: earlier, ...more });
}

describe('the home page', () => {
  it('shows title, date, authors, excerpt and the number of thoughts, the newest post first', async () => {
    const { id: ada } = await site.signIn('author', 'Ada Moss');
    const { id: ben } = await site.signIn('author', 'Ben Moss');
    await insertPost(site.db, { title: 'Earlier', publishedAt: new Date('2026-11-01T00:00:00Z') });
    await insertPost(site.db, {
      title: 'Later & “better”',
      slug: 'später',
      excerpt: 'In short.',
      publishedAt: new Date('2026-11-20T23:30:00Z'),
      readable: 12,
      authorIds: [ben, ada],
    });
    const html = await read('/');
    expect(titlesOn(html)).toEqual(['Later &amp; “better”', 'Earlier']);
    expect(html).toContain('<a href="/posts/sp%C3%A4ter">Later &amp; “better”</a>');
    expect(html).toContain('<time datetime="2026-11-20T23:30:00.000Z">20 November 2026</time>');
    expect(html.indexOf('Ben Moss')).toBeLessThan(html.indexOf('Ada Moss'));
    expect(html).toContain('In short.');
    expect(html).toContain('>12 thoughts</a>');
    expect(html).toContain('>No thoughts yet</a>');
  });

  it('cuts an excerpt from the text where its author wrote none', async () => {
    const html = `<p>The beginning with a <a href="/x">link</a>.</p><p>${'word '.repeat(5_000)}</p>`;
    await insertPost(site.db, { title: 'Long', html, publishedAt: site.now });
    const excerpt = /<p class="excerpt" dir="auto">([^<]*)</.exec(await read('/'))?.[1];
    expect(excerpt).toMatch(/^The beginning with a link\. word word .*word…$/);
    expect(excerpt?.length).toBeLessThanOrEqual(280);
  });

  it('shows no half tag where the text is cut in the middle of one', async () => {
    const html = `<p>Few words <a href="https://far.example/${'long/'.repeat(2_000)}">here</a></p>`;
    await insertPost(site.db, { title: 'Far away', html, publishedAt: site.now });
    expect(/<p class="excerpt" dir="auto">([^<]*)</.exec(await read('/'))?.[1]).toBe('Few words');
  });

  it('leaves out drafts, scheduled and deleted posts, and pages', async () => {
    await insertUnpublished();
    await insertPost(site.db, { title: 'A page', kind: 'page', publishedAt: new Date('2026-01-01T00:00:00Z') });
    const html = await read('/');
    expect(titlesOn(html)).toEqual([]);
    expect(html).not.toMatch(/A draft|A scheduled one|A deleted one/);
  });

  it('shows a scheduled post when its time has come', async () => {
    await insertPost(site.db, { title: 'At one', publishedAt: new Date('2026-11-21T13:00:00Z') });
    site.now = new Date('2026-11-21T12:59:59.999Z');
    expect(titlesOn(await read('/'))).toEqual([]);
    site.now = new Date('2026-11-21T13:00:00Z');
    expect(titlesOn(await read('/'))).toEqual(['At one']);
  });

  it('says what will be here on an empty site, and what to do first', async () => {
    const visitor = await read('/');
    expect(visitor).toContain('A blog is about to begin here');
    expect(visitor).toContain('href="/sign-in"');
    const { cookie } = await site.signIn('author');
    const author = (await request(site.app).get('/').set('Cookie', cookie)).text;
    expect(author).toContain('href="/write/new"');
    expect(author).not.toContain('href="/sign-in"');
  });

  it('is the same for all who bring no cookie', async () => {
    await insertPost(site.db, { title: 'One', publishedAt: site.now });
    const [one, other] = [await request(site.app).get('/'), await request(site.app).get('/')];
    expect(one.text).toBe(other.text);
    expect(one.headers).toMatchObject({ vary: 'Cookie', 'cache-control': 'public, max-age=0, must-revalidate' });
    await request(site.app).get('/').set('If-None-Match', String(one.headers.etag)).expect(304);
  });
});

describe('paging', () => {
  async function insertMany(count: number, wish: { tags?: string[]; authorIds?: number[] } = {}) {
    const titles = Array.from({ length: count }, (_, number) => `Number ${number}`);
    for (const title of titles) {
      await insertPost(site.db, { title, publishedAt: '2026-11-20T12:00:00.123456Z', ...wish });
    }
    return titles.toReversed();
  }

  it('loses and repeats nothing where posts came out at the same microsecond', async () => {
    const titles = await insertMany(25);
    await insertPost(site.db, { title: 'A microsecond later', publishedAt: '2026-11-20T12:00:00.123457Z' });
    await insertPost(site.db, { title: 'A microsecond earlier', publishedAt: '2026-11-20T12:00:00.123455Z' });
    const pages = await readAll('/');
    expect(pages.map((page) => page.length)).toEqual([10, 10, 7]);
    expect(pages.flat()).toEqual(['A microsecond later', ...titles, 'A microsecond earlier']);
  });

  it('offers nothing older at the end, when the last page is full', async () => {
    await insertMany(10);
    const html = await read('/');
    expect(titlesOn(html)).toHaveLength(10);
    expect(olderLink(html)).toBeUndefined();
  });

  it('goes on at the same place when the post before it was deleted or something new came out', async () => {
    await insertMany(25);
    const first = await read('/');
    const older = String(olderLink(first));
    const expected = titlesOn(await read(older));
    await site.db
      .updateTable('post')
      .set({ deleted_at: site.now })
      .where('title', '=', titlesOn(first).at(-1) ?? '')
      .execute();
    await insertPost(site.db, { title: 'New', publishedAt: site.now });
    expect(titlesOn(await read(older))).toEqual(expected);
  });

  it('pages through a tag and an author likewise', async () => {
    const { id: author } = await site.signIn('author', 'Mary Field');
    const { handle } = await site.db
      .selectFrom('account')
      .select('handle')
      .where('id', '=', author)
      .executeTakeFirstOrThrow();
    await insertMany(3);
    const titles = await insertMany(12, { tags: ['tea'], authorIds: [author] });
    expect(await readAll('/tags/tea')).toEqual([titles.slice(0, 10), titles.slice(10)]);
    expect(await readAll(`/authors/${handle}`)).toEqual([titles.slice(0, 10), titles.slice(10)]);
  });

  test.each([
    'nonsense',
    '',
    '12',
    '-',
    '1-0',
    '99999999999999999999-1',
    '1795269900123456-99999999999',
    '1795269900123456-1;select',
    '1&before=2',
  ])('ignores the cursor “%s”', async (cursor) => {
    await insertMany(1);
    expect(titlesOn(await read(`/?before=${cursor}`))).toEqual(['Number 0']);
  });

  it('shows an empty page before everything, with a way back', async () => {
    await insertMany(1);
    for (const cursor of ['0-1', '-999999999999999-1', '1-2147483647']) {
      const html = await read(`/?before=${cursor}`);
      expect(titlesOn(html)).toEqual([]);
      expect(html).toContain('<a href="/">Newest</a>');
    }
  });

  it('reads a page of the list from an index, not all posts', async () => {
    await site.db.transaction().execute(async (trx) => {
      await sql`
        with made as (insert into conversation (id) select n + 1000000 from generate_series(1, 3000) n returning id)
        insert into post (kind, slug, title, source, html, renderer_version, conversation_id, published_at, created_at, updated_at)
        select 'post', 'many-' || id, 'Many', '', '', 1, id, timestamptz '2020-01-01' + id * interval '1 minute', now(), now()
        from made`.execute(trx);
      await sql`analyze post`.execute(trx);
      const { rows } = await sql<Record<string, string>>`
        explain select id from post where kind = 'post' and published_at <= ${site.now} and deleted_at is null
          and (published_at, id) < (timestamptz 'epoch' + ${1.6e15}::float8 * interval '1 microsecond', 5::integer)
        order by published_at desc, id desc limit 11`.execute(trx);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toContain('post_published');
      expect(plan).not.toContain('Sort');
      await sql`delete from post where slug like 'many-%'`.execute(trx);
      await sql`delete from conversation where id > 1000000`.execute(trx);
    });
  });
});

describe('the posts with a tag', () => {
  it('are listed under its name', async () => {
    await insertPost(site.db, { title: 'With tea', tags: ['tea', 'milk'], publishedAt: site.now });
    await insertPost(site.db, { title: 'Without', tags: ['milk'], publishedAt: site.now });
    const html = await read('/tags/tea');
    expect(html).toContain('<h1>Tagged “Tea”</h1>');
    expect(titlesOn(html)).toEqual(['With tea']);
  });

  it('are listed without what is not published', async () => {
    await insertPost(site.db, { title: 'With tea', tags: ['tea'], publishedAt: site.now });
    await insertUnpublished(['tea']);
    expect(titlesOn(await read('/tags/tea'))).toEqual(['With tea']);
  });

  it('are not found where no published post has the tag', async () => {
    await insertUnpublished(['secret']);
    await read('/tags/secret', 404);
    await read('/tags/unknown', 404);
  });
});

describe('the posts of an author', () => {
  const handleOf = async (id: number) =>
    (await site.db.selectFrom('account').select('handle').where('id', '=', id).executeTakeFirstOrThrow()).handle;

  it('are listed under the name, also those written with others', async () => {
    const { id: one } = await site.signIn('author', 'Olu Grey');
    const { id: other } = await site.signIn('author', 'Una Reed');
    await insertPost(site.db, { title: 'Alone', authorIds: [one], publishedAt: new Date('2026-11-02T00:00:00Z') });
    await insertPost(site.db, { title: 'Two', authorIds: [other, one], publishedAt: new Date('2026-11-01T00:00:00Z') });
    await insertUnpublished([], [one]);
    const html = await read(`/authors/${await handleOf(one)}`);
    expect(html).toContain('<h1>Posts by Olu Grey</h1>');
    expect(titlesOn(html)).toEqual(['Alone', 'Two']);
  });

  it('are not found where nothing of theirs is published', async () => {
    const { id: drafting } = await site.signIn('author', 'Not Yet');
    await insertUnpublished([], [drafting]);
    await read(`/authors/${await handleOf(drafting)}`, 404);
    await read('/authors/nobody', 404);
  });
});
