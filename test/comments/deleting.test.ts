import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { usualWait } from '../../src/comments/queries.ts';
import {
  type Asker,
  commentIdsOn,
  commentOn,
  decideOn,
  lastEvent,
  openPage,
  postReply,
  replyTo,
  sendForm,
  statusOf,
  wordsOf,
} from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

jest.setTimeout(30_000);

let site: TestSite;
let owner: { id: number; cookie: string };
let path: string;
let postId: number;
let conversationId: number;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
});
afterAll(() => site.close());
beforeEach(async () => {
  // Each test in an hour of its own, so that nothing looks like a flood.
  site.now = new Date(site.now.getTime() + 3_600_000);
  const post = await addPost(site.db, { title: 'Taken back', mode: 'open' });
  path = `/posts/${post.slug}`;
  postId = post.id;
  conversationId = post.conversationId;
});

describe('The question before a deletion', () => {
  it('shows the comment and what happens, and deletes nothing yet', async () => {
    const { id, cookie } = await replyTo(site, path, { body: 'I *said* so.' });
    const { status, text, headers } = await openPage(site, `/comments/${id}/delete`, { cookie });
    expect(status).toBe(200);
    expect(text).toContain('<em>said</em>');
    expect(wordsOf(text)).toContain('are erased at once, and cannot be brought back');
    expect(headers['cache-control']).toContain('private');
    expect(await statusOf(site.db, id)).toBe('approved');
  });

  it('is asked of its writer alone: others have no right to it, and know nothing of what is not shown', async () => {
    const shown = await replyTo(site, path);
    await site.db.updateTable('conversation').set({ mode: 'all_held' }).where('id', '=', conversationId).execute();
    const held = await replyTo(site, path);
    const other = await replyTo(site, path);
    for (const asker of [{}, { cookie: other.cookie }, owner]) {
      for (const [id, status] of [[shown.id, 403] as const, [held.id, 404] as const]) {
        expect((await openPage(site, `/comments/${id}/delete`, asker)).status).toBe(status);
        expect((await remove(id, asker)).status).toBe(status);
      }
    }
    const { text } = await remove(shown.id, owner);
    expect(wordsOf(text)).toContain('Only its writer can delete a comment');
    expect([await statusOf(site.db, shown.id), await statusOf(site.db, held.id)]).toEqual(['approved', 'pending']);
  });
});

