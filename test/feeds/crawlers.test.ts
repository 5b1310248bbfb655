import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import request from 'supertest';
import { insertPost } from '../support/listed-posts.ts';
import { parseXml, textIn } from '../support/parse-xml.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;

beforeAll(async () => {
  site = await createTestSite({ BASE_URL: 'https://blog.example' });
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date('2026-11-21T12:00:00Z');
  await site.db.deleteFrom('post').execute();
});

async function readMap(path = '/sitemap.xml') {
  const response = await request(site.app).get(path).expect(200);
  expect(response.headers['content-type']).toBe('application/xml; charset=utf-8');
  const root = parseXml(response.text);
  expect(root.attributes).toEqual({ xmlns: 'http://www.sitemaps.org/schemas/sitemap/0.9' });
  return { root, addresses: root.children.map((child) => textIn(child, 'loc')) };
}

describe('the sitemap', () => {
  it('lists the home page, the index, pages and posts by their absolute addresses', async () => {
    await insertPost(site.db, { title: 'A page', kind: 'page', slug: 'about', publishedAt: '2026-01-01T00:00:00Z' });
    await insertPost(site.db, {
      title: 'A post',
      slug: 'grüße-&-küsse',
      publishedAt: '2026-11-01T00:00:00Z',
      updatedAt: new Date('2026-11-02T00:00:00Z'),
    });
    const { root, addresses } = await readMap();
    expect(root.name).toBe('urlset');
    expect(addresses).toEqual([
      'https://blog.example/',
      'https://blog.example/index',
      'https://blog.example/about',
      'https://blog.example/posts/gr%C3%BC%C3%9Fe-%26-k%C3%BCsse',
    ]);
    expect(root.children.at(-1) && textIn(root.children[3] ?? root, 'lastmod')).toBe('2026-11-02T00:00:00.000Z');
  });

  it('lists nothing that is not published, until its time comes', async () => {
    for (const kind of ['post', 'page'] as const) {
      await insertPost(site.db, { title: 'Draft', kind });
      await insertPost(site.db, { title: 'Deleted', kind, publishedAt: '2026-11-01T00:00:00Z', deletedAt: site.now });
      await insertPost(site.db, { title: 'Scheduled', kind, slug: 'later', publishedAt: '2026-11-21T13:00:00Z' });
    }
    expect((await readMap()).addresses).toHaveLength(2);
    site.now = new Date('2026-11-21T13:00:00Z');
    expect((await readMap()).addresses.slice(2)).toEqual([
      'https://blog.example/later',
      'https://blog.example/posts/later',
    ]);
  });

  it('of a large site is a list of maps, one for each year and one for the pages', async () => {
    await insertPost(site.db, { title: 'A page', kind: 'page', slug: 'about', publishedAt: '2026-01-01T00:00:00Z' });
    await sql`
      with made as (insert into conversation (mode) select 'open' from generate_series(1, 5000) returning id)
      insert into post (kind, slug, title, source, html, renderer_version, conversation_id, published_at, created_at, updated_at)
      select 'post', 'many-' || id, 'Many', '', '', 1, id, timestamptz '2022-06-01', now(), now() from made`.execute(
      site.db,
    );
    await insertPost(site.db, { title: 'Last', slug: 'last', publishedAt: '2026-01-01T00:00:00Z' });

    const { root, addresses } = await readMap();
    expect(root.name).toBe('sitemapindex');
    expect(addresses).toEqual([
      'https://blog.example/sitemap.xml?part=pages',
      'https://blog.example/sitemap.xml?year=2026',
      'https://blog.example/sitemap.xml?year=2022',
    ]);
    expect((await readMap('/sitemap.xml?part=pages')).addresses).toEqual([
      'https://blog.example/',
      'https://blog.example/index',
      'https://blog.example/about',
    ]);
    expect((await readMap('/sitemap.xml?year=2026')).addresses).toEqual(['https://blog.example/posts/last']);
    expect((await readMap('/sitemap.xml?year=2022')).addresses).toHaveLength(5000);
    expect((await readMap('/sitemap.xml?year=2021')).root.name).toBe('sitemapindex');
  });
});

describe('robots.txt', () => {
  it('leads to the sitemap, and keeps crawlers out of forms and the staff’s pages', async () => {
    const { text, headers } = await request(site.app).get('/robots.txt').expect(200);
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    const lines = text.split('\n');
    expect(lines[0]).toBe('User-agent: *');
    expect(lines).toContain('Sitemap: https://blog.example/sitemap.xml');
    expect(lines).toContain('Disallow: /comments/*/reply');
    expect(lines).toContain('Disallow: /write$');
  });

  it('means no page whose name only begins like that of a refused one', async () => {
    const { text } = await request(site.app).get('/robots.txt');
    const patterns = [...text.matchAll(/^Disallow: (.+)$/gm)].map(
      ([, path = '']) => new RegExp(`^${path.replace(/[.?]/g, '\\$&').replaceAll('*', '.*')}`),
    );
    const refused = (path: string) => patterns.some((pattern) => pattern.test(path));
    expect(['/write', '/write/new', '/sign-in?next=/', '/comments/12/reply', '/settings'].filter(refused)).toHaveLength(
      5,
    );
    expect(['/', '/writers', '/posts/write', '/minerals', '/comments/12', '/about'].filter(refused)).toEqual([]);
  });
});
