import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readReply } from '../../src/comments/form.ts';
import { type CommentAction, type CommentStatus, nextStatus } from '../../src/comments/lifecycle.ts';
import { postComment } from '../../src/comments/service.ts';
import type { Outcome } from '../../src/comments/submission.ts';
import { changeStatus, lockWithAncestors } from '../../src/comments/transition.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { holdCounts, untilWaiting } from '../support/held-back.ts';
import { addPost } from '../support/posts.ts';
import { pick, plantThread, randomFrom, shownOf } from '../support/threads.ts';

const actions = ['approve', 'reject', 'spam', 'remove', 'restore', 'hold', 'delete'] as const;
const now = new Date('2026-03-01T12:00:00Z');

jest.setTimeout(60_000);

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.db.updateTable('site').set({ comment_mode: 'open' }).execute();
});
afterAll(() => database.drop());

describe('After every step of a conversation', () => {
  it.each([11, 12, 13])('flags, counts and events agree with the comments: random course %i', async (seed) => {
    const random = randomFrom(seed);
    const { conversationId } = await addPost(database.db, { title: 'A lively talk' });
    for (let step = 0; step < 60; step += 1) {
      const comments = await allOf(conversationId);
      const readable = comments.filter(({ status }) => status === 'approved');
      if (random() < 0.45 || comments.length === 0) {
        const parent = readable.length > 0 && random() < 0.85 ? pick(random, readable).id : undefined;
        await write({ conversationId, parent, held: random() < 0.4 });
      } else {
        // One now and then, or several at once, whatever their statuses are.
        const ids = Array.from({ length: random() < 0.7 ? 1 : 4 }, () => pick(random, comments).id);
        await act(ids, pick(random, actions));
      }
      await expectAgreement(conversationId);
    }
  });

  it('a placeholder goes with its last visible reply, up to the next one that is needed', async () => {
    const { conversationId } = await addPost(database.db, { title: 'A branch' });
    const ids = await plantThread(database.db, conversationId, [
      { parent: undefined, status: 'approved' },
      { parent: 0, status: 'removed' },
      { parent: 1, status: 'spam' },
      { parent: 2, status: 'approved' },
      { parent: 1, status: 'pending' },
    ]);
    expect(await shownIn(conversationId)).toEqual([true, true, true, true, false]);
    await act([ids[3] as number], 'remove');
    expect(await shownIn(conversationId)).toEqual([true, false, false, false, false]);
    await act([ids[4] as number], 'approve');
    expect(await shownIn(conversationId)).toEqual([true, true, false, false, true]);
  });

  it('nothing happens to a comment with which the action cannot be done', async () => {
    const { conversationId } = await addPost(database.db, { title: 'A comment' });
    const [id = 0] = await plantThread(database.db, conversationId, [{ parent: undefined, status: 'removed' }]);
    expect((await act([id], 'approve')).size).toBe(0);
    const events = await database.db.selectFrom('event').select('id').where('subject_id', '=', id).execute();
    expect([(await allOf(conversationId))[0]?.status, events]).toEqual(['removed', []]);
  });
});

describe('Many at once on one branch', () => {
  it('approve, remove and restore without blocking each other, and leave everything in agreement', async () => {
    const random = randomFrom(21);
    const { conversationId } = await addPost(database.db, { title: 'A crowded branch' });
    const planted = Array.from({ length: 40 }, (_, index) => ({
      parent: index === 0 ? undefined : Math.max(0, index - 1 - Math.floor(random() * 3)),
      status: pick<CommentStatus>(random, ['pending', 'approved', 'removed', 'spam']),
    }));
    const ids = await plantThread(database.db, conversationId, planted);
    const jobs = Array.from({ length: 150 }, () => {
      const some = Array.from({ length: random() < 0.5 ? 1 : 5 }, () => pick(random, ids));
      const action = pick(random, actions.slice(0, 5));
      return () => act(some, action);
    });
    await atOnce(10, jobs);
    await expectAgreement(conversationId);
  });

  it('reply deep in a branch while its beginning is decided on, without blocking each other', async () => {
    const random = randomFrom(22);
    const { conversationId } = await addPost(database.db, { title: 'A deep branch' });
    const chain = Array.from({ length: 12 }, (_, index) => ({
      parent: index === 0 ? undefined : index - 1,
      status: 'approved' as const,
    }));
    const ids = await plantThread(database.db, conversationId, chain);
    const jobs = Array.from({ length: 200 }, (): (() => Promise<unknown>) => {
      const id = pick(random, ids.slice(6));
      if (random() < 0.6) return () => write({ conversationId, parent: id, held: random() < 0.3 });
      return () => act([id], pick(random, ['remove', 'restore']));
    });
    await atOnce(10, jobs);
    await expectAgreement(conversationId);
  });
});

