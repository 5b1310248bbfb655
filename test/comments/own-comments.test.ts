import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addOwn, loadOwnComments } from '../../src/comments/own-comments.ts';
import type { ThreadOrder } from '../../src/comments/thread.ts';
import { loadThreadSlice, pageRows, type ThreadSlice } from '../../src/comments/thread-queries.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { addPost } from '../support/posts.ts';
import { approved, chainOf, type Planted, plantThread } from '../support/threads.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe('What one browser wrote', () => {
  it('is marked as its own, once, where everyone sees it', async () => {
    const thread = await plant([approved(undefined), approved(0), approved(undefined)], [1]);
    const { shared, merged } = await read(thread);
    expect(marks(shared, thread.ids)).toEqual(['0', '1', '2']);
    expect(marks(merged, thread.ids)).toEqual(['0', '1 own', '2']);
  });

  it('is added at its place where nobody else sees it, but for what was spam', async () => {
    const held = (['pending', 'rejected', 'removed', 'spam'] as const).map((status) => ({ parent: 0, status }));
    const thread = await plant([approved(undefined), ...held, approved(0), approved(undefined)], [1, 2, 3, 4]);
    const { shared, merged } = await read(thread);
    expect(marks(shared, thread.ids)).toEqual(['0', '5', '6']);
    expect(marks(merged, thread.ids)).toEqual(['0', '1 own', '2 own', '3 own', '5', '6']);
    expect(merged.comments[1]?.content?.name).toBe(`Guest ${thread.ids[1]}`);
  });

  it('takes the place of the placeholder that others see', async () => {
    const thread = await plant([{ parent: undefined, status: 'removed' }, approved(0)], [0]);
    const { shared, merged } = await read(thread);
    expect([shared.comments[0]?.content, marks(shared, thread.ids)]).toEqual([undefined, ['0', '1']]);
    expect([merged.comments[0]?.content?.name, marks(merged, thread.ids)]).toEqual([
      `Guest ${thread.ids[0]}`,
      ['0 own', '1'],
    ]);
  });

  it.each<ThreadOrder>(['oldest', 'newest'])('stands on one page alone, read %s first', async (order) => {
    const planted = Array.from({ length: 2 * pageRows + 40 }, (_, index): Planted => {
      return { parent: undefined, status: index % 20 === 7 ? 'pending' : 'approved' };
    });
    const own = planted.flatMap((_each, index) => (index % 20 === 7 || index % 20 === 8 ? [index] : []));
    const thread = await plant(planted, own);
    const all: string[] = [];
    for (let after: number | undefined, pages = 0; pages === 0 || after !== undefined; pages += 1) {
      const { merged } = await read(thread, { after, order });
      all.push(...marks(merged, thread.ids));
      after = merged.next?.after;
    }
    const expected = planted.map((_each, index) => (own.includes(index) ? `${index} own` : `${index}`));
    expect(all).toEqual(order === 'oldest' ? expected : expected.reverse());
  });

  it('is marked among what a later page repeats, too', async () => {
    const thread = await plant([...chainOf(3), ...Array.from({ length: pageRows }, () => approved(2))], [1]);
    const { merged } = await read(thread, { after: thread.ids[pageRows - 1] });
    expect(merged.above.map(({ id, own }) => [id, own])).toEqual(
      thread.ids.slice(0, 3).map((id, at) => [id, at === 1]),
    );
  });

  it('brings what it answers along, where the page would not show that', async () => {
    const roots = Array.from({ length: pageRows - 30 }, () => approved(undefined));
    const chain = chainOf(30, pageRows - 30).map((each, at) => (at === 0 ? approved(undefined) : each));
    const thread = await plant([...roots, ...chain, { parent: pageRows - 1, status: 'pending' }], [pageRows]);
    const { shared, merged } = await read(thread, { after: thread.ids[pageRows - 1] });
    expect([shared.above, shared.comments]).toEqual([[], []]);
    expect(merged.above.map(({ id }) => id)).toEqual(thread.ids.slice(pageRows - 20, pageRows));
    expect(marks(merged, thread.ids)).toEqual([`${pageRows} own`]);
  });

  it('is not of a branch that it is not in, and brings nothing from above one', async () => {
    const held = (parent: number): Planted => ({ parent, status: 'pending' });
    const thread = await plant([...chainOf(3), held(0), held(1), held(2)], [3, 4, 5]);
    const { comments } = await loadThreadSlice(database.db, thread);
    const { merged } = await read(thread, { branch: comments[1]?.key });
    expect(marks(merged, thread.ids)).toEqual(['1', '2', '5 own', '4 own']);
    expect(merged.above).toEqual([]);
    const later = await read(thread, { branch: comments[1]?.key, after: thread.ids[2] });
    expect(later.merged.above.map(({ id }) => id)).toEqual(thread.ids.slice(1, 3));
  });

  it('is nothing in other conversations, and nothing of other browsers', async () => {
    const [one, other] = [await plant([approved(undefined)], [0]), await plant([approved(undefined)], [0])];
    const { merged } = await read({ ...other, browserId: one.browserId });
    expect(marks(merged, other.ids)).toEqual(['0']);
  });
});

interface Thread {
  readonly conversationId: number;
  readonly ids: readonly number[];
  readonly browserId: number;
}

// Those whose places are given are written in one browser.
async function plant(planted: readonly Planted[], own: readonly number[]): Promise<Thread> {
  const { db } = database;
  const { conversationId } = await addPost(db, { title: 'A talk' });
  const ids = await plantThread(db, conversationId, planted);
  const { id: browserId } = await db
    .insertInto('browser')
    .values({ created_at: new Date() })
    .returning('id')
    .executeTakeFirstOrThrow();
  const ownIds = own.map((index) => ids[index] as number);
  await db.updateTable('comment').set({ browser_id: browserId }).where('id', 'in', ownIds).execute();
  return { conversationId, ids, browserId };
}

async function read(
  { conversationId, browserId }: Pick<Thread, 'conversationId' | 'browserId'>,
  choice: { after?: number | undefined; order?: ThreadOrder; branch?: Buffer | undefined } = {},
): Promise<{ shared: ThreadSlice; merged: ThreadSlice }> {
  const claimant = { accountId: undefined, browserIds: [browserId] };
  const shared = await loadThreadSlice(database.db, { conversationId, ...choice });
  const merged = addOwn(shared, await loadOwnComments(database.db, { conversationId, claimant, slice: shared }));
  return { shared, merged };
}

// The places of a page's comments in the list that was planted.
function marks({ comments }: ThreadSlice, ids: readonly number[]): string[] {
  return comments.map(({ id, own }) => `${ids.indexOf(id)}${own ? ' own' : ''}`);
}
