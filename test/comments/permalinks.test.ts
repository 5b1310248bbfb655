import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CompiledQuery, sql } from 'kysely';
import { findPageStart, loadThreadSlice, repeatedAncestors } from '../../src/comments/thread-queries.ts';
import { commentIdsOn, commentOn, openPage, replyTo, wordsOf } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import {
  approved,
  chainOf,
  type Planted,
  pick,
  plantThread,
  randomFrom,
  randomTree,
  shownOf,
} from '../support/threads.ts';

let site: TestSite;
beforeAll(async () => {
  site = await createTestSite();
});
afterAll(() => site.close());

describe('The address of a comment', () => {
  it('leads to it, with what stands nearest above it and a link further up, for every comment of a post', async () => {
    const statuses = ['approved', 'approved', 'approved', 'approved', 'removed', 'pending', 'spam'] as const;
    const planted = [
      ...chainOf(60),
      ...randomTree(randomFrom(41), { size: 300, onward: 0.8, statuses }).map((each) => ({
        ...each,
        parent: each.parent === undefined ? undefined : each.parent + 60,
      })),
    ];
    const { slug, ids } = await plant(planted);
    const shown = shownOf(planted);
    expect(shown.filter((each) => !each).length).toBeGreaterThan(30);
    const pages = new Map<string, string>();
    for (const [index, id] of ids.entries()) {
      const { status, headers } = await openPage(site, `/comments/${id}`);
      expect([id, status]).toEqual([id, shown[index] ? 302 : 404]);
      if (!shown[index]) continue;
      const [path = '', anchor] = (headers.location as string).split('#');
      expect([path.split('?')[0], anchor]).toEqual([`/posts/${slug}`, `c${id}`]);
      if (!pages.has(path)) pages.set(path, (await openPage(site, path)).text);
      expectLanding(
        pages.get(path) as string,
        id,
        ancestorsOf(planted, index).map((above) => ids[above] as number),
      );
      if (planted[index]?.status !== 'approved')
        expect(commentOn(pages.get(path) as string, id)).toContain('placeholder');
    }
  }, 180_000);

  it('leads to the usual order, whatever order its reader came from', async () => {
    const { slug, ids } = await plant(Array.from({ length: 3 }, () => approved(undefined)));
    const { text } = await openPage(site, `/posts/${slug}?order=newest`);
    expect(text).toContain(`href="/comments/${ids[1]}"`);
    expect((await openPage(site, `/comments/${ids[1]}?order=newest`)).headers.location).toBe(
      `/posts/${slug}#c${ids[1]}`,
    );
  });
});

describe('A conversation of 100,000 comments', () => {
  const chain = 450;
  const replies = 10_000;
  let slug: string;
  let conversationId: number;
  let ids: number[];
  const random = randomFrom(43);
  const planted = [
    ...chainOf(chain),
    ...Array.from({ length: replies }, () => approved(0)),
    ...randomTree(random, { size: 100_000 - chain - replies, deepest: 60, onward: 0.8 }).map(({ parent }) =>
      approved(parent === undefined ? pick(random, [undefined, 30]) : parent + chain + replies),
    ),
  ];

  beforeAll(async () => {
    ({ slug, conversationId, ids } = await plant(planted));
    await sql`analyze comment`.execute(site.db);
  }, 180_000);

  it('lets every address land: of a sample, of the deepest, and of the last of 10,000 replies to one comment', async () => {
    const sample = Array.from({ length: 40 }, () => Math.floor(random() * planted.length));
    const special = [0, 1, 399, 400, 401, 402, chain - 1, chain, chain + replies - 1, planted.length - 1];
    for (const index of [...special, ...sample]) {
      const id = ids[index] as number;
      const { headers } = await openPage(site, `/comments/${id}`);
      const [path = '', anchor] = (headers.location as string).split('#');
      expect(anchor).toBe(`c${id}`);
      const { text } = await openPage(site, path);
      expectLanding(
        text,
        id,
        ancestorsOf(planted, index).map((above) => ids[above] as number),
      );
    }
  }, 120_000);

  it('takes replies at any depth and anywhere among 10,000, and their addresses land', async () => {
    for (const index of [0, 399, 400, chain - 1, chain + 5_000]) {
      const parent = ids[index] as number;
      const { id } = await replyTo(site, `/posts/${slug}`, { parent: String(parent), body: `An answer to ${parent}.` });
      await site.db.updateTable('comment').set({ status: 'approved', shown: true }).where('id', '=', id).execute();
      const { headers } = await openPage(site, `/comments/${id}`);
      const { text } = await openPage(site, (headers.location as string).split('#')[0] as string);
      expect(wordsOf(commentOn(text, id))).toContain(`An answer to ${parent}.`);
      expect(wordsOf(commentOn(text, id))).toContain(`in reply to Guest ${parent}`);
    }
  }, 60_000);

  it('reads its pages in either order, and the way to a comment, as one range of an index', async () => {
    const statements: CompiledQuery[] = [];
    const db = site.db.withPlugin({
      transformQuery({ node, queryId }) {
        statements.push(site.db.getExecutor().compileQuery(node, queryId));
        return node;
      },
      transformResult: async ({ result }) => result,
    });
    const after = ids[50_000] as number;
    const slice = await loadThreadSlice(db, { conversationId, after });
    await loadThreadSlice(db, { conversationId, after, order: 'newest' });
    await findPageStart(db, { conversationId, key: slice.comments[100]?.key as Buffer });
    const steps: unknown[] = [];
    for (const range of statements.filter((statement) => statement.sql.includes('limit'))) {
      const { rows } = await site.db.executeQuery<Record<string, string>>({ ...range, sql: `explain ${range.sql}` });
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      steps.push(plan.match(/Sort|Seq Scan|Bitmap|Index Scan(?: Backward)? using \w+/g));
    }
    expect(steps).toEqual([
      ['Index Scan using comment_thread'],
      ['Index Scan using comment_newest'],
      ['Index Scan Backward using comment_thread'],
    ]);
  });
});

// The comment is there, below its nearest ancestors, and from the highest of those a link leads further up.
function expectLanding(html: string, id: number, ancestors: readonly number[]): void {
  const onPage = new Set(commentIdsOn(html));
  expect(onPage).toContain(id);
  const missing = ancestors.findLastIndex((ancestor) => !onPage.has(ancestor));
  const repeated = ancestors.length - 1 - missing;
  expect(repeated).toBeGreaterThanOrEqual(Math.min(repeatedAncestors, ancestors.length));
  if (missing >= 0) expect(html).toContain(`<p class="further-up"><a href="/comments/${ancestors[missing]}">`);
}

async function plant(planted: readonly Planted[]): Promise<{ slug: string; conversationId: number; ids: number[] }> {
  const { slug, conversationId } = await addPost(site.db, { title: 'A long talk', mode: 'open' });
  return { slug, conversationId, ids: await plantThread(site.db, conversationId, planted) };
}

// From the top down.
function ancestorsOf(planted: readonly { parent: number | undefined }[], index: number): number[] {
  const above: number[] = [];
  for (let at = planted[index]?.parent; at !== undefined; at = planted[at]?.parent) above.unshift(at);
  return above;
}
