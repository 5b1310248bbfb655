import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { scoreComments } from '../../src/learner/scoring.ts';
import { foldText } from '../../src/text/fold.ts';
import { learnDue, learnSome } from '../../src/training/learn.ts';
import { learnFromNothing } from '../../src/training/relearn.ts';
import { tracesOf } from '../commenters/traces.ts';
import { decideOn, replyTo, sendForm, statusOf, until } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { pick, randomFrom } from '../support/threads.ts';
import { act, addWaiting, knowledgeOf, learnAll, undoLastOf } from './lessons.ts';

jest.setTimeout(60_000);

let site: TestSite;
let owner: { id: number; cookie: string };
let conversationId: number;
let path: string;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
});
afterAll(() => site.close());
// What the tests before did teaches nothing any more.
beforeEach(async () => {
  await site.db
    .updateTable('comment')
    .set({ status: 'removed', shown: false, unconfirmed_spam: false })
    .where('status', '<>', 'deleted')
    .execute();
  for (const table of ['learning_due', 'learned_comment', 'learner_feature', 'learner_total'] as const)
    await site.db.deleteFrom(table).execute();
  const post = await addPost(site.db, { title: 'A talk' });
  conversationId = post.conversationId;
  path = `/posts/${post.slug}`;
});

const good = (index: number) => `I liked the part about gardens, number ${index}, and would love to read more of it`;
const spam = (index: number) => `Cheap pills and casino bonus ${index}, buy now at http://pills${index % 5}.example`;
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
const asked = (source: string) => ({ name: 'Somebody', website: null, source, sourceFormat: 'markdown' as const });
const anew = (imported = false) =>
  learnFromNothing(site.db, { imported, stopping: new AbortController().signal, onProgress: () => {} });

async function decided(texts: readonly string[], action: 'approve' | 'spam' | 'reject', actorId?: number) {
  const ids = await addWaiting(site.db, conversationId, texts);
  await act(site.db, ids, { action, actorId: actorId ?? owner.id });
  return ids;
}

async function labelsOf(ids: readonly number[]): Promise<(string | undefined)[]> {
  await learnAll(site.db);
  const rows = await site.db.selectFrom('learned_comment').select(['comment_id', 'label']).execute();
  const labels = new Map(rows.map(({ comment_id, label }) => [comment_id, label]));
  return ids.map((id) => labels.get(id));
}

