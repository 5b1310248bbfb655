import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addOwn, loadOwnComments } from '../../src/comments/own-comments.ts';
import { nestReplies, type ThreadRow } from '../../src/comments/thread.ts';
import { findPageStart, loadThreadSlice, pageRows, type ThreadSlice } from '../../src/comments/thread-queries.ts';
import { type CommentView, presentThread } from '../../src/comments/thread-view.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { addPost } from '../support/posts.ts';
import {
  approved,
  chainOf,
  type Planted,
  pick,
  plantThread,
  preorderOf,
  randomFrom,
  randomTree,
  shownOf,
} from '../support/threads.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe('A conversation, page by page', () => {
  it.each([1, 2, 3, 4, 5, 6])('is exactly its shown comments in reading order: random tree %i', async (seed) => {
    const random = randomFrom(seed);
    const planted = randomTree(random, { size: 150 + Math.floor(random() * 900), statuses: mixed });
    const { ids, conversationId } = await plant(planted);
    const shown = shownOf(planted);
    const expected = preorderOf(planted)
      .filter((index) => shown[index])
      .map((index) => ids[index]);

    const pages = await readAll(conversationId);
    expect(pages.flatMap(({ comments }) => comments.map(({ id }) => id))).toEqual(expected);
    for (const page of pages.slice(0, -1)) expect(page.comments.length).toBe(pageRows);
    expect(pages.map(({ continued }) => continued)).toEqual(pages.map((_page, index) => index > 0));
  });

  it('shows the text of what is approved, and of nothing else', async () => {
    const planted = randomTree(randomFrom(77), { size: 300, statuses: mixed });
    const { ids, conversationId } = await plant(planted);
    const statuses = new Map(ids.map((id, index) => [id, planted[index]?.status]));
    for (const { id, content } of (await readAll(conversationId)).flatMap(({ comments }) => comments)) {
      const told = content && [content.name, content.html.toString()];
      expect(told).toEqual(statuses.get(id) === 'approved' ? [`Guest ${id}`, `<p>Comment ${id}</p>`] : undefined);
    }
  });

  it('repeats what stands above, where a page begins within a branch', async () => {
    const chain = chainOf(30);
    const leaves = Array.from({ length: 250 }, () => approved(29));
    const { ids, conversationId } = await plant([...chain, ...leaves]);
    const [, second] = await readAll(conversationId);
    expect(second?.above.map(({ id }) => id)).toEqual(ids.slice(10, 30));
    expect(second?.comments.every(({ parentId }) => parentId === ids[29])).toBe(true);
    const nested = nestReplies([...(second?.above ?? []), ...(second?.comments ?? [])]);
    expect(depthOf(nested)).toBe(21);
  });

  it('repeats further up only what its comments answer, so that none seems to answer nobody', async () => {
    const chain = chainOf(60);
    const leaves = Array.from({ length: 180 }, () => approved(59));
    const furtherUp = [approved(12), approved(5), approved(undefined)];
    const { ids, conversationId } = await plant([...chain, ...leaves, ...furtherUp]);
    const [, second] = await readAll(conversationId);
    expect(second?.above.map(({ id }) => id)).toEqual([ids[5], ids[12], ...ids.slice(40, 60)]);
    const pages = presentThread(second as ThreadSlice, {
      authorIds: new Set(),
      closingAt: () => undefined,
      closedBranches: [],
      hasTools: false,
      editMinutes: 15,
      now: new Date(),
      ownNotes: new Map(),
      nextHref: undefined,
    });
    const all = (views: readonly CommentView[]): CommentView[] =>
      views.flatMap((view) => [view, ...all(view.replies?.comments ?? [])]);
    const names = new Map(all(pages).map(({ id, parentName }) => [id, parentName]));
    expect(ids.slice(-3).map((id) => names.get(id))).toEqual([`Guest ${ids[12]}`, `Guest ${ids[5]}`, undefined]);
  });

  it('does not repeat what is hidden above a reader’s own held comment', async () => {
    const chain = [approved(undefined), { parent: 0, status: 'removed' }, { parent: 1, status: 'pending' }] as const;
    const { ids, conversationId } = await plant([
      ...Array.from({ length: 5 }, () => approved(undefined)),
      ...chain.map(shift),
    ]);
    const [, , own] = ids.slice(5);
    const { id: browserId } = await database.db
      .insertInto('browser')
      .values({ created_at: new Date() })
      .returning('id')
      .executeTakeFirstOrThrow();
    await database.db
      .updateTable('comment')
      .set({ browser_id: browserId })
      .where('id', '=', own as number)
      .execute();
    const slice = await loadThreadSlice(database.db, { conversationId, after: ids[5] });
    const claimant = { accountId: undefined, browserIds: [browserId] };
    const { above, comments } = addOwn(slice, await loadOwnComments(database.db, { conversationId, claimant, slice }));
    expect([above.map(({ id }) => id), comments.map(({ id }) => id)]).toEqual([[ids[5]], [own]]);
  });

  it('loses nothing of a chain that is deeper than the key, and keeps the true parents', async () => {
    const planted = chainOf(450);
    const { ids, conversationId } = await plant(planted);
    const rows = (await readAll(conversationId)).flatMap(({ comments }) => comments);
    expect(rows.map(({ id }) => id)).toEqual(ids);
    expect(rows.map(({ parentId }) => parentId)).toEqual([null, ...ids.slice(0, -1)]);
    expect(rows.map(({ depth }) => depth)).toEqual(ids.map((_id, index) => index + 1));
  });

  it('pages through branches that go on below the deepest level of the key, in the order of their ids there', async () => {
    const random = randomFrom(9);
    const chain = chainOf(398);
    const below = Array.from({ length: 300 }, (_, index) => approved(397 + Math.floor(random() * (index + 1))));
    const siblings = Array.from({ length: 60 }, () => approved(pick(random, [0, 100, 396, undefined])));
    const planted = [...chain, ...below, ...siblings];
    const { ids, conversationId } = await plant(planted);
    const rows = (await readAll(conversationId)).flatMap(({ comments }) => comments);
    expect(rows.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(ids);
    const place = new Map(rows.map(({ id }, index) => [id, index]));
    for (const { id, parentId } of rows) {
      if (parentId !== null) expect(place.get(parentId)).toBeLessThan(place.get(id) ?? 0);
    }
  });

  it('begins at the top behind a comment that is not in it', async () => {
    const other = await plant([approved(undefined)]);
    const { ids, conversationId } = await plant([approved(undefined)]);
    for (const after of [other.ids[0], 2_147_483_647]) {
      const slice = await loadThreadSlice(database.db, { conversationId, after });
      expect(slice).toMatchObject({ continued: false, above: [], next: undefined });
      expect(slice.comments.map(({ id }) => id)).toEqual(ids);
    }
  });

  it('ends without a next page, also where the last page is full, and is empty behind the last comment', async () => {
    const { ids, conversationId } = await plant(Array.from({ length: pageRows }, () => approved(undefined)));
    expect((await loadThreadSlice(database.db, { conversationId })).next).toBeUndefined();
    const behind = await loadThreadSlice(database.db, { conversationId, after: ids.at(-1) });
    expect(behind).toMatchObject({ comments: [], above: [], next: undefined, continued: true });
  });
});