describe('A reply on its way', () => {
  it('keeps what it answers from being hidden under it', async () => {
    const { conversationId } = await addPost(database.db, { title: 'A close call' });
    const [id = 0] = await plantThread(database.db, conversationId, [{ parent: undefined, status: 'approved' }]);
    const held = await holdCounts(database.db, conversationId);
    const reply = write({ conversationId, parent: id, held: false });
    await untilWaiting(database.db, 1);
    const removal = act([id], 'remove');
    await untilWaiting(database.db, 2);
    held.release();
    expect(await reply).toMatchObject({ kind: 'posted', verdict: { status: 'approved' } });
    await removal;
    expect(await shownIn(conversationId)).toEqual([true, true]);
    await expectAgreement(conversationId);
  });

  it('is not written under what was hidden a moment before', async () => {
    const { conversationId } = await addPost(database.db, { title: 'Another close call' });
    const [id = 0] = await plantThread(database.db, conversationId, [{ parent: undefined, status: 'approved' }]);
    const held = await holdCounts(database.db, conversationId);
    const removal = act([id], 'remove');
    await untilWaiting(database.db, 1);
    const reply = write({ conversationId, parent: id, held: false });
    await untilWaiting(database.db, 2);
    held.release();
    await removal;
    expect(await reply).toMatchObject({ kind: 'invalid', errors: { parent: { key: 'reply.parent.unknown' } } });
    await expectAgreement(conversationId);
  });
});

async function atOnce(count: number, jobs: readonly (() => Promise<unknown>)[]): Promise<void> {
  const open = jobs.values();
  const work = async () => {
    for (const job of open) await job();
  };
  await Promise.all(Array.from({ length: count }, work));
}

async function act(ids: readonly number[], action: CommentAction): Promise<Map<number, CommentStatus>> {
  return database.db.transaction().execute(async (trx) => {
    const locked = await lockWithAncestors(trx, ids);
    return changeStatus(trx, locked.values(), { action, actorId: undefined, now });
  });
}

async function write({
  conversationId,
  parent,
  held,
}: {
  conversationId: number;
  parent: number | undefined;
  held: boolean;
}): Promise<Outcome> {
  const fields = { ...readReply(undefined), name: 'Greta', key: randomUUID() };
  return postComment(database.db, {
    conversationId,
    writer: { kind: 'guest', browserId: undefined },
    fields: {
      ...fields,
      body: held ? 'https://a.example https://b.example https://c.example' : 'Words.',
      parent: parent === undefined ? '' : String(parent),
    },
    networkHash: Buffer.from(randomUUID().replaceAll('-', ''), 'hex'),
    limit: 0,
    now,
  });
}

function allOf(conversationId: number) {
  return database.db
    .selectFrom('comment')
    .select(['id', 'parent_id', 'status', 'shown'])
    .where('conversation_id', '=', conversationId)
    .orderBy('id')
    .execute();
}

async function shownIn(conversationId: number): Promise<boolean[]> {
  return (await allOf(conversationId)).map(({ shown }) => shown);
}

async function expectAgreement(conversationId: number): Promise<void> {
  const comments = await allOf(conversationId);
  const places = new Map(comments.map(({ id }, index) => [id, index]));
  const planted = comments.map(({ parent_id, status }) => ({ parent: places.get(parent_id ?? 0), status }));
  expect(comments.map(({ shown }) => shown)).toEqual(shownOf(planted));

  const count = (status: CommentStatus) => comments.filter((comment) => comment.status === status).length;
  const counts = await database.db
    .selectFrom('conversation_count')
    .select(['readable', 'waiting'])
    .where('conversation_id', '=', conversationId)
    .executeTakeFirstOrThrow();
  expect(counts).toEqual({ readable: count('approved'), waiting: count('pending') });

  const events = await database.db
    .selectFrom('event')
    .select(['subject_id', 'action', 'from_status', 'to_status'])
    .where('subject_kind', '=', 'comment')
    .where('subject_id', 'in', comments.length > 0 ? comments.map(({ id }) => id) : [0])
    .orderBy('id')
    .execute();
  const told = new Map<number, string | null>();
  for (const { subject_id, action, from_status, to_status } of events) {
    if (action === 'post') expect(from_status).toBeNull();
    else {
      if (told.has(subject_id)) expect(from_status).toBe(told.get(subject_id));
      // A rule may have taken it for spam, and a moderator confirms that.
      const mayConfirm = from_status === 'spam';
      expect(to_status).toBe(nextStatus(from_status as CommentStatus, action as CommentAction, mayConfirm));
    }
    told.set(subject_id, to_status);
  }
  for (const { id, status } of comments) expect(told.get(id) ?? status).toBe(status);
}
