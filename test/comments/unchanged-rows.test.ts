import { describe, expect, test } from '@jest/globals';
import { sortKey } from '../../src/comments/thread.ts';
import type { ReadableComment, ThreadSlice } from '../../src/comments/thread-queries.ts';
import { withLastRows } from '../../src/comments/unchanged-rows.ts';
import { TrustedHtml } from '../../src/text/trusted-html.ts';

const row = (id: number, changes: Partial<ReadableComment> = {}): ReadableComment => ({
  id,
  parentId: null,
  key: sortKey(undefined, id),
  depth: 1,
  createdAt: new Date('2026-01-01T12:00:00Z'),
  accountId: null,
  status: 'approved',
  own: false,
  content: content('Hello.'),
  ...changes,
});

const content = (text: string, more: object = {}) =>
  ({
    name: 'Ann',
    website: null,
    html: TrustedHtml.fromSanitiser(`<p>${text}</p>`),
    editedAt: undefined,
    addressConfirmed: false,
    ...more,
  }) as NonNullable<ReadableComment['content']>;

const slice = (comments: readonly ReadableComment[]): ThreadSlice => ({
  comments,
  above: [],
  next: undefined,
  continued: false,
  range: { order: 'oldest', from: Buffer.alloc(0), until: Buffer.alloc(5, 0xff) },
  top: Buffer.alloc(0),
});

describe('the rows of a new reading', () => {
  test('are those of the last one where nothing has changed', () => {
    const last = slice([row(1), row(2)]);
    const { comments } = withLastRows(slice([row(1), row(2), row(3)]), last);
    expect(comments[0]).toBe(last.comments[0]);
    expect(comments[1]).toBe(last.comments[1]);
    expect(comments.map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  test.each<[string, Partial<ReadableComment>]>([
    ['its text', { content: content('Goodbye.') }],
    ['its name', { content: content('Hello.', { name: 'Bea' }) }],
    ['the time of an edit', { content: content('Hello.', { editedAt: new Date() }) }],
    ['that its address is confirmed', { content: content('Hello.', { addressConfirmed: true }) }],
    ['that it is a placeholder', { content: undefined, status: 'removed' }],
    ['its time', { createdAt: new Date('2026-01-02T12:00:00Z') }],
    ['its place', { key: sortKey(sortKey(undefined, 9), 1) }],
    ['what nobody knows of yet', { later: 'field' } as Partial<ReadableComment>],
  ])('are new where a row differs in %s', (_what, changes) => {
    const last = slice([row(1)]);
    const now = slice([row(1, changes)]);
    expect(withLastRows(now, last).comments[0]).toBe(now.comments[0]);
    expect(withLastRows(last, now).comments[0]).toBe(last.comments[0]);
  });
});
