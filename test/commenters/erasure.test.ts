import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { eraseAddress } from '../../src/commenters/erasure.ts';
import {
  commentIdsOn,
  commentOn,
  countComments,
  decideOn,
  lastEvent,
  openPage,
  replyTo,
  sendForm,
  statusOf,
  wordsOf,
} from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { askForLink, copyComment, proveAddress, writtenOn } from './prover.ts';
import { tracesOf } from './traces.ts';

// Every table is searched, and hundreds of comments are erased one by one.
jest.setTimeout(60_000);

let site: TestSite;
let owner: { id: number; cookie: string };
let post: { id: number; slug: string; conversationId: number };
let path: string;
let person = 0;
let email: string;
let name: string;
let word: string;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  await site.db.deleteFrom('rate_limit').execute();
  post = await addPost(site.db, { title: 'Better forgotten' });
  path = `/posts/${post.slug}`;
  person += 1;
  email = `forgotten-${person}@example.org`;
  word = `Flabbergasting${person}x`;
  name = `Griselda${person}x`;
});

/** What one person wrote: in two browsers that proved the address, in one of them before, and edited. */
async function writeAll(): Promise<{ ids: number[]; laptop: string; phone: string }> {
  const first = await replyTo(site, path, {
    name,
    email,
    body: `${word} first words.`,
    website: `https://${word}.example`,
  });
  const laptop = await proveAddress(site, email, first.cookie);
  await sendForm(site, `/comments/${first.id}/edit`, { body: `${word} second words.` }, { cookie: laptop });
  const phone = await proveAddress(site, email);
  const second = await replyTo(site, path, { name, email, body: `${word} from the phone.` }, { cookie: phone });
  await decideOn(site, owner, first.id, {
    action: 'reject',
    reason: `${name} said ${word}.`,
    note: `See ${email}`,
  });
  await decideOn(site, owner, second.id, { action: 'approve' });
  await askForLink(site, email);
  await sql`
    with followed as (insert into follower (email) values (${email}) returning id)
    insert into subscription (follower_id, scope, conversation_id, pace, created_at, confirmed_at)
    select id, 'conversation', ${post.conversationId}, 'daily', ${site.now}, ${site.now} from followed`.execute(
    site.db,
  );
  return { ids: [first.id, second.id], laptop, phone };
}

const needles = () => [email, name, word];

const erase = (cookie: string, fields: Record<string, string> = {}) =>
  sendForm(site, '/mine/erasure', { email, ...fields }, { cookie });

