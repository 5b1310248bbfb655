import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { cleanUp } from '../../src/clean-up.ts';
import { expireSpam } from '../../src/comments/expire-spam.ts';
import { proveAddress, writtenOn } from '../commenters/prover.ts';
import { tracesOf } from '../commenters/traces.ts';
import {
  commentOn,
  decideOn,
  fieldOn,
  lastEvent,
  openPage,
  replyTo,
  sendForm,
  statusOf,
  wordsOf,
} from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { plantThread } from '../support/threads.ts';

jest.setTimeout(60_000);

let site: TestSite;
let owner: { id: number; cookie: string };
let moderator: { id: number; cookie: string };
let post: { id: number; slug: string; conversationId: number };
let path: string;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
  moderator = await site.signIn('moderator', 'Mona Moderator');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  await site.db.updateTable('site').set({ spam_days: 30 }).execute();
  post = await addPost(site.db, { title: 'A talk' });
  path = `/posts/${post.slug}`;
});

describe('Spam', () => {
  it('is erased after thirty days, whether a rule or a moderator took it for that, and nothing else is', async () => {
    const byRule = await spam();
    const marked = await decided('spam');
    const confirmed = await spam();
    await decideOn(site, moderator, confirmed.id, { action: 'spam' });
    const others = [await replyTo(site, path), await decided('approve'), await decided('reject')];
    await pass(29.9);
    expect(await statusesOf([byRule, marked, confirmed])).toEqual(['spam', 'spam', 'spam']);
    await pass(0.2);
    expect(await statusesOf([byRule, marked, confirmed])).toEqual(['expired', 'expired', 'expired']);
    expect(await statusesOf(others)).toEqual(['pending', 'approved', 'rejected']);
    expect(await lastEvent(site.db, 'comment', byRule.id)).toMatchObject({
      ...{ action: 'expire', from_status: 'spam', to_status: 'expired', actor_id: null },
      ...{ rule: 'spam_age', numbers: { days: 30 } },
    });
  });

  it('leaves no trace of its words, its name and its addresses', async () => {
    const fields = { name: 'Zebulon Quagga', email: 'quagga@spam.example', body: 'Quagga pills.', topic: 'Quagga' };
    const { id } = await replyTo(site, path, { ...fields, website: 'https://quagga.example' });
    await sql`update judgement set facts = facts || '{"hosts": ["quagga.example"]}' where comment_id = ${id}`.execute(
      site.db,
    );
    expect(await tracesOf(site.db, ['quagga'])).not.toEqual([]);
    site.now = new Date(site.now.getTime() + 31 * 86_400_000);
    await cleanUp(site.db, { now: site.now });
    expect(await tracesOf(site.db, ['quagga'])).toEqual([]);
    expect(await networkOf(id)).toBeNull();
    moderator = await site.signIn('moderator', 'Mona Moderator');
    owner = await site.signIn('owner', 'Olivia Owner');
  });

  it('counts its days from the last decision, so that each can be undone as long', async () => {
    const { id } = await replyTo(site, path);
    await decideOn(site, moderator, id, { action: 'approve' });
    await pass(100);
    await decideOn(site, moderator, id, { action: 'spam' });
    await pass(29.9);
    expect((await undoLast(id)).status).toBe(303);
    expect(await statusOf(site.db, id)).toBe('approved');
    await pass(100);
    expect((await undoLast(id)).status).toBe(303);
    await pass(29.9);
    expect(await statusOf(site.db, id)).toBe('spam');
    await pass(0.2);
    expect(await statusOf(site.db, id)).toBe('expired');
  });

  it('stays while its writer waits for the answer to an appeal, and goes once that is given', async () => {
    const { id, cookie } = await spam();
    await sendForm(site, `/comments/${id}/appeal`, { text: 'I am no program.' }, { cookie });
    await pass(40);
    expect(await statusOf(site.db, id)).toBe('spam');
    const appeal = await site.db.selectFrom('appeal').select('id').where('comment_id', '=', id).executeTakeFirst();
    const uphold = { action: 'uphold', reason: 'We think so.' };
    const answered = await sendForm(site, `/moderation/appeals/${appeal?.id}/decisions`, uphold, moderator);
    expect(answered.status).toBe(303);
    await pass(29.9);
    expect(await statusOf(site.db, id)).toBe('spam');
    await pass(0.2);
    expect(await statusOf(site.db, id)).toBe('expired');
    expect((await openPage(site, `/comments/${id}/appeal`, { cookie })).status).toBe(410);
    expect((await openPage(site, '/moderation/appeals', moderator)).status).toBe(200);
    expect((await openPage(site, '/moderation/log', moderator)).status).toBe(200);
    const { id: event } = await lastEvent(site.db, 'appeal', appeal?.id ?? 0);
    expect((await sendForm(site, '/moderation/undo', { event: String(event) }, moderator)).status).toBe(409);
  });

  it('is erased in parts, all of it, also behind what stays', async () => {
    const ids = await plantThread(
      site.db,
      post.conversationId,
      Array.from({ length: 450 }, () => ({ parent: undefined, status: 'spam' }) as const),
    );
    await decideOn(site, moderator, ids[3] ?? 0, { action: 'approve' });
    await decideOn(site, moderator, ids[3] ?? 0, { action: 'spam' });
    await pass(1);
    const left = site.db.selectFrom('comment').select('id').where('status', '=', 'spam').where('id', 'in', ids);
    expect(await left.execute()).toEqual([{ id: ids[3] }]);
  });

  it('leaves its place where others had replied, with the thread and its counts as they were', async () => {
    const [above = 0, reply = 0] = await plantThread(site.db, post.conversationId, [
      { parent: undefined, status: 'approved' },
      { parent: 0, status: 'approved' },
    ]);
    await decideOn(site, moderator, above, { action: 'spam' });
    const before = await countsOf();
    await pass(31);
    expect(await countsOf()).toEqual(before);
    const { text } = await openPage(site, path);
    expect(text.indexOf(`id="c${above}"`)).toBeGreaterThan(0);
    expect(wordsOf(commentOn(text, above))).not.toContain('Whoever wrote');
    expect(wordsOf(commentOn(text, reply))).toContain(`Comment ${reply}`);
    expect((await openPage(site, `/comments/${above}`)).status).toBe(302);
  });

  it.each([null, 90])('is kept as long as the owner says: %s days', async (days) => {
    await site.db.updateTable('site').set({ spam_days: days }).execute();
    const one = await spam();
    await pass(60);
    expect(await statusOf(site.db, one.id)).toBe('spam');
    await pass(60);
    expect(await statusOf(site.db, one.id)).toBe(days === null ? 'spam' : 'expired');
  });
});

