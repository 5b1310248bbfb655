import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import request from 'supertest';
import { allowedActions, commentStatuses, moderatorActions, nextStatus } from '../../src/comments/lifecycle.ts';
import { changeStatus, lockWithAncestors } from '../../src/comments/transition.ts';
import {
  commentIdsOn,
  countComments,
  decideOn,
  fieldOn,
  lastEvent,
  openPage,
  replyTo,
  statusOf,
  wordsOf,
} from '../support/comments.ts';
import { holdTable, untilWaiting } from '../support/held-back.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, fromOwnPage, type TestSite } from '../support/site.ts';
import { plantThread } from '../support/threads.ts';

jest.setTimeout(30_000);

let site: TestSite;
let owner: { id: number; cookie: string };
let moderator: { id: number; cookie: string };
let path: string;
let conversationId: number;
let postId: number;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
  moderator = await site.signIn('moderator', 'Mona Moderator');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  const post = await addPost(site.db, { title: 'A talk' });
  path = `/posts/${post.slug}`;
  conversationId = post.conversationId;
  postId = post.id;
});

describe('A decision', () => {
  const cells = commentStatuses.flatMap((status) => moderatorActions.map((action) => [action, status] as const));
  it.each(cells)('to %s what is %s does what the table says, or is told why not', async (action, status) => {
    const [id = 0] = await plantThread(site.db, conversationId, [{ parent: undefined, status }]);
    const answer = await decideOn(site, moderator, id, { action });
    const next = nextStatus(status, action);
    expect([answer.status, await statusOf(site.db, id)]).toEqual(next ? [303, next] : [409, status]);
    expect(allowedActions(status).includes(action)).toBe(next !== undefined);
    if (next) {
      const event = await lastEvent(site.db, 'comment', id);
      expect(event).toMatchObject({
        action,
        from_status: status,
        to_status: next,
        actor_id: moderator.id,
        batch: null,
      });
      expect(answer.headers.location).toBe('/moderation');
    }
  });

  it('keeps reason and note beside its event, and only there', async () => {
    const { id } = await replyTo(site, path);
    await decideOn(site, moderator, id, { action: 'reject', reason: ' Off topic. ', note: ' Twice today. ' });
    const { reason, note, ...event } = await lastEvent(site.db, 'comment', id);
    expect([reason, note]).toEqual(['Off topic.', 'Twice today.']);
    expect(JSON.stringify(event)).not.toMatch(/topic|today/);
  });

  it('says what it did, once, and leads back to where it was made', async () => {
    const { id } = await replyTo(site, path);
    const answer = await decideOn(site, moderator, id, { action: 'spam', back: '/moderation?post=7&after=3' });
    expect(answer.headers.location).toBe('/moderation?post=7&after=3');
    expect(wordsOf((await openPage(site, '/moderation', moderator)).text)).toContain('One comment was marked as spam.');
    expect(wordsOf((await openPage(site, '/moderation', moderator)).text)).not.toContain('was marked as spam');
  });

  it.each(['https://evil.example/', '//evil.example', '/\\evil.example', '', 'moderation'])(
    'leads back to the queue, not to %j',
    async (back) => {
      const { id } = await replyTo(site, path);
      const { headers } = await decideOn(site, moderator, id, { action: 'approve', back });
      expect(headers.location).toBe('/moderation');
    },
  );

  it.each([
    [{ action: 'delete' }],
    [{ action: '' }],
    [{}],
    [{ action: 'toString' }],
    [{ action: 'reject', reason: 'r'.repeat(501), note: 'kept' }],
    [{ action: 'reject', note: 'n'.repeat(2001), reason: 'kept' }],
    [{ action: 'reject', reply: 'Kept, too.' }],
  ])('that cannot be taken is 422 with what was typed, and nothing is done: %.80j', async (fields) => {
    const { id } = await replyTo(site, path);
    const { status, text } = await decideOn(site, moderator, id, fields);
    expect([status, await statusOf(site.db, id)]).toEqual([422, 'pending']);
    const { reason = '', note = '', reply = '' } = fields as Record<string, string>;
    for (const typed of [reason, note, reply]) expect(text).toContain(typed);
    expect(text).toContain('role="alert"');
  });

  it('takes 500 characters of reason and 2,000 of note, of which an emoji is one', async () => {
    const { id } = await replyTo(site, path);
    const fields = { action: 'reject', reason: '🙂'.repeat(500), note: '🙂'.repeat(2000) };
    expect((await decideOn(site, moderator, id, fields)).status).toBe(303);
  });
});

