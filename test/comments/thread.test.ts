import { describe, expect, it } from '@jest/globals';
import {
  deepestKeyLevel,
  idsInKey,
  mergeByKey,
  nestReplies,
  sortKey,
  type ThreadNode,
  type ThreadRow,
} from '../../src/comments/thread.ts';

describe('A sort key', () => {
  it('is the parent’s key and five bytes of the own id', () => {
    expect(sortKey(undefined, 258)).toEqual(Buffer.from([0, 0, 0, 1, 2]));
    expect(sortKey(sortKey(undefined, 1), 2)).toEqual(Buffer.from([0, 0, 0, 0, 1, 0, 0, 0, 0, 2]));
  });

  it('holds the largest id that a column has', () => {
    expect(idsInKey(sortKey(undefined, 2_147_483_647))).toEqual([2_147_483_647]);
  });

  it('puts a reply behind its parent, before the next sibling, however the ids compare', () => {
    const first = sortKey(undefined, 1);
    const late = sortKey(sortKey(first, 900), 901);
    const sibling = sortKey(undefined, 2);
    expect([sibling, late, first].sort(Buffer.compare)).toEqual([first, late, sibling]);
  });

  it('tells the whole branch', () => {
    expect(idsInKey(chainKey([4, 8, 15, 16]))).toEqual([4, 8, 15, 16]);
  });

  it('ends at 400 levels: what is deeper takes the last level with its own id', () => {
    const ids = Array.from({ length: 405 }, (_, index) => index + 1);
    const key = chainKey(ids);
    expect(key.length).toBe(deepestKeyLevel * 5);
    expect(idsInKey(key)).toEqual([...ids.slice(0, 399), 405]);
  });
});

describe('Nested lists', () => {
  it('are made of rows in reading order', () => {
    const rows = [row(1), row(2, [1]), row(5, [1, 2]), row(3, [1]), row(4)];
    expect(shape(nestReplies(rows))).toEqual([[1, [2, [5]], [3]], [4]]);
  });

  it('hang an orphan below the nearest comment above it that is there', () => {
    const rows = [row(1), row(9, [1, 4, 7])];
    expect(shape(nestReplies(rows))).toEqual([[1, [9]]]);
  });

  it('begin anew with what has nothing above it, as on the second page of a branch', () => {
    const rows = [row(7, [1, 4]), row(8, [1, 4, 7]), row(5, [1])];
    expect(shape(nestReplies(rows))).toEqual([[7, [8]], [5]]);
  });

  it('follow true parents below the deepest level of the key', () => {
    const above = Array.from({ length: 399 }, (_, index) => index + 1);
    const rows = [row(401, [...above, 400]), row(402, [...above, 400, 401]), row(403, [...above, 400, 401])];
    expect(shape(nestReplies(rows))).toEqual([[401, [402], [403]]]);
  });

  it('are empty without rows', () => {
    expect(nestReplies([])).toEqual([]);
  });
});

describe('Two lists in reading order', () => {
  it('become one', () => {
    const merged = mergeByKey([row(1), row(4), row(6, [4])], [row(5, [4]), row(2, [1])].reverse());
    expect(merged.map(({ id }) => id)).toEqual([1, 2, 4, 5, 6]);
  });

  it('have a row of both once: the second list’s', () => {
    const [shared, own] = [row(2), { ...row(2), own: true }];
    expect(mergeByKey([row(1), shared, row(3)], [own])).toEqual([row(1), own, row(3)]);
  });

  it('can have the newest branch first, each in reading order', () => {
    const merged = mergeByKey([row(9), row(4), row(5, [4])], [row(7, [4]), row(6)], 'newest');
    expect(merged.map(({ id }) => id)).toEqual([9, 6, 4, 5, 7]);
  });

  it('stay as they are where one is empty', () => {
    expect(mergeByKey([row(1), row(2)], []).map(({ id }) => id)).toEqual([1, 2]);
    expect(mergeByKey([], [row(2)]).map(({ id }) => id)).toEqual([2]);
  });
});

function chainKey(ids: readonly number[]): Buffer {
  return ids.reduce<Buffer | undefined>((key, id) => sortKey(key, id), undefined) ?? Buffer.alloc(0);
}

function row(id: number, above: readonly number[] = []): ThreadRow {
  return { id, parentId: above.at(-1) ?? null, key: chainKey([...above, id]) };
}

type Shape = [number, ...Shape[]];

function shape(nodes: readonly ThreadNode<ThreadRow>[]): Shape[] {
  return nodes.map(({ comment, replies }) => [comment.id, ...shape(replies)]);
}