describe('What has expired', () => {
  it('cannot be decided on any more, and the undo of an earlier decision is refused with the reason', async () => {
    const { id } = await decided('spam');
    const decision = await lastEvent(site.db, 'comment', id);
    await pass(31);
    for (const action of ['approve', 'spam', 'restore'])
      expect((await decideOn(site, moderator, id, { action })).status).toBe(409);
    const refused = await sendForm(site, '/moderation/undo', { event: String(decision.id) }, moderator);
    expect(refused.status).toBe(409);
    expect(wordsOf(refused.text)).toMatch(/Erased on .*, since it had been spam for long\./);
    const expiry = await lastEvent(site.db, 'comment', id);
    expect((await sendForm(site, '/moderation/undo', { event: String(expiry.id) }, owner)).status).toBe(404);
    expect(await statusOf(site.db, id)).toBe('expired');
  });

  it('is told by the log, and listed nowhere in the queue', async () => {
    const { id } = await spam();
    await pass(31);
    const log = wordsOf((await openPage(site, `/moderation/log?comment=${id}`, moderator)).text);
    expect(log).toContain('since it had been spam for long.');
    expect(log).toContain('Nothing happened to it for 30 days, and this site erases spam then.');
    expect(log).toContain('Spam, erased');
    for (const status of ['spam', 'pending', 'expired'])
      expect((await openPage(site, `/moderation?status=${status}`, moderator)).text).not.toContain(`id="c${id}"`);
    expect((await openPage(site, `/moderation/comments/${id}`, moderator)).status).toBe(404);
  });

  it('is gone for its writer, and cannot be edited, deleted or appealed', async () => {
    const { id, cookie } = await spam();
    await pass(31);
    expect(await writtenOn(site, cookie)).toEqual([]);
    expect((await openPage(site, '/mine', { cookie })).status).toBe(200);
    expect((await sendForm(site, `/comments/${id}/edit`, { body: 'Again.' }, { cookie })).status).toBe(403);
    expect((await sendForm(site, `/comments/${id}/delete`, {}, { cookie })).status).toBe(303);
    expect((await openPage(site, `/comments/${id}/appeal`, { cookie })).status).toBe(410);
    expect(await statusOf(site.db, id)).toBe('expired');
    await proveAddress(site, 'guest@reader.example', cookie);
    const download = await openPage(site, '/mine/download', { cookie });
    expect([download.status, download.text.includes('"expired"')]).toEqual([200, true]);
  });

  it('still counts as spam in the record of its writer', async () => {
    const first = await spam();
    await pass(31);
    const next = await replyTo(site, path, {}, first);
    const { text } = await openPage(site, `/moderation/comments/${next.id}`, moderator);
    expect(wordsOf(text)).toContain('0 approved, 0 rejected, 1 spam, 0 removed, 0 waiting.');
    const person = await openPage(site, `/moderation/comments/${next.id}/person`, moderator);
    expect(wordsOf(person.text)).toContain('1 spam');
  });

  it('holds no words any more: the database checks it', async () => {
    const { id } = await spam();
    await pass(31);
    const write = site.db.updateTable('comment').set({ source: 'Words.' }).where('id', '=', id);
    await expect(write.execute()).rejects.toThrow('comment_deleted_is_empty');
  });
});