describe('A deleted comment', () => {
  it('is gone from the page, from the count and by its address, and leads back to the conversation', async () => {
    const { id, cookie } = await replyTo(site, path, { body: 'To be forgotten.' });
    const answer = await remove(id, { cookie });
    expect([answer.status, answer.headers.location]).toEqual([303, `${path}#conversation`]);
    for (const asker of [{}, { cookie }, owner]) {
      const { text } = await openPage(site, path, asker);
      expect(commentIdsOn(text)).toEqual([]);
      expect(wordsOf(text)).toContain('No thoughts yet on “Taken back”');
      expect((await openPage(site, `/comments/${id}`, asker)).status).toBe(404);
      expect((await openPage(site, `/comments/${id}/reply`, asker)).status).toBe(404);
    }
    expect(await lastEvent(site.db, 'comment', id)).toMatchObject({
      ...{ action: 'delete', from_status: 'approved', to_status: 'deleted', actor_id: null },
    });
  });

  it('leaves a placeholder that says who took it away, where others have replied', async () => {
    const { id, cookie } = await replyTo(site, path, { name: 'Greta Gone', body: 'To be forgotten.' });
    const reply = await replyTo(site, path, { parent: String(id), body: 'An answer.' });
    const answer = await remove(id, { cookie });
    expect(answer.headers.location).toBe(`/comments/${id}`);
    const { text } = await openPage(site, path);
    expect(commentIdsOn(text)).toEqual([id, reply.id]);
    expect(wordsOf(commentOn(text, id))).toBe('Whoever wrote this comment deleted it.');
    expect(text).not.toMatch(/Greta Gone|To be forgotten/);
    expect(wordsOf(text)).toContain('One thought on');
    expect((await openPage(site, `/comments/${id}`)).headers.location).toBe(`${path}#c${id}`);
    await remove(reply.id, { cookie: reply.cookie });
    expect(commentIdsOn((await openPage(site, path)).text)).toEqual([]);
  });

  it('is told apart from one that a moderator removed, and from one that is not shown for other reasons', async () => {
    const removed = await replyTo(site, path);
    await replyTo(site, path, { parent: String(removed.id) });
    await decideOn(site, owner, removed.id, { action: 'remove' });
    const spam = await replyTo(site, path);
    await replyTo(site, path, { parent: String(spam.id) });
    await decideOn(site, owner, spam.id, { action: 'spam' });
    const { text } = await openPage(site, path);
    expect(wordsOf(commentOn(text, removed.id))).toBe('A moderator removed this comment.');
    expect(wordsOf(commentOn(text, spam.id))).toBe('This comment is not shown.');
  });

  it('holds no words, no name and no address any more, nor does anything beside it', async () => {
    const typed = { name: 'Secret Name', email: 'secret@guests.example', website: 'https://secret.example' };
    const { id, cookie } = await replyTo(site, path, { ...typed, body: 'Secret words.' });
    await sendForm(site, `/comments/${id}/edit`, { body: 'Other secret words.' }, { cookie });
    await remove(id, { cookie });
    const row = await site.db.selectFrom('comment').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      ...{ status: 'deleted', name: '', email: null, email_proved: false, website: null, source: '', html: '' },
      edited_at: null,
    });
    for (const table of ['revision', 'submission'] as const)
      expect(await site.db.selectFrom(table).selectAll().where('comment_id', '=', id).execute()).toEqual([]);
    const about = await site.db.selectFrom('judgement').selectAll().where('comment_id', '=', id).execute();
    const events = await site.db.selectFrom('event').selectAll().where('subject_id', '=', id).execute();
    expect(about).toHaveLength(2);
    expect(JSON.stringify([about, events])).not.toMatch(/secret/i);
  });

  it('cannot hold words again: the database refuses', async () => {
    const { id, cookie } = await replyTo(site, path);
    await remove(id, { cookie });
    const write = site.db.updateTable('comment').set({ source: 'Back again.' }).where('id', '=', id);
    await expect(write.execute()).rejects.toThrow('comment_deleted_is_empty');
  });

  it('is deleted once, however often one asks', async () => {
    const { id, cookie } = await replyTo(site, path);
    const answers = await Promise.all([1, 2, 3].map(() => remove(id, { cookie })));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
    expect((await openPage(site, `/comments/${id}/delete`, { cookie })).status).toBe(303);
    const deletions = site.db.selectFrom('event').select('id').where('action', '=', 'delete');
    expect(await deletions.where('subject_id', '=', id).execute()).toHaveLength(1);
  });

  it.each([
    ['after the time for edits, in a closed conversation', 'approved'],
    ['while it waits', 'pending'],
    ['after it was rejected', 'rejected'],
    ['after it was taken for spam', 'spam'],
    ['after a moderator removed it', 'removed'],
  ] as const)('can be deleted %s', async (_when, status) => {
    const { id, cookie } = await replyTo(site, path);
    const steps = { approved: [], pending: ['spam', 'restore'], rejected: ['spam', 'reject'] };
    const actions = status === 'spam' ? ['spam'] : status === 'removed' ? ['remove'] : steps[status];
    for (const action of actions) await decideOn(site, owner, id, { action });
    expect(await statusOf(site.db, id)).toBe(status);
    await sendForm(site, `${path}/closures`, {}, owner);
    site.now = new Date(site.now.getTime() + 90 * 86_400_000);
    expect((await remove(id, { cookie })).status).toBe(303);
    expect(await statusOf(site.db, id)).toBe('deleted');
    const counts = await site.db
      .selectFrom('conversation_count')
      .select(['readable', 'waiting'])
      .where('conversation_id', '=', conversationId)
      .executeTakeFirst();
    expect(counts).toEqual({ readable: 0, waiting: 0 });
  });

  it('can be deleted also where its post is not published any more', async () => {
    const { id, cookie } = await replyTo(site, path);
    await site.db.updateTable('post').set({ published_at: null }).where('id', '=', postId).execute();
    expect((await openPage(site, `/comments/${id}/delete`, { cookie })).status).toBe(200);
    const { status, headers } = await remove(id, { cookie });
    expect([status, headers.location, await statusOf(site.db, id)]).toEqual([303, '/', 'deleted']);
    expect((await openPage(site, `/comments/${id}/delete`, {})).status).toBe(404);
  });

  it('of one of the staff is deleted by that account, and it is written down who it was', async () => {
    const { id } = await replyTo(site, path, {}, owner);
    const moderator = await site.signIn('moderator');
    expect((await remove(id, moderator)).status).toBe(403);
    expect((await remove(id, owner)).status).toBe(303);
    expect(await lastEvent(site.db, 'comment', id)).toMatchObject({ action: 'delete', actor_id: owner.id });
  });

  it('is no moderator’s any more: it is in no queue, and a decision is told that it is gone', async () => {
    const { id, cookie } = await replyTo(site, path, { body: 'Judge me.' });
    await decideOn(site, owner, id, { action: 'spam' });
    const { id: seen } = await lastEvent(site.db, 'comment', id);
    await remove(id, { cookie });
    for (const status of ['pending', 'approved', 'rejected', 'spam', 'removed', 'deleted']) {
      const { text } = await openPage(site, `/moderation?status=${status}&post=${postId}`, owner);
      expect(text).not.toContain(`id="c${id}"`);
    }
    const answer = await decideOn(site, owner, id, { action: 'approve', seen: String(seen) });
    expect([answer.status, await statusOf(site.db, id)]).toEqual([409, 'deleted']);
    expect(wordsOf(answer.text)).toContain('Deleted by its writer on');
  });

  it('takes no replies, and the form for one comes back with what was typed', async () => {
    const { id, cookie } = await replyTo(site, path);
    await remove(id, { cookie });
    const { status, text } = await postReply(site, path, { parent: String(id), body: 'Too late.' });
    expect(status).toBe(422);
    expect(text).toContain('Too late.');
  });

  it('still counts in the record of its browser, as what it is', async () => {
    const first = await replyTo(site, path);
    await remove(first.id, first);
    await site.db.updateTable('conversation').set({ mode: 'all_held' }).where('id', '=', conversationId).execute();
    await replyTo(site, path, {}, first);
    const { text } = await openPage(site, `/moderation?post=${postId}`, owner);
    expect(wordsOf(text)).toContain('0 removed, 0 waiting, 1 deleted by the writer.');
  });
});

