import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { sql } from 'kysely';
import {
  allowedActions,
  type CommentAction,
  type CommentStatus,
  commentStatuses,
  isErased,
  isReadable,
  moderatorActions,
  nextStatus,
} from '../../src/comments/lifecycle.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const actions = ['approve', 'reject', 'spam', 'remove', 'restore', 'hold', 'delete', 'expire'] as const;

// Written out a second time on purpose: a change of the table has to be meant.
const table: Record<CommentStatus, Record<CommentAction, CommentStatus | '—'>> = {
  // in the order of the actions above
  pending: row('approved', 'rejected', 'spam', '—', '—', '—', 'deleted', '—'),
  approved: row('—', '—', 'spam', 'removed', '—', 'pending', 'deleted', '—'),
  rejected: row('approved', '—', 'spam', '—', 'pending', '—', 'deleted', '—'),
  spam: row('approved', 'rejected', '—', '—', 'pending', '—', 'deleted', 'expired'),
  removed: row('—', '—', 'spam', '—', 'approved', '—', 'deleted', '—'),
  deleted: row('—', '—', '—', '—', '—', '—', '—', '—'),
  expired: row('—', '—', '—', '—', '—', '—', '—', '—'),
};

const cells = Object.entries(table).flatMap(([status, next]) =>
  actions.map((action) => [status as CommentStatus, action, next[action]] as const),
);

describe('The table of statuses and actions', () => {
  it.each(cells)('%s, by %s: %s', (status, action, next) => {
    expect(nextStatus(status, action)).toBe(next === '—' ? undefined : next);
  });

  it('has a row for every status, and nothing else', () => {
    expect([...commentStatuses].sort()).toEqual(Object.keys(table).sort());
  });

  it.each(commentStatuses)(
    'offers the moderator of a comment that is %s exactly what is possible, and neither deletion nor what a rule does',
    (status) => {
      const possible = moderatorActions.filter((action) => table[status][action] !== '—');
      expect(allowedActions(status)).toEqual(possible);
    },
  );

  it('lets a moderator confirm what a rule alone took for spam, where it stands, and nothing else', () => {
    for (const status of commentStatuses) {
      const confirmable = status === 'spam' ? ['approve', 'reject', 'spam', 'restore'] : allowedActions(status);
      expect(allowedActions(status, true)).toEqual(confirmable);
    }
    expect(nextStatus('spam', 'spam', true)).toBe('spam');
    expect(nextStatus('spam', 'spam')).toBeUndefined();
  });

  it('shows readers what is approved, and nothing else', () => {
    expect(commentStatuses.filter(isReadable)).toEqual(['approved']);
  });

  it('lets no action lead to the status that the comment has already, or out of what is erased', () => {
    for (const [status, , next] of cells) expect(next).not.toBe(status);
    for (const status of commentStatuses.filter(isErased))
      expect(Object.values(table[status])).toEqual(actions.map(() => '—'));
    expect(commentStatuses.filter(isErased)).toEqual(['deleted', 'expired']);
  });
});

describe('The database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  test('knows the same statuses', async () => {
    const { rows } = await sql<{ definition: string }>`
      select pg_get_constraintdef(oid) as definition from pg_constraint where conname = 'comment_status'`.execute(
      database.db,
    );
    const words = [...(rows[0]?.definition ?? '').matchAll(/'(\w+)'/g)].map(([, word]) => word);
    expect(words.sort()).toEqual([...commentStatuses].sort());
  });
});

function row(
  ...[approve, reject, spam, remove, restore, hold, deletion, expire]: (CommentStatus | '—')[]
): Record<CommentAction, CommentStatus | '—'> {
  return { approve, reject, spam, remove, restore, hold, delete: deletion, expire } as Record<
    CommentAction,
    CommentStatus | '—'
  >;
}