describe('The owner', () => {
  it.each([
    ['7', 7],
    ['', null],
    ['0', null],
  ])('sets after how many days spam is erased: “%s”', async (typed, stored) => {
    expect((await saveDays(typed)).status).toBe(303);
    const { spam_days } = await site.db.selectFrom('site').select('spam_days').executeTakeFirstOrThrow();
    expect(spam_days).toBe(stored);
    const { text } = await openPage(site, '/settings', owner);
    expect(fieldOn(text, 'spam_days')).toBe(stored === null ? '' : String(stored));
  });

  it.each(['-1', 'soon', '3651', '1.5'])('cannot set “%s”', async (typed) => {
    const answer = await saveDays(typed);
    expect(answer.status).toBe(422);
    expect(wordsOf(answer.text)).toContain('Please enter a whole number of days up to 3,650, or nothing.');
    expect(fieldOn(answer.text, 'spam_days')).toBe(typed);
  });
});

const spam = () => replyTo(site, path, { topic: 'Filled in by a program.' });

async function decided(action: string): Promise<{ id: number; cookie: string }> {
  const written = await replyTo(site, path);
  await decideOn(site, moderator, written.id, { action });
  return written;
}

/** Lets time pass, and then spam expire. */
async function pass(days: number): Promise<void> {
  site.now = new Date(site.now.getTime() + days * 86_400_000);
  await expireSpam(site.db, { now: site.now });
}

async function saveDays(typed: string) {
  const { text } = await openPage(site, '/settings', owner);
  const names = ['version', 'title', 'tagline', 'close_after_days', 'close_after_quiet_days', 'edit_minutes'];
  const shown = Object.fromEntries(names.map((name) => [name, fieldOn(text, name) ?? '']));
  const chosen = { language: 'en', time_zone: 'UTC', comment_mode: 'first_held', authors_moderate: 'on' };
  return sendForm(site, '/settings', { ...shown, ...chosen, spam_days: typed }, owner);
}

async function undoLast(id: number) {
  const event = await lastEvent(site.db, 'comment', id);
  return sendForm(site, '/moderation/undo', { event: String(event.id) }, moderator);
}

const statusesOf = (comments: readonly { readonly id: number }[]) =>
  Promise.all(comments.map(({ id }) => statusOf(site.db, id)));

async function countsOf() {
  const counts = site.db.selectFrom('conversation_count').select(['readable', 'waiting']);
  return counts.where('conversation_id', '=', post.conversationId).executeTakeFirstOrThrow();
}

async function networkOf(id: number): Promise<Buffer | null> {
  const row = await site.db.selectFrom('comment').select('network_hash').where('id', '=', id).executeTakeFirstOrThrow();
  return row.network_hash;
}
