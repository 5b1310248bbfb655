import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import request from 'supertest';
import { insertPost } from '../support/listed-posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;

beforeAll(async () => {
  site = await createTestSite();
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date('2026-11-21T12:00:00Z');
  await site.db.deleteFrom('post').execute();
  await site.db.updateTable('site').set({ language: 'en', time_zone: 'UTC' }).execute();
});

const read = async (path: string) => (await request(site.app).get(path).expect(200)).text;
const linesOf = (html: string) =>
  [...html.matchAll(/<h2>(\d+)<\/h2>|<li><a href="\/posts\/[^"]*"><bdi>([^<]*)<\/bdi><\/a>/g)].map(
    ([, year, title]) => year ?? title,
  );
const moreLink = (html: string) => /<a href="([^"]*)" rel="next">/.exec(html)?.[1]?.replaceAll('&amp;', '&');

async function insertTitles(titles: readonly string[], publishedAt = '2025-05-05T00:00:00Z') {
  for (const title of titles) await insertPost(site.db, { title, publishedAt });
}

async function insertMany(count: number, year: number) {
  await sql`
    with made as (insert into conversation (mode) select 'open' from generate_series(1, ${count}::integer) returning id)
    insert into post (kind, slug, title, source, html, renderer_version, conversation_id, published_at, created_at, updated_at)
    select 'post', ${year}::text || '-' || id, ${year}::text || ' ' || lpad(id::text, 8, '0'), '', '', 1, id,
      make_timestamptz(${year}::integer, 6, 1, 0, 0, 0, 'UTC'), now(), now() from made`.execute(site.db);
}

describe('the index', () => {
  it('lists all published posts by year, and within a year by title', async () => {
    await insertTitles(['Quiet', 'Beginning'], '2024-05-05T00:00:00Z');
    await insertTitles(['Noise', 'Apple'], '2026-05-05T00:00:00Z');
    expect(linesOf(await read('/index'))).toEqual(['2026', 'Apple', 'Noise', '2024', 'Beginning', 'Quiet']);
  });

  it('lists them by title too, whatever the year', async () => {
    await insertTitles(['Quiet', 'Beginning'], '2024-05-05T00:00:00Z');
    await insertTitles(['Noise', 'Apple'], '2026-05-05T00:00:00Z');
    expect(linesOf(await read('/index?by=title'))).toEqual(['Apple', 'Beginning', 'Noise', 'Quiet']);
  });

  it('sorts titles as the language of the site does, not by code point', async () => {
    await insertTitles(['Zebra', 'apple', 'Äpfel', 'Apfel', 'Österreich', 'Zürich', 'Oslo']);
    const german = ['Apfel', 'Äpfel', 'apple', 'Oslo', 'Österreich', 'Zebra', 'Zürich'];
    await site.db.updateTable('site').set({ language: 'de' }).execute();
    expect(linesOf(await read('/index?by=title'))).toEqual(german);
    await site.db.updateTable('site').set({ language: 'sv' }).execute();
    expect(linesOf(await read('/index?by=title'))).toEqual([
      'Apfel',
      'apple',
      'Oslo',
      'Zebra',
      'Zürich',
      'Äpfel',
      'Österreich',
    ]);
    await site.db.updateTable('site').set({ language: 'tlh' }).execute();
    expect(linesOf(await read('/index?by=title'))).toEqual(german);
  });

  it('counts the years in the zone of the site', async () => {
    await insertTitles(['At midnight'], '2024-12-31T23:30:00Z');
    expect(linesOf(await read('/index'))[0]).toBe('2024');
    await site.db.updateTable('site').set({ time_zone: 'Europe/Berlin' }).execute();
    expect(linesOf(await read('/index'))[0]).toBe('2025');
  });

  it('leaves out drafts, scheduled and deleted posts, and pages, until their time comes', async () => {
    await insertPost(site.db, { title: 'Draft' });
    await insertPost(site.db, { title: 'Deleted', publishedAt: '2025-01-01T00:00:00Z', deletedAt: site.now });
    await insertPost(site.db, { title: 'Page', kind: 'page', publishedAt: '2025-01-01T00:00:00Z' });
    await insertPost(site.db, { title: 'Scheduled', publishedAt: '2026-12-01T00:00:00Z' });
    for (const path of ['/index', '/index?by=title']) expect(linesOf(await read(path))).toEqual([]);
    site.now = new Date('2026-12-01T00:00:00Z');
    expect(linesOf(await read('/index'))).toEqual(['2026', 'Scheduled']);
    expect(linesOf(await read('/index?by=title'))).toEqual(['Scheduled']);
  });

  it('does not tell where a draft or a page would stand', async () => {
    await insertTitles(['Apple', 'Zebra']);
    const hidden = [
      await insertPost(site.db, { title: 'Secret plans' }),
      await insertPost(site.db, { title: 'Scheduled', publishedAt: '2026-12-01T00:00:00Z' }),
      await insertPost(site.db, { title: 'Page', kind: 'page', publishedAt: '2025-01-01T00:00:00Z' }),
    ];
    for (const id of [...hidden, 2_000_000_000]) {
      expect(linesOf(await read(`/index?by=title&after=${id}`))).toEqual([]);
    }
  });

  it('says so when there is nothing yet', async () => {
    expect(await read('/index')).toContain('Nothing is published yet.');
  });
});

describe('the index of a large site', () => {
  beforeEach(async () => {
    await insertMany(501, 2022);
    await insertMany(2, 2026);
  });

  it('has a page for each year, the latest first', async () => {
    const latest = await read('/index');
    expect(linesOf(latest)).toHaveLength(3);
    expect(latest).toContain('<a href="/index?year=2026" aria-current="page">2026</a>');
    expect(latest).toContain('<a href="/index?year=2022">2022</a>');
    expect(latest).not.toContain('year=2024');
  });

  it('goes on where a year has more than one page holds, and loses and repeats nothing', async () => {
    const first = await read('/index?year=2022');
    const second = await read(String(moreLink(first)));
    const titles = [...linesOf(first), ...linesOf(second)].filter((line) => line !== '2022');
    expect(titles).toHaveLength(501);
    expect(new Set(titles).size).toBe(501);
    expect(moreLink(second)).toBeUndefined();
  });

  it('goes on in the list by title, also where titles are equal', async () => {
    await site.db.updateTable('post').set({ title: 'All alike' }).execute();
    const first = await read('/index?by=title');
    const second = await read(String(moreLink(first)));
    expect([linesOf(first).length, linesOf(second).length]).toEqual([500, 3]);
    const addresses = [...(first + second).matchAll(/<li><a href="(\/posts\/[^"]*)"/g)].map(([, address]) => address);
    expect(new Set(addresses).size).toBe(503);
  });

  it('shows the latest year where the wanted one has nothing', async () => {
    for (const year of ['1999', 'nonsense', '2026&year=2022']) {
      expect(linesOf(await read(`/index?year=${year}`))[0]).toBe('2026');
    }
  });
});