describe('What is learned', () => {
  it('is what moderators approved and what they marked as spam, and nothing of what they rejected', async () => {
    const [first] = await decided([good(1)], 'approve');
    const [second] = await decided([spam(1)], 'spam');
    const [third] = await decided([good(2)], 'reject');
    expect(await labelsOf([first, second, third] as number[])).toEqual(['good', 'spam', undefined]);
    expect((await knowledgeOf(site.db)).total).toEqual([{ spam: 1, good: 1 }]);
  });

  it('is nothing of what a rule decided, and of what still waits', async () => {
    const ids = await addWaiting(site.db, conversationId, [spam(1), good(1), good(2)]);
    await act(site.db, ids.slice(0, 1), { action: 'spam', actorId: undefined });
    await act(site.db, ids.slice(1, 2), { action: 'approve', actorId: undefined });
    expect(await labelsOf(ids)).toEqual([undefined, undefined, undefined]);
  });

  it('is no longer what was removed, and again what was put back', async () => {
    const ids = await decided([good(1)], 'approve');
    await act(site.db, ids, { action: 'remove', actorId: owner.id });
    expect(await labelsOf(ids)).toEqual([undefined]);
    expect((await knowledgeOf(site.db)).features).toEqual([]);
    await act(site.db, ids, { action: 'restore', actorId: owner.id });
    expect(await labelsOf(ids)).toEqual(['good']);
  });

  it('changes sides with the decision, and goes with its undo', async () => {
    const [id] = (await decided([spam(1)], 'approve')) as [number];
    expect(await labelsOf([id])).toEqual(['good']);
    await act(site.db, [id], { action: 'spam', actorId: owner.id });
    expect(await labelsOf([id])).toEqual(['spam']);
    await undoLastOf(site.db, id, owner);
    expect(await labelsOf([id])).toEqual(['good']);
    await undoLastOf(site.db, id, owner);
    expect(await labelsOf([id])).toEqual(['spam']);
  });

  it('is unlearned when its writer edits it: nobody decided about the new text', async () => {
    const { id, cookie } = await replyTo(site, path, { body: good(1) });
    await decideOn(site, owner, id, { action: 'approve' });
    expect(await labelsOf([id])).toEqual(['good']);
    await site.db.updateTable('conversation').set({ mode: 'open' }).where('id', '=', conversationId).execute();
    expect((await sendForm(site, `/comments/${id}/edit`, { body: `${good(1)} or so` }, { cookie })).status).toBe(303);
    expect(await statusOf(site.db, id)).toBe('approved');
    expect(await labelsOf([id])).toEqual([undefined]);
    expect((await knowledgeOf(site.db)).features).toEqual([]);
  });

  it('is what was imported, by its status, once the owner chose so', async () => {
    const ids = await addWaiting(site.db, conversationId, [good(1), spam(1), good(2)]);
    for (const [index, status] of (['approved', 'spam', 'rejected'] as const).entries())
      await site.db
        .updateTable('comment')
        .set({
          status,
          shown: status === 'approved',
          external_source: 'blog',
          external_id: `${conversationId}-${index}`,
        })
        .where('id', '=', ids[index] ?? 0)
        .execute();
    const counts = site.db.updateTable('conversation_count').set({ readable: 1, waiting: 0 });
    await counts.where('conversation_id', '=', conversationId).execute();
    expect(await labelsOf(ids)).toEqual([undefined, undefined, undefined]);
    await anew(true);
    expect(await labelsOf(ids)).toEqual(['good', 'spam', undefined]);
    await act(site.db, ids.slice(0, 1), { action: 'spam', actorId: owner.id });
    expect(await labelsOf(ids)).toEqual(['spam', 'spam', undefined]);
    await undoLastOf(site.db, ids[0] ?? 0, owner);
    expect(await labelsOf(ids)).toEqual(['good', 'spam', undefined]);
    await anew();
    expect(await labelsOf(ids)).toEqual([undefined, undefined, undefined]);
  });
});

describe('Half of the decisions undone', () => {
  it('leaves the numbers that learning from nothing comes to, row by row', async () => {
    const spams = await decided(numbers(40).map(spam), 'spam');
    const goods = await decided(numbers(40).map(good), 'approve');
    await learnAll(site.db);
    const whole = await knowledgeOf(site.db);
    expect(whole.total).toEqual([{ spam: 40, good: 40 }]);
    for (const id of [...spams, ...goods].filter((_, index) => index % 2 === 0)) await undoLastOf(site.db, id, owner);
    await learnAll(site.db);
    const half = await knowledgeOf(site.db);
    expect(half.total).toEqual([{ spam: 20, good: 20 }]);
    await anew();
    expect(await knowledgeOf(site.db)).toEqual(half);

    // The undo of the undo brings all of it back.
    for (const id of [...spams, ...goods].filter((_, index) => index % 2 === 0)) await undoLastOf(site.db, id, owner);
    await learnAll(site.db);
    expect(await knowledgeOf(site.db)).toEqual(whole);
  });

  it.each([5, 6])(
    'the same after any course of decisions, in whatever portions they were learned: %i',
    async (seed) => {
      const random = randomFrom(seed);
      const ids = await addWaiting(
        site.db,
        conversationId,
        numbers(20).map((index) => (index % 2 ? spam(index) : good(index))),
      );
      for (let step = 0; step < 120; step += 1) {
        const id = pick(random, ids);
        if (random() < 0.3) await undoLastOf(site.db, id, owner).catch(() => {});
        else
          await act(site.db, [id], {
            action: pick(random, ['approve', 'spam', 'reject', 'remove', 'restore', 'hold'] as const),
            actorId: random() < 0.8 ? owner.id : undefined,
          });
        if (random() < 0.1) await learnSome(site.db);
      }
      await learnAll(site.db);
      const bitByBit = await knowledgeOf(site.db);
      expect(bitByBit.comments.length).toBeGreaterThan(2);
      await anew();
      expect(await knowledgeOf(site.db)).toEqual(bitByBit);
    },
  );
});