describe('The same form after a deletion', () => {
  it.each([
    ['with the key of a script', { key: randomUUID() }],
    ['without a script', {}],
  ])('starts anew: %s', async (_how, keyed) => {
    const fields = { ...keyed, name: 'Greta Guest', body: 'Said, taken back, said again.' };
    const first = await replyTo(site, path, fields);
    expect((await replyTo(site, path, fields, first)).id).toBe(first.id);
    await remove(first.id, first);
    const second = await replyTo(site, path, fields, first);
    expect(second.id).not.toBe(first.id);
    expect(await statusOf(site.db, second.id)).toBe('approved');
    expect((await replyTo(site, path, fields, first)).id).toBe(second.id);
  });

  it('with another text is no conflict any more', async () => {
    const key = randomUUID();
    const first = await replyTo(site, path, { key, body: 'One text.' });
    await remove(first.id, first);
    expect((await postReply(site, path, { key, body: 'Another text.' }, first)).status).toBe(303);
  });
});

describe('How long decisions usually take', () => {
  it('leaves out that writers took their comments back', async () => {
    await site.db.updateTable('conversation').set({ mode: 'all_held' }).where('id', '=', conversationId).execute();
    const written = await Promise.all([1, 2, 3, 4, 5].map(() => replyTo(site, path)));
    site.now = new Date(site.now.getTime() + 7 * 60_000);
    const before = await usualWait(site.db);
    for (const comment of written) await remove(comment.id, comment);
    expect(await usualWait(site.db)).toBe(before);
  });
});

function remove(id: number, asker: Asker) {
  return sendForm(site, `/comments/${id}/delete`, {}, asker);
}
