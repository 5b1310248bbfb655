import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readReply } from '../../src/comments/form.ts';
import type { CommentStatus } from '../../src/comments/lifecycle.ts';
import { postComment } from '../../src/comments/service.ts';
import { compareIn, type ThreadOrder } from '../../src/comments/thread.ts';
import { loadThreadSlice } from '../../src/comments/thread-queries.ts';
import type { ReadableComment } from '../../src/comments/thread-rows.ts';
import { changeStatus, lockWithAncestors } from '../../src/comments/transition.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { addPost } from '../support/posts.ts';
import { type Planted, pick, plantThread, preorderOf, randomFrom, randomTree, shownOf } from '../support/threads.ts';

const now = new Date('2026-03-01T12:00:00Z');
const statuses: readonly CommentStatus[] = ['approved', 'approved', 'approved', 'approved', 'removed', 'pending'];
const seeds = [1, 2, 3, 4, 5, 6];

let database: TestDatabase;
let authorId: number;
beforeAll(async () => {
  database = await createTestDatabase();
  const author = { handle: 'ada', name: 'Ada', role: 'author', created_at: now } as const;
  ({ id: authorId } = await database.db.insertInto('account').values(author).returning('id').executeTakeFirstOrThrow());
});
afterAll(() => database.drop());

describe.each<ThreadOrder>(['oldest', 'newest'])('A conversation of any shape, read %s first', (order) => {
  it.each(seeds)('pages to exactly its preorder (seed %i)', async (seed) => {
    const { conversationId, expected } = await plantAtRandom(seed, order);
    const pages = await readPages(conversationId, order);
    expect(pages.flat().map(({ id }) => id)).toEqual(expected);
  });

  it.each(seeds)('loses nothing and shows nothing twice while others post (seed %i)', async (seed) => {
    const random = randomFrom(seed + 1000);
    const { conversationId, expected } = await plantAtRandom(seed, order);
    const answered = [...expected];
    const pages = await readPages(conversationId, order, async () => {
      for (let posted = 0; posted < 7; posted += 1) {
        const parent = random() < 0.3 ? undefined : pick(random, answered);
        answered.push(await post(conversationId, parent));
      }
    });
    const read = pages.flat().map(({ id }) => id);
    const original = new Set(expected);
    expect(read.filter((id) => original.has(id))).toEqual(expected);
    expect(new Set(read).size).toBe(read.length);
    const later = (await readPages(conversationId, order)).flat();
    const known = new Set(read);
    expect(read).toEqual(later.map(({ id }) => id).filter((id) => known.has(id)));
  });

  it.each(seeds)(
    'loses nothing else while comments are taken down, the last one read among them (seed %i)',
    async (seed) => {
      const random = randomFrom(seed + 2000);
      const { conversationId, expected } = await plantAtRandom(seed, order);
      const pages = await readPages(conversationId, order, async (page) => {
        for (const id of [page.at(-1)?.id, pick(random, expected), pick(random, expected)]) await remove(id as number);
      });
      const read = pages.flat().map(({ id }) => id);
      expect(new Set(read).size).toBe(read.length);
      const stay = (await readPages(conversationId, order)).flat().map(({ id }) => id);
      expect(read).toEqual(expect.arrayContaining(stay));
      const staying = new Set(stay);
      expect(read.filter((id) => staying.has(id))).toEqual(stay);
    },
  );
});

// From wide trees to what is little more than one chain, 400 levels deep.
const onwards = [0.3, 0.6, 0.9, 0.98, 0.995, 1];

async function plantAtRandom(
  seed: number,
  order: ThreadOrder,
): Promise<{ conversationId: number; expected: number[] }> {
  const random = randomFrom(seed);
  const size = 500 + Math.floor(random() * 500);
  const planted = randomTree(random, { size, onward: onwards[seed % onwards.length] as number, statuses });
  const { conversationId } = await addPost(database.db, { title: 'A long talk' });
  const ids = await plantThread(database.db, conversationId, planted);
  const shown = shownOf(planted);
  const inOrder = order === 'oldest' ? preorderOf(planted) : newestFirst(planted);
  return { conversationId, expected: inOrder.filter((index) => shown[index]).map((index) => ids[index] as number) };
}

// By the definition: the branches from the last on, each as it is read.
function newestFirst(planted: readonly Planted[]): number[] {
  const branches: number[][] = [];
  for (const index of preorderOf(planted)) {
    if (planted[index]?.parent === undefined) branches.push([]);
    branches.at(-1)?.push(index);
  }
  return branches.reverse().flat();
}

async function readPages(
  conversationId: number,
  order: ThreadOrder,
  between: (page: readonly ReadableComment[]) => Promise<void> = async () => {},
): Promise<ReadableComment[][]> {
  const pages: ReadableComment[][] = [];
  for (let after: number | undefined; pages.length < 50; ) {
    const { comments, above, next } = await loadThreadSlice(database.db, { conversationId, after, order });
    expect(comments.toSorted(compareIn(order)).map(({ id }) => id)).toEqual(comments.map(({ id }) => id));
    expectAncestors(above, comments);
    pages.push([...comments]);
    if (!next) return pages;
    after = next.after;
    await between(comments);
  }
  throw new Error('The conversation does not end.');
}

// What a page repeats stands above something that it shows, and is not shown there itself.
function expectAncestors(above: readonly ReadableComment[], comments: readonly ReadableComment[]): void {
  for (const { id, key } of above) {
    expect(comments.some((comment) => comment.id !== id && comment.key.subarray(0, key.length).equals(key))).toBe(true);
    expect(comments.some((comment) => comment.id === id)).toBe(false);
  }
}

async function post(conversationId: number, parentId: number | undefined): Promise<number> {
  const outcome = await postComment(database.db, {
    conversationId,
    // No rule holds what the staff write.
    writer: { kind: 'staff', id: authorId, name: 'Ada', role: 'author' },
    fields: readReply({ body: 'Meanwhile.', parent: String(parentId ?? ''), key: randomUUID() }),
    networkHash: Buffer.alloc(16),
    limit: 0,
    now,
  });
  // What is only a placeholder cannot be answered: then it is the post that is.
  if (outcome.kind === 'invalid' && parentId !== undefined) return post(conversationId, undefined);
  if (outcome.kind !== 'posted') throw new Error(`It was not posted: ${outcome.kind}`);
  return outcome.commentId;
}

async function remove(id: number): Promise<void> {
  await database.db.transaction().execute(async (trx) => {
    const comments = await lockWithAncestors(trx, [id]);
    await changeStatus(trx, comments.values(), { action: 'remove', actorId: undefined, now });
  });
}