describe('Erasing an address', () => {
  it('asks first, and says what goes and what stays', async () => {
    const { laptop, ids } = await writeAll();
    const { text } = await openPage(site, '/mine/erasure', { cookie: laptop });
    expect(wordsOf(text)).toContain(`This erases everything about ${email}`);
    expect(wordsOf(text)).toContain('What stays replies of others, below a note that a comment was deleted');
    expect(await statusOf(site.db, ids[1] ?? 0)).toBe('approved');
  });

  it('leaves no trace of address, name and words in any table, and every event', async () => {
    const { ids, laptop } = await writeAll();
    expect((await tracesOf(site.db, needles())).length).toBeGreaterThan(8);
    const events = () => site.db.selectFrom('event').selectAll().where('subject_id', 'in', ids).orderBy('id').execute();
    const before = await events();
    const done = await erase(laptop);
    expect([done.status, done.headers.location]).toEqual([303, '/mine/erased']);
    expect(await tracesOf(site.db, needles())).toEqual([]);
    const after = await events();
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length).map((event) => [event.action, event.to_status, event.actor_id])).toEqual([
      ['delete', 'deleted', null],
      ['delete', 'deleted', null],
    ]);
    const rows = await site.db
      .selectFrom('comment')
      .select(['browser_id', 'network_hash', 'status'])
      .where('id', 'in', ids)
      .execute();
    expect(rows).toEqual(ids.map(() => ({ browser_id: null, network_hash: null, status: 'deleted' })));
  });

  it('keeps the shape of the thread, with the replies of others under a placeholder, and counts right', async () => {
    const { ids, laptop } = await writeAll();
    const answered = ids[1] ?? 0;
    const reply = await replyTo(site, path, { parent: String(answered), body: 'I stay.' }, owner);
    await erase(laptop);
    const { text } = await openPage(site, path);
    expect(commentIdsOn(text)).toEqual([answered, reply.id]);
    expect(commentOn(text, answered)).toContain('placeholder');
    expect(wordsOf(text)).toContain('One thought on “Better forgotten”');
  });

  it('ends the proof in every browser, and takes the name out of this one', async () => {
    const { laptop, phone } = await writeAll();
    const { headers } = await erase(laptop);
    expect(String(headers['set-cookie'])).toMatch(/remembered=;/);
    for (const cookie of [laptop, phone]) {
      expect((await openPage(site, '/mine', { cookie })).text).not.toContain(email);
      expect((await openPage(site, '/mine/erasure', { cookie })).headers.location).toBe('/mine');
      expect((await openPage(site, '/mine/download', { cookie })).headers.location).toBe('/mine');
      expect(await writtenOn(site, cookie)).toEqual([]);
    }
    expect((await openPage(site, '/mine/erased', { cookie: laptop })).status).toBe(200);
  });

  it('leaves what the browser wrote without the address, and what was merely typed elsewhere but for the address', async () => {
    const { laptop } = await writeAll();
    const typed = await replyTo(site, path, { name: 'Somebody Else', email, body: 'Not hers.' });
    await copyComment(site.db, typed.id, 120);
    const bare = await replyTo(site, path, { name: 'Nobody', body: 'Without an address.' }, { cookie: laptop });
    expect((await erase(laptop)).status).toBe(200);
    await erase(laptop);
    expect(await statusOf(site.db, typed.id)).toBe('pending');
    expect(await statusOf(site.db, bare.id)).toBe('approved');
    expect(await writtenOn(site, laptop)).toEqual([bare.id]);
    expect(await tracesOf(site.db, [email])).toEqual([]);
    expect(await tracesOf(site.db, ['Not hers.'])).not.toEqual([]);
  });

  it('takes what the browser wrote without a confirmed address where that is asked for', async () => {
    const { laptop, phone } = await writeAll();
    const bare = await replyTo(site, path, { name, body: `${word} without an address.` }, { cookie: laptop });
    const unlike = await replyTo(site, path, { name, email: `${person}.typo@example.org` }, { cookie: laptop });
    const there = await replyTo(site, path, { name: 'On Her Phone', body: 'Without.' }, { cookie: phone });
    const other = `${person}.other@example.org`;
    await proveAddress(site, other, laptop);
    const second = await replyTo(site, path, { name: 'Her Other Self', email: other }, { cookie: laptop });
    await erase(laptop, { also_unproved: 'on' });
    expect(await tracesOf(site.db, [...needles(), `${person}.typo@example.org`])).toEqual([]);
    expect(await Promise.all([bare, unlike, there, second].map(({ id }) => statusOf(site.db, id)))).toEqual([
      'deleted',
      'deleted',
      'approved',
      'approved',
    ]);
    expect(await writtenOn(site, laptop)).toEqual([second.id]);
  });

  it('unlinks what was deleted before from the browsers of the address, with what was noted about it', async () => {
    const { ids, laptop } = await writeAll();
    await sendForm(site, `/comments/${ids[0]}/delete`, {}, { cookie: laptop });
    expect(await statusOf(site.db, ids[0] ?? 0)).toBe('deleted');
    await erase(laptop);
    expect(await tracesOf(site.db, needles())).toEqual([]);
    const row = await site.db
      .selectFrom('comment')
      .select('browser_id')
      .where('id', '=', ids[0] ?? 0)
      .executeTakeFirst();
    expect(row?.browser_id).toBeNull();
  });

  it('goes through more comments than one batch, and can be done again where it was interrupted', async () => {
    const cookie = await proveAddress(site, email);
    const first = await replyTo(site, path, { name, email }, { cookie });
    await copyComment(site.db, first.id, 250);
    const total = await countComments(site.db);
    const browserId = Number(/visitor=(\d+)/.exec(cookie)?.[1]);
    const once = { email, browserId, alsoUnproved: false, now: site.now };
    // Two who press at the same time are one interrupting the other at every batch.
    await Promise.all([eraseAddress(site.db, once), eraseAddress(site.db, once)]);
    while (!(await eraseAddress(site.db, once)));
    expect(await tracesOf(site.db, [email, name])).toEqual([]);
    expect(await countComments(site.db)).toBe(total);
    expect((await lastEvent(site.db, 'comment', first.id)).action).toBe('delete');
    const counts = await site.db
      .selectFrom('conversation_count')
      .select(['readable', 'waiting'])
      .where('conversation_id', '=', post.conversationId)
      .executeTakeFirst();
    expect(counts).toEqual({ readable: 0, waiting: 0 });
  });

  it('does some hundred comments with each request, and has the browser ask for the rest', async () => {
    const cookie = await proveAddress(site, email);
    const first = await replyTo(site, path, { name, email }, { cookie });
    await copyComment(site.db, first.id, 349);
    const { status, text, headers } = await erase(cookie, { also_unproved: 'on' });
    expect(status).toBe(200);
    expect(wordsOf(text)).toContain('Erasing goes on');
    expect(text).toMatch(new RegExp(`name="email" value="${email}"[^]*name="also_unproved" value="on"`));
    expect(headers['cache-control']).toMatch(/private|no-store/);
    const left = site.db.selectFrom('comment').select('id').where('email', '=', email);
    expect(await left.execute()).toHaveLength(50);
    expect((await openPage(site, '/mine', { cookie })).text).toContain(email);
    const done = await erase(cookie, { also_unproved: 'on' });
    expect([done.status, done.headers.location]).toEqual([303, '/mine/erased']);
    expect(await tracesOf(site.db, [email, name])).toEqual([]);
  });

  it('takes mail that waits, for the address and about its comments', async () => {
    const { ids, laptop } = await writeAll();
    const letter = { created_at: site.now, subject: 'A reply' };
    await site.db
      .insertInto('mail')
      .values([
        { ...letter, message_id: `${person}-a`, recipient: email, body: 'Hello.' },
        { ...letter, message_id: `${person}-b`, recipient: 'f@example.org', body: `See /comments/${ids[1]} there` },
        { ...letter, message_id: `${person}-c`, recipient: 'f@example.org', body: `See /comments/${ids[1]}0 there` },
      ])
      .execute();
    await erase(laptop);
    const left = await site.db
      .selectFrom('mail')
      .select('message_id')
      .where('message_id', 'like', `${person}-%`)
      .execute();
    expect(left.map(({ message_id }) => message_id)).toEqual([`${person}-c`]);
  });

  it('is refused in a browser that has not proved the address, and changes nothing', async () => {
    const { ids } = await writeAll();
    await site.db.deleteFrom('rate_limit').execute();
    const stranger = await proveAddress(site, `${person}.stranger@example.org`);
    for (const cookie of [stranger, (await askForLink(site, email)).cookie, '']) {
      const { status } = await erase(cookie, { also_unproved: 'on' });
      expect(status).toBe(403);
    }
    expect(await statusOf(site.db, ids[1] ?? 0)).toBe('approved');
    expect((await openPage(site, '/mine/erasure')).headers.location).toBe('/mine');
  });

  it('lets one choose where the browser has proved several', async () => {
    const { laptop } = await writeAll();
    await proveAddress(site, `${person}.second@example.org`, laptop);
    const { text } = await openPage(site, '/mine/erasure', { cookie: laptop });
    expect(text.match(/<input type="radio"[^>]* name="email"/g)).toHaveLength(2);
    expect((await sendForm(site, '/mine/erasure', {}, { cookie: laptop })).status).toBe(403);
  });
});
