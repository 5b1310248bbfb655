import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { tracesOf } from '../commenters/traces.ts';
import { decideOn, fieldOn, lastEvent, openPage, replyTo, sendForm, statusOf, wordsOf } from '../support/comments.ts';
import { holdCounts, untilWaiting } from '../support/held-back.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;
let owner: { id: number; cookie: string };
let mona: { id: number; cookie: string };
let path: string;
let conversationId: number;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
  mona = await site.signIn('moderator', 'Mona Moderator');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  await site.db.deleteFrom('hand_over').execute();
  const post = await addPost(site.db, { title: 'A talk' });
  path = `/posts/${post.slug}`;
  conversationId = post.conversationId;
});

describe('Handing a comment over', () => {
  it('shows it to that colleague, with a count and a list, and marks it for others', async () => {
    const { id } = await replyTo(site, path);
    const left = await replyTo(site, path);
    expect((await handTo(id, mona.id, { note: 'You know <them>.' })).status).toBe(303);
    const mine = await openPage(site, '/moderation?mine=1', mona);
    expect(idsIn(mine.text)).toEqual([id]);
    expect(wordsOf(mine.text)).toContain('Handed to you (1)');
    expect(wordsOf(mine.text)).toContain('Handed to you by Olivia Owner. Note: You know <them>.');
    expect(fieldOn(mine.text, 'back')).toBe('/moderation?mine=1');
    const all = await openPage(site, '/moderation', owner);
    expect(idsIn(all.text)).toEqual(expect.arrayContaining([id, left.id]));
    expect(wordsOf(all.text)).toContain('Handed to Mona Moderator by Olivia Owner.');
    expect(wordsOf(all.text)).not.toContain('Handed to you');
    expect(wordsOf((await openPage(site, '/moderation?mine=1', owner)).text)).toContain(
      'Nothing that waits was handed to you.',
    );
  });

  it('writes an event that holds ids and nothing else', async () => {
    const { id } = await replyTo(site, path);
    await handTo(id, mona.id, { note: 'Ouagadougou.' });
    const { numbers, reason, note, ...event } = await lastEvent(site.db, 'comment', id);
    expect(event).toMatchObject({ action: 'hand_over', actor_id: owner.id, from_status: null, to_status: null });
    expect([numbers, reason, note]).toEqual([{ to: mona.id }, null, null]);
    const log = wordsOf((await openPage(site, `/moderation/log?comment=${id}`, owner)).text);
    expect(log).toContain('Handed to a colleague by Olivia Owner on');
  });

  it('ends with a decision, whoever makes it, and comes back with no undo', async () => {
    const { id } = await replyTo(site, path);
    await handTo(id, mona.id, { note: 'Ouagadougou.' });
    expect((await decideOn(site, owner, id, { action: 'approve' })).status).toBe(303);
    expect(await tracesOf(site.db, ['Ouagadougou'])).toEqual([]);
    const { id: event } = await lastEvent(site.db, 'comment', id);
    await sendForm(site, '/moderation/undo', { event: String(event) }, owner);
    expect(await statusOf(site.db, id)).toBe('pending');
    expect(idsIn((await openPage(site, '/moderation?mine=1', mona)).text)).toEqual([]);
  });

  it('ends with a deletion by the writer', async () => {
    const { id, cookie } = await replyTo(site, path);
    await handTo(id, mona.id, { note: 'Ouagadougou.' });
    await sendForm(site, `/comments/${id}/delete`, {}, { cookie });
    expect(await tracesOf(site.db, ['Ouagadougou'])).toEqual([]);
  });

  it('stands in nobody’s way: who looked before decides, and what was decided before can be undone', async () => {
    const { id } = await replyTo(site, path);
    await decideOn(site, owner, id, { action: 'reject' });
    const { id: rejected } = await lastEvent(site.db, 'comment', id);
    await decideOn(site, owner, id, { action: 'restore', seen: String(rejected) });
    const { id: seen } = await lastEvent(site.db, 'comment', id);
    await handTo(id, mona.id);
    expect((await decideOn(site, owner, id, { action: 'spam', seen: String(seen) })).status).toBe(303);
    const { id: spam } = await lastEvent(site.db, 'comment', id);
    await sendForm(site, '/moderation/undo', { event: String(spam) }, owner);
    await handTo(id, mona.id);
    const again = await sendForm(site, '/moderation/undo', { event: String(seen) }, owner);
    expect([again.status, await statusOf(site.db, id)]).toEqual([303, 'rejected']);
  });

  it('goes from one to another, and to nobody again', async () => {
    const nora = await site.signIn('moderator', 'Nora Next');
    const { id } = await replyTo(site, path);
    await handTo(id, mona.id);
    await handTo(id, nora.id, {}, mona);
    expect(idsIn((await openPage(site, '/moderation?mine=1', mona)).text)).toEqual([]);
    const { text } = await openPage(site, '/moderation?mine=1', nora);
    expect(idsIn(text)).toEqual([id]);
    expect(wordsOf(text)).toContain('Handed to you by Mona Moderator.');
    await sendForm(site, `/moderation/comments/${id}/hand-over`, { to: '' }, nora);
    expect(idsIn((await openPage(site, '/moderation?mine=1', nora)).text)).toEqual([]);
    expect((await lastEvent(site.db, 'comment', id)).action).toBe('hand_back');
  });

  it('of what was decided meanwhile is 409, with what was done and what was typed', async () => {
    const { id } = await replyTo(site, path);
    await decideOn(site, mona, id, { action: 'reject' });
    const { status, text } = await handTo(id, mona.id, { note: 'Typed for nothing.' });
    expect(status).toBe(409);
    expect(wordsOf(text)).toContain('Rejected by Mona Moderator on');
    expect(text).toContain('Typed for nothing.');
    expect(await handedRows()).toEqual([]);
  });

  it('waits for a decision that is being made, and comes too late', async () => {
    const { id } = await replyTo(site, path);
    const held = await holdCounts(site.db, conversationId);
    const decided = decideOn(site, owner, id, { action: 'approve' });
    await untilWaiting(site.db, 1);
    const handed = handTo(id, mona.id);
    await untilWaiting(site.db, 2);
    held.release();
    expect([(await decided).status, (await handed).status]).toEqual([303, 409]);
    expect(await handedRows()).toEqual([]);
  });
});