describe('Two processes that learn at once', () => {
  it('learn everything once, while moderators decide', async () => {
    const texts = numbers(150).map((index) => (index % 2 ? spam(index) : good(index)));
    const ids = await addWaiting(site.db, conversationId, texts);
    let deciding = true;
    const learners = [1, 2, 3].map(async () => {
      while (deciding) await learnDue(site.db);
    });
    for (const [index, id] of ids.entries()) {
      await act(site.db, [id], { action: index % 2 ? 'spam' : 'approve', actorId: owner.id });
      if (index % 3 === 0) await act(site.db, [id], { action: 'spam', actorId: owner.id });
    }
    deciding = false;
    await Promise.all(learners);
    await learnAll(site.db);
    const learned = await knowledgeOf(site.db);
    expect(learned.comments.length).toBe(150);
    await anew();
    expect(await knowledgeOf(site.db)).toEqual(learned);
  });

  it('do it again where one of them died over it', async () => {
    await decided([spam(1)], 'spam');
    await learnAll(site.db);
    await decided([spam(2)], 'spam');
    await site.db.transaction().execute(async (trx) => {
      await trx.selectFrom('learner_total').select('id').forUpdate().execute();
      const learning = learnSome(site.db).catch(() => 'died');
      await until(async () => {
        const { rows } = await sql`
          select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query like '%learner_total%'`.execute(
          site.db,
        );
        return rows.length > 0;
      });
      expect(await learning).toBe('died');
    });
    expect((await knowledgeOf(site.db)).total).toEqual([{ spam: 1, good: 0 }]);
    await learnAll(site.db);
    const learned = await knowledgeOf(site.db);
    expect(learned.total).toEqual([{ spam: 2, good: 0 }]);
    await anew();
    expect(await knowledgeOf(site.db)).toEqual(learned);
  });
});

describe('Erasure', () => {
  it('leaves nothing of what was learned from a comment that its writer deleted', async () => {
    const [id] = (await decided(['Flabbergastingly said'], 'approve')) as [number];
    await learnAll(site.db);
    expect((await tracesOf(site.db, ['flabbergastingly'])).length).toBeGreaterThan(2);
    await act(site.db, [id], { action: 'delete', actorId: undefined });
    await learnAll(site.db);
    expect(await tracesOf(site.db, ['flabbergastingly'])).toEqual([]);
    expect(await knowledgeOf(site.db)).toEqual({ total: [{ spam: 0, good: 0 }], features: [], comments: [] });
  });
});

describe('A score', () => {
  it('there is none before 50 of each kind have been learned', async () => {
    await decided(numbers(60).map(spam), 'spam');
    const goods = await decided(numbers(50).map(good), 'approve');
    const texts = [asked(spam(99)), asked(good(99))];
    expect(await scoreComments(site.db, { texts })).toEqual([undefined, undefined]);
    await learnAll(site.db);
    const [bad, nice] = await scoreComments(site.db, { texts });
    expect(bad?.score).toBeGreaterThan(0.95);
    expect(nice?.score).toBeLessThan(0.05);
    await undoLastOf(site.db, goods[0] ?? 0, owner);
    await learnAll(site.db);
    expect(await scoreComments(site.db, { texts })).toEqual([undefined, undefined]);
  });

  it('names what weighed most, and is asked for several with one query', async () => {
    await decided(numbers(50).map(spam), 'spam');
    await decided(numbers(50).map(good), 'approve');
    await learnAll(site.db);
    const [bad, nice, unknown] = await scoreComments(site.db, {
      texts: [asked('Cheap pills from http://new.example'), asked('about gardens'), asked('新しい話')],
    });
    expect(bad?.weighed[0]?.weight).toBeGreaterThan(3);
    expect(bad?.weighed.map(({ feature }) => feature)).toContain(`pair:${foldText('cheap pills')}`);
    expect(nice?.weighed.find(({ feature }) => feature === `word:${foldText('gardens')}`)?.weight).toBeLessThan(-3);
    expect(unknown?.weighed.every(({ feature }) => feature.startsWith('form:'))).toBe(true);
  });
});

describe('A decision of the queue', () => {
  it('is learned by the job, as any', async () => {
    const [id] = (await addWaiting(site.db, conversationId, [spam(1)])) as [number];
    const answer = await sendForm(site, `/moderation/comments/${id}/decisions`, { action: 'spam' }, owner);
    expect(answer.status).toBe(303);
    await learnDue(site.db);
    expect((await knowledgeOf(site.db)).total).toEqual([{ spam: 1, good: 0 }]);
  });
});