describe('The page of a comment', () => {
  it('shows it, wherever it stands', async () => {
    const planted = randomTree(randomFrom(31), { size: 700, statuses: mixed });
    const { conversationId } = await plant(planted);
    const rows = (await readAll(conversationId)).flatMap(({ comments }) => comments);
    expect(rows.length).toBeGreaterThan(2 * pageRows);
    for (const { id, key } of rows.filter((_row, index) => index % 23 === 0)) {
      const after = await findPageStart(database.db, { conversationId, key });
      const { comments } = await loadThreadSlice(database.db, { conversationId, after });
      expect(comments.map((comment) => comment.id)).toContain(id);
    }
  });

  it('is the first one for the first comments', async () => {
    const { conversationId } = await plant(Array.from({ length: pageRows + 5 }, () => approved(undefined)));
    const rows = (await readAll(conversationId)).flatMap(({ comments }) => comments);
    const startOf = (index: number) => findPageStart(database.db, { conversationId, key: rows[index]?.key as Buffer });
    expect(await startOf(0)).toBeUndefined();
    expect(await startOf(pageRows - 1)).toBeUndefined();
    expect(await startOf(pageRows)).toBeDefined();
  });
});

async function plant(planted: readonly Planted[]): Promise<{ ids: number[]; conversationId: number }> {
  const { conversationId } = await addPost(database.db, { title: 'A long talk' });
  return { ids: await plantThread(database.db, conversationId, planted), conversationId };
}

async function readAll(conversationId: number): Promise<ThreadSlice[]> {
  const pages: ThreadSlice[] = [];
  for (let after: number | undefined; pages.length < 50; ) {
    const page = await loadThreadSlice(database.db, { conversationId, after });
    pages.push(page);
    after = page.next?.after;
    if (after === undefined) return pages;
  }
  throw new Error('The conversation does not end.');
}

// For a thread that stands behind five others.
function shift({ parent, status }: Planted): Planted {
  return { parent: parent === undefined ? undefined : parent + 5, status };
}

// Statuses of a conversation that moderators have been at.
const mixed = ['approved', 'approved', 'approved', 'pending', 'removed', 'spam', 'rejected'] as const;

function depthOf(nodes: ReturnType<typeof nestReplies<ThreadRow>>): number {
  return nodes.length === 0 ? 0 : 1 + Math.max(...nodes.map(({ replies }) => depthOf(replies)));
}
