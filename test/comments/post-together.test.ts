import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readReply } from '../../src/comments/form.ts';
import { postComment, postComments } from '../../src/comments/service.ts';
import type { Submission } from '../../src/comments/submission.ts';
import { postReply } from '../support/comments.ts';
import { holdTable, untilWaiting } from '../support/held-back.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { plantThread } from '../support/threads.ts';

let site: TestSite;
let conversationId: number;
let slug: string;

beforeAll(async () => {
  site = await createTestSite();
  await site.signIn('owner', 'Olivia Owner');
});
afterAll(() => site.close());
beforeEach(async () => {
  ({ conversationId, slug } = await addPost(site.db, { title: 'Together', mode: 'open' }));
});

let networks = 0;

function reply(body: string, fields: Partial<Submission['fields']> = {}, more: Partial<Submission> = {}): Submission {
  networks += 1;
  const networkHash = Buffer.alloc(16);
  networkHash.writeUInt32BE(networks);
  return {
    conversationId,
    writer: { kind: 'guest', browserId: undefined },
    fields: { ...readReply(undefined), name: 'Greta', body, key: randomUUID(), ...fields },
    networkHash,
    limit: 3,
    now: site.now,
    ...more,
  };
}

function stored() {
  return site.db
    .selectFrom('comment')
    .select(['source', 'parent_id', 'depth', 'status', 'browser_id'])
    .where('conversation_id', '=', conversationId)
    .orderBy('id')
    .execute();
}

describe('Replies that are stored together', () => {
  it('are each taken, refused or answered again by themselves', async () => {
    const [hidden, open] = await plantThread(site.db, conversationId, [
      { parent: undefined, status: 'removed' },
      { parent: undefined, status: 'approved' },
    ]);
    const before = reply('Said before.');
    const first = await postComment(site.db, before);
    const networkHash = Buffer.alloc(16, 0xff);
    for (const body of ['One.', 'Two.', 'Three.']) await postComment(site.db, reply(body, {}, { networkHash }));
    const count = (await stored()).length;

    const outcomes = await postComments(site.db, [
      reply('An answer.', { parent: String(open) }),
      reply('To nobody.', { parent: String(hidden) }),
      reply('I am the owner.', { name: 'Olivia 0wner' }),
      { ...before },
      reply('Once too often.', {}, { networkHash }),
      reply(''),
      reply('With links: https://a.example https://b.example https://c.example'),
      reply('The last one.'),
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual([
      'posted',
      'invalid',
      'invalid',
      'repeated',
      'limited',
      'invalid',
      'posted',
      'posted',
    ]);
    expect(outcomes[3]).toMatchObject({ commentId: 'commentId' in first && first.commentId });
    const rows = (await stored()).slice(count);
    expect(rows.map(({ parent_id, depth, status }) => [parent_id, depth, status])).toEqual([
      [open, 2, 'approved'],
      [null, 1, 'pending'],
      [null, 1, 'approved'],
    ]);
    expect(new Set(rows.map(({ browser_id }) => browser_id)).size).toBe(3);
    const ids = outcomes.flatMap((outcome) => (outcome.kind === 'posted' ? [outcome.commentId] : []));
    const events = await site.db
      .selectFrom('event')
      .select(['subject_id', 'action', 'to_status', 'rule', 'numbers'])
      .where('subject_kind', '=', 'comment')
      .where('subject_id', 'in', ids)
      .orderBy('id')
      .execute();
    expect(events.map(({ subject_id, to_status, rule }) => [subject_id, to_status, rule])).toEqual([
      [ids[0], 'approved', 'standard'],
      [ids[1], 'pending', 'links'],
      [ids[2], 'approved', 'standard'],
    ]);
    expect(events[1]?.numbers).toEqual({ links: 3, allowed: 2 });
    const counts = await site.db
      .selectFrom('conversation_count')
      .select(['readable', 'waiting'])
      .where('conversation_id', '=', conversationId)
      .executeTakeFirst();
    expect(counts).toEqual({ readable: 7, waiting: 1 });
  });

  it('are stored without the one that another process stores at the same moment, which is answered as the first time', async () => {
    const same = reply('In two processes.');
    const held = await holdTable(site.db, 'submission');
    const elsewhere = postComment(site.db, { ...same });
    await untilWaiting(site.db, 1);
    const together = postComments(site.db, [reply('Before.'), same, reply('After.')]);
    await untilWaiting(site.db, 2);
    held.release();
    const kinds = [(await elsewhere).kind, ...(await together).map(({ kind }) => kind)];
    expect(kinds.filter((kind) => kind === 'repeated')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'posted')).toHaveLength(3);
    expect((await stored()).map(({ source }) => source).toSorted()).toEqual(['After.', 'Before.', 'In two processes.']);
  });

  it('do not land under a post that is taken back meanwhile', async () => {
    const path = `/posts/${slug}`;
    const held = await holdTable(site.db, 'comment');
    const answer = postReply(site, path, { body: 'Too late for this one.' });
    await untilWaiting(site.db, 1);
    held.release();
    expect((await answer).status).toBe(303);
    await site.db.updateTable('post').set({ published_at: null }).where('slug', '=', slug).execute();
    expect((await postComment(site.db, reply('Later still.'))).kind).toBe('unpublished');
    const late = await postReply(site, path, { body: 'A text to keep.' });
    expect([late.status, late.text.includes('A text to keep.')]).toEqual([404, true]);
  });
});