describe('Who may decide', () => {
  it('is a moderator or owner everywhere, an author on own posts; elsewhere there is nothing to decide', async () => {
    const author = await site.signIn('author');
    const own = await addPost(site.db, { title: 'Mine', authorId: author.id });
    const mine = await replyTo(site, `/posts/${own.slug}`);
    const theirs = await replyTo(site, path);
    expect((await decideOn(site, author, mine.id, { action: 'approve' })).status).toBe(303);
    expect((await decideOn(site, author, theirs.id, { action: 'approve' })).status).toBe(404);
    expect((await decideOn(site, author, theirs.id, { action: 'approve', reply: 'Thank you.' })).status).toBe(404);
    expect([await statusOf(site.db, mine.id), await statusOf(site.db, theirs.id)]).toEqual(['approved', 'pending']);
    expect((await decideOn(site, owner, theirs.id, { action: 'approve' })).status).toBe(303);
  });

  it('is no visitor', async () => {
    const { id, cookie } = await replyTo(site, path);
    expect((await decideOn(site, {}, id, { action: 'approve' })).status).toBe(403);
    expect((await decideOn(site, { cookie }, id, { action: 'approve' })).status).toBe(403);
    expect(await statusOf(site.db, id)).toBe('pending');
  });

  it('is nobody by way of another site', async () => {
    const { id } = await replyTo(site, path);
    const send = (headers: Record<string, string>) =>
      request(site.app)
        .post(`/moderation/comments/${id}/decisions`)
        .set({ ...headers, Cookie: moderator.cookie })
        .type('form')
        .send({ action: 'approve' });
    expect((await send({ 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
    expect((await send({ 'Sec-Fetch-Site': 'same-site' })).status).toBe(403);
    expect((await send({ Origin: 'https://evil.example' })).status).toBe(403);
    expect((await send({ Origin: 'null' })).status).toBe(403);
    // A client that says nothing of where it comes from is nobody.
    expect((await send({})).status).toBe(403);
    expect(await statusOf(site.db, id)).toBe('pending');
    expect((await send(fromOwnPage)).status).toBe(303);
  });

  it.each(['0', '2147483647', '2147483648', '99999999999', 'x', '-1'])('finds no comment %s', async (id) => {
    expect((await decideOn(site, moderator, id, { action: 'approve' })).status).toBe(404);
    expect((await decideOn(site, moderator, id, { action: 'approve', reply: 'Thank you.' })).status).toBe(404);
  });
});

describe('Two moderators on one comment', () => {
  it('the second is shown what the first did and why, and gets back what was typed', async () => {
    const { id } = await replyTo(site, path);
    const seen = await seenOf(id);
    await decideOn(site, moderator, id, { action: 'reject', seen, reason: 'Off topic.', note: 'See the rules.' });
    const { status, text } = await decideOn(site, owner, id, {
      action: 'approve',
      seen,
      reason: 'My <reason>.',
      note: 'My note.',
      reply: 'My reply.',
    });
    expect([status, await statusOf(site.db, id)]).toEqual([409, 'rejected']);
    const words = wordsOf(text);
    expect(words).toContain('Rejected by Mona Moderator on');
    expect(words).toContain('It now stands as: Rejected.');
    expect(words).toContain('Reason given: Off topic.');
    expect(words).toContain('Note: See the rules.');
    for (const typed of ['My &lt;reason&gt;.', 'My note.', 'My reply.']) expect(text).toContain(typed);
    expect(await countComments(site.db, conversationId)).toBe(1);
  });

  it('the second is told also where the action would still be possible', async () => {
    const { id } = await replyTo(site, path);
    const seen = await seenOf(id);
    await decideOn(site, moderator, id, { action: 'approve', seen });
    expect((await decideOn(site, owner, id, { action: 'spam', seen })).status).toBe(409);
    expect(await statusOf(site.db, id)).toBe('approved');
    expect((await decideOn(site, owner, id, { action: 'spam', seen: await seenOf(id) })).status).toBe(303);
  });

  it('at the same time: one decides, the other is told', async () => {
    const { id } = await replyTo(site, path);
    const seen = await seenOf(id);
    const answers = await Promise.all([
      decideOn(site, moderator, id, { action: 'approve', seen }),
      decideOn(site, owner, id, { action: 'reject', seen }),
      decideOn(site, owner, id, { action: 'spam', seen }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409, 409]);
    expect(await eventsOf(id)).toHaveLength(2);
  });
});

describe('A decision that comes twice', () => {
  it('is done once, and both answers are the same', async () => {
    const { id } = await replyTo(site, path);
    const fields = { action: 'reject', reason: 'Off topic.', seen: await seenOf(id) };
    const answers = await Promise.all([1, 2, 3].map(() => decideOn(site, moderator, id, fields)));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
    expect(await eventsOf(id)).toHaveLength(2);
  });

  it('with other words the second time is not the same one: it is told, and its words come back', async () => {
    const { id } = await replyTo(site, path);
    const seen = await seenOf(id);
    await decideOn(site, moderator, id, { action: 'reject', seen });
    const { status, text } = await decideOn(site, moderator, id, { action: 'reject', reason: 'I forgot this.', seen });
    expect(status).toBe(409);
    expect(text).toContain('I forgot this.');
    expect((await lastEvent(site.db, 'comment', id)).reason).toBeNull();
  });

  it('by another moderator is not the same either', async () => {
    const { id } = await replyTo(site, path);
    const fields = { action: 'reject', seen: await seenOf(id) };
    await decideOn(site, moderator, id, fields);
    expect((await decideOn(site, owner, id, fields)).status).toBe(409);
  });
});

describe('Approving and replying in one step', () => {
  it('publishes both, the reply under the comment', async () => {
    const { id } = await replyTo(site, path);
    const answer = await decideOn(site, moderator, id, { action: 'approve', reply: 'Well *said*.' });
    expect(answer.status).toBe(303);
    const { text } = await openPage(site, path);
    expect(commentIdsOn(text)).toHaveLength(2);
    const reply = await site.db.selectFrom('comment').selectAll().where('parent_id', '=', id).executeTakeFirstOrThrow();
    expect(reply).toMatchObject({ account_id: moderator.id, name: 'Mona Moderator', status: 'approved' });
    expect(reply.html).toContain('<em>said</em>');
    expect(wordsOf((await openPage(site, '/moderation', moderator)).text)).toContain(
      'The comment was approved, and your reply stands under it.',
    );
    expect(wordsOf(text)).toContain('2 thoughts on');
  });

  it('twice makes one reply', async () => {
    const { id } = await replyTo(site, path);
    const fields = { action: 'approve', reply: 'Thank you.', seen: await seenOf(id) };
    const answers = await Promise.all([1, 2, 3].map(() => decideOn(site, moderator, id, fields)));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
    expect(await countComments(site.db, conversationId)).toBe(2);
  });

  it('publishes the reply also where the same moderator has approved already', async () => {
    const { id } = await replyTo(site, path);
    const seen = await seenOf(id);
    await decideOn(site, moderator, id, { action: 'approve', seen });
    const answer = await decideOn(site, moderator, id, { action: 'approve', reply: 'I forgot to answer.', seen });
    expect(answer.status).toBe(303);
    expect((await openPage(site, path)).text).toContain('I forgot to answer.');
  });

  it('again, after the comment was taken away meanwhile, needs no second reply of the same words', async () => {
    const { id } = await replyTo(site, path);
    await decideOn(site, moderator, id, { action: 'approve', reply: 'Thank you.' });
    await decideOn(site, moderator, id, { action: 'spam' });
    expect((await decideOn(site, moderator, id, { action: 'approve', reply: 'Thank you.' })).status).toBe(303);
    expect(await statusOf(site.db, id)).toBe('approved');
    expect(await countComments(site.db, conversationId)).toBe(2);
  });

  it('is refused as a whole on a closed conversation', async () => {
    const { id } = await replyTo(site, path);
    await site.db.updateTable('conversation').set({ mode: 'closed' }).where('id', '=', conversationId).execute();
    const { status, text } = await decideOn(site, moderator, id, {
      action: 'approve',
      reply: 'Thank you.',
      note: 'N.',
    });
    expect([status, await statusOf(site.db, id)]).toEqual([409, 'pending']);
    expect(wordsOf(text)).toContain('Comments are closed here, so the reply cannot be published.');
    expect(text).toContain('Thank you.');
    expect((await decideOn(site, moderator, id, { action: 'approve' })).status).toBe(303);
  });

  it.each([
    ['too long', 'r'.repeat(10_001)],
    ['without anything to see', '[](https://nowhere.example)'],
  ])('is refused as a whole where the reply is %s', async (_what, reply) => {
    const { id } = await replyTo(site, path);
    const { status, text } = await decideOn(site, moderator, id, { action: 'approve', reply });
    expect([status, await statusOf(site.db, id)]).toEqual([422, 'pending']);
    expect(text).toContain(reply);
    expect(await eventsOf(id)).toHaveLength(1);
    expect(await countComments(site.db, conversationId)).toBe(1);
  });

  it('with a key that stands for another text is refused as a whole', async () => {
    const { id } = await replyTo(site, path);
    const key = randomUUID();
    await replyTo(site, path, { body: 'Other words.', key }, moderator);
    const { status, text } = await decideOn(site, moderator, id, { action: 'approve', reply: 'Thank you.', key });
    expect([status, await statusOf(site.db, id)]).toEqual([409, 'pending']);
    expect(text).toContain('Thank you.');
  });

  it('with an empty reply is just an approval', async () => {
    const { id } = await replyTo(site, path);
    expect((await decideOn(site, moderator, id, { action: 'approve', reply: ' \r\n ' })).status).toBe(303);
    expect([await statusOf(site.db, id), await countComments(site.db, conversationId)]).toEqual(['approved', 1]);
  });
});

describe('A comment that is decided on while the queue is put together', () => {
  it('is not taken for one of which the moderator has seen that', async () => {
    const { id } = await replyTo(site, path);
    // The page has read the comment, and is about to read what happened to it.
    const held = await holdTable(site.db, 'event_note');
    const page = openPage(site, `/moderation?post=${postId}`, owner);
    await untilWaiting(site.db, 1);
    await site.db.transaction().execute(async (trx) => {
      const locked = await lockWithAncestors(trx, [id]);
      await changeStatus(trx, locked.values(), { action: 'approve', actorId: moderator.id, now: site.now });
    });
    held.release();
    const seen = fieldOn((await page).text, 'seen');
    expect(seen).toBeDefined();
    expect((await decideOn(site, owner, id, { action: 'spam', seen: seen ?? '' })).status).toBe(409);
    expect(await statusOf(site.db, id)).toBe('approved');
  });
});

// What the form in the queue says that its moderator has seen.
async function seenOf(id: number): Promise<string> {
  const status = await statusOf(site.db, id);
  const { text } = await openPage(site, `/moderation?status=${status}&post=${postId}`, owner);
  const item = new RegExp(`<li class="queue-item" id="c${id}">[\\s\\S]*?</article>`).exec(text)?.[0] ?? '';
  const seen = fieldOn(item, 'seen');
  if (!seen) throw new Error(`Comment ${id} is not in the queue.`);
  return seen;
}

function eventsOf(id: number) {
  return site.db
    .selectFrom('event')
    .select('id')
    .where('subject_kind', '=', 'comment')
    .where('subject_id', '=', id)
    .execute();
}