describe('To whom a comment is handed', () => {
  it('is whoever may decide on that post: an author of it, no other, nobody who is disabled', async () => {
    const author = await site.signIn('author', 'Ada Author');
    const other = await site.signIn('author', 'Otto Other');
    const gone = await site.signIn('moderator', 'Gwen Gone');
    await site.db.updateTable('account').set({ disabled_at: site.now }).where('id', '=', gone.id).execute();
    path = `/posts/${(await addPost(site.db, { title: 'Hers', authorId: author.id })).slug}`;
    const { id } = await replyTo(site, path);
    const { text } = await openPage(site, `/moderation/comments/${id}`, owner);
    const offered = /<select id="hand-\d+" name="to">[\s\S]*?<\/select>/.exec(text)?.[0] ?? '';
    expect(offered).toContain('Ada Author');
    expect(offered).toContain('Mona Moderator');
    expect(offered).not.toMatch(/Otto Other|Gwen Gone|Olivia Owner/);
    for (const to of [other.id, gone.id, 2_147_483_647, 'x']) {
      const answer = await handTo(id, to, { note: 'Typed.' });
      expect([answer.status, await handedRows()]).toEqual([422, []]);
      expect(answer.text).toContain('Typed.');
    }
    expect((await handTo(id, author.id)).status).toBe(303);
    expect(idsIn((await openPage(site, '/moderation?mine=1', author)).text)).toEqual([id]);

    await site.db.updateTable('site').set({ authors_moderate: false }).execute();
    const second = await replyTo(site, path);
    expect((await handTo(second.id, author.id)).status).toBe(422);
    expect((await openPage(site, `/moderation/comments/${second.id}`, owner)).text).not.toContain(
      'Ada Author</option>',
    );
    await site.db.updateTable('site').set({ authors_moderate: true }).execute();
  });

  it('no longer sees it where the post is not theirs any more', async () => {
    const author = await site.signIn('author');
    const post = await addPost(site.db, { title: 'Hers', authorId: author.id });
    const { id } = await replyTo(site, `/posts/${post.slug}`);
    await handTo(id, author.id);
    await site.db.updateTable('post_author').set({ account_id: owner.id }).where('post_id', '=', post.id).execute();
    const { text } = await openPage(site, '/moderation?mine=1', author);
    expect([idsIn(text), wordsOf(text)]).toEqual([[], expect.stringContaining('Handed to you (0)')]);
  });

  it('is decided by who may decide themselves', async () => {
    const author = await site.signIn('author');
    const { id, cookie } = await replyTo(site, path);
    expect((await handTo(id, mona.id, {}, author)).status).toBe(404);
    expect((await handTo(id, mona.id, {}, { cookie })).status).toBe(403);
    expect((await handTo(2_147_483_647, mona.id)).status).toBe(404);
    expect(await handedRows()).toEqual([]);
  });

  it('with a note that is too long, to nobody', async () => {
    const { id } = await replyTo(site, path);
    expect((await handTo(id, mona.id, { note: 'n'.repeat(2_001) })).status).toBe(422);
    expect(await handedRows()).toEqual([]);
  });
});

function handTo(id: number, to: number | string, fields: { note?: string } = {}, who: { cookie: string } = owner) {
  return sendForm(site, `/moderation/comments/${id}/hand-over`, { to: String(to), ...fields }, who);
}

function handedRows() {
  return site.db.selectFrom('hand_over').select(['comment_id', 'to_id']).execute();
}

function idsIn(text: string): number[] {
  return [...text.matchAll(/<li class="queue-item" id="c(\d+)"/g)].map(([, id]) => Number(id));
}
