import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { cleanUpComments } from '../../src/comments/clean-up.ts';
import { carryOn, sweepOnce } from '../../src/moderation/sweep.ts';
import { copyComment, proveAddress } from '../commenters/prover.ts';
import {
  type Answer,
  decideOn,
  type Fields,
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
import { personPage } from './people.ts';

jest.setTimeout(60_000);

let site: TestSite;
let moderator: { id: number; cookie: string };
let path: string;
let conversationId: number;
let networks = 0;

beforeAll(async () => {
  site = await createTestSite({ TRUST_PROXY: '1' });
  moderator = await site.signIn('moderator', 'Mona Moderator');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  const { id } = await site.signIn('author');
  const post = await addPost(site.db, { title: 'A talk', authorId: id });
  path = `/posts/${post.slug}`;
  conversationId = post.conversationId;
});

/** Two comments that wait, one that stands and one that is rejected, of one browser; and one of somebody else beside them. */
async function threeAndOther() {
  networks += 1;
  const network = `198.51.100.${networks}`;
  const { id: standing, cookie } = await replyTo(site, path, {}, { network });
  const rejected = (await replyTo(site, path, {}, { network, cookie })).id;
  const waiting = [(await replyTo(site, path, {}, { network, cookie })).id];
  waiting.push((await replyTo(site, path, {}, { network, cookie })).id);
  await decideOn(site, moderator, standing, { action: 'approve' });
  await decideOn(site, moderator, rejected, { action: 'reject' });
  const other = (await replyTo(site, path, {}, { network })).id;
  return { standing, rejected, waiting, other };
}

interface Guest {
  readonly id: number;
  readonly email: string;
  readonly cookie: string;
}

/** Begins a sweep of 250 comments and does the first part of it. The one on which it was asked for has a proved address. */
async function beginInParts(which: string) {
  networks += 1;
  const [email, network] = [`swept-${networks}@example.org`, `198.51.100.${networks}`];
  const cookie = await proveAddress(site, email);
  const { id } = await replyTo(site, path, { email }, { network, cookie });
  const { id: second } = await replyTo(site, path, which.startsWith('address') ? { email } : {}, { network, cookie });
  const copies = await copyComment(site.db, second, 248);
  await sql`
    update comment set network_hash = one.network_hash from comment one
    where one.id = ${second} and comment.id = any(${copies}::integer[])`.execute(site.db);
  expect((await sweep(id, { which })).status).toBe(303);
  const begun = await site.db.selectFrom('sweep').selectAll().orderBy('id', 'desc').executeTakeFirstOrThrow();
  expect(begun.expected).toBe(250);
  await sweepOnce(site.db, { sweepId: begun.id, now: site.now });
  return { guest: { id, email, cookie }, begun, sweepId: begun.id };
}

function deleteOne({ id, cookie }: Guest) {
  return sendForm(site, `/comments/${id}/delete`, {}, { cookie });
}

const sweep = (id: number, fields: Fields) =>
  sendForm(site, `/moderation/comments/${id}/person/sweeps`, { action: 'reject', ...fields }, moderator);
const statuses = (ids: readonly number[]) => Promise.all(ids.map((id) => statusOf(site.db, id)));

function newestSweep() {
  return site.db.selectFrom('sweep').select('id').orderBy('id', 'desc').executeTakeFirstOrThrow();
}

function counts() {
  return site.db
    .selectFrom('conversation_count')
    .select(['readable', 'waiting'])
    .where('conversation_id', '=', conversationId)
    .executeTakeFirstOrThrow();
}

describe('A sweep', () => {
  it('shows first how much it is, and takes away what waits as one batch, with the reason and one undo', async () => {
    const { standing, rejected, waiting, other } = await threeAndOther();
    const page = wordsOf((await personPage(site, moderator, standing)).text);
    expect(page).toContain('2 that wait, from this browser');
    expect(page).toContain('3 that wait or stand, from this browser');
    expect(page).toContain('3 that wait, from this network');
    expect(page).not.toContain('stand, from this network');
    const answer = await sweep(standing, { which: 'browser:pending', reason: 'Shouting.' });
    expect([answer.status, answer.headers.location]).toEqual([303, `/moderation/comments/${standing}/person`]);
    const all = [standing, rejected, ...waiting, other];
    expect(await statuses(all)).toEqual(['approved', 'rejected', 'rejected', 'rejected', 'pending']);
    const events = await Promise.all(waiting.map((id) => lastEvent(site.db, 'comment', id)));
    expect(events.map(({ reason }) => reason)).toEqual(['Shouting.', 'Shouting.']);
    expect(new Set(events.map(({ batch }) => batch)).size).toBe(1);
    const news = wordsOf((await personPage(site, moderator, standing)).text);
    expect(news).toContain('2 comments were rejected or removed. Undo');
    await sendForm(site, '/moderation/undo', { event: String(events[0]?.id) }, moderator);
    expect(await statuses(all)).toEqual(['approved', 'rejected', 'pending', 'pending', 'pending']);
  });

  it('of all rejects what waits and removes what stands, or marks both as spam, and one undo brings both back', async () => {
    const { standing, rejected, waiting } = await threeAndOther();
    const before = await counts();
    await sweep(standing, { which: 'browser:all' });
    expect(await statuses([standing, rejected, ...waiting])).toEqual(['removed', 'rejected', 'rejected', 'rejected']);
    expect(await counts()).toEqual({ readable: 0, waiting: 1 });
    const { id, batch } = await lastEvent(site.db, 'comment', standing);
    expect((await lastEvent(site.db, 'comment', waiting[0] as number)).batch).toBe(batch);
    await sendForm(site, '/moderation/undo', { event: String(id) }, moderator);
    expect(await statuses([standing, rejected, ...waiting])).toEqual(['approved', 'rejected', 'pending', 'pending']);
    expect(await counts()).toEqual(before);
    await sweep(standing, { which: 'browser:all', action: 'spam' });
    expect(await statuses([standing, rejected, ...waiting])).toEqual(['spam', 'rejected', 'spam', 'spam']);
  });

  it('by a network takes what waits from everybody there, and nothing that stands', async () => {
    const { standing, waiting, other } = await threeAndOther();
    const refused = await sweep(standing, { which: 'network:all' });
    expect([refused.status, wordsOf(refused.text)]).toEqual([422, expect.stringContaining('others may share it')]);
    await sweep(standing, { which: 'network:pending', action: 'spam' });
    expect(await statuses([standing, ...waiting, other])).toEqual(['approved', 'spam', 'spam', 'spam']);
  });

  it('takes all that match, with the exact number, in parts where it is much, and one undo brings all of it back', async () => {
    const { id, cookie } = await replyTo(site, path);
    await copyComment(site.db, id, 1_039);
    const { id: standing } = await replyTo(site, path, {}, { cookie });
    await decideOn(site, moderator, standing, { action: 'approve' });
    const page = (await personPage(site, moderator, id)).text;
    expect(wordsOf(page)).toContain('1,041 that wait or stand, from this browser');
    const fields = { which: 'browser:all', reason: 'A flood.', key: fieldOn(page, 'key') ?? '' };
    const begun = await sweep(id, fields);
    expect((await sweep(id, fields)).headers.location).toBe(begun.headers.location);
    const { id: sweepId } = await newestSweep();
    expect(begun.headers.location).toBe(`/moderation/sweeps/${sweepId}`);
    await sweepOnce(site.db, { sweepId, now: site.now });
    expect(await counts()).toEqual({ readable: 1, waiting: 940 });
    const late = await replyTo(site, path, {}, { cookie });
    await carryOn(site.db, { sweepId, now: () => site.now });
    expect(await counts()).toEqual({ readable: 0, waiting: 1 });
    expect(await statuses([id, standing, late.id])).toEqual(['rejected', 'removed', 'pending']);
    const last = await lastEvent(site.db, 'comment', standing);
    expect(last).toMatchObject({ reason: 'A flood.', batch: fields.key, actor_id: moderator.id });
    const done = await openPage(site, `/moderation/sweeps/${sweepId}`, moderator);
    expect(wordsOf(done.text)).toContain('1,041 comments were rejected.');
    expect(done.text).toContain(`href="/moderation/comments/${id}/person"`);

    await sendForm(site, '/moderation/undo', { event: String(last.id) }, moderator);
    await carryOn(site.db, { sweepId: (await newestSweep()).id, now: () => site.now });
    expect(await counts()).toEqual({ readable: 1, waiting: 1_041 });
  });

  it('in parts ends where who began it may not judge people any more', async () => {
    const { id } = await replyTo(site, path);
    await copyComment(site.db, id, 399);
    const former = await site.signIn('moderator');
    await sendForm(site, `/moderation/comments/${id}/person/sweeps`, { action: 'spam', which: 'browser:all' }, former);
    await site.db.updateTable('account').set({ role: 'author' }).where('id', '=', former.id).execute();
    await carryOn(site.db, { sweepId: (await newestSweep()).id, now: () => site.now });
    expect(await counts()).toEqual({ readable: 0, waiting: 400 });
  });

  it.each<[string, (guest: Guest) => Promise<Answer>]>([
    ['address:all', deleteOne],
    ['browser:all', ({ cookie, email }) => sendForm(site, '/mine/erasure', { email }, { cookie })],
    [
      'network:pending',
      async (guest) => {
        const answer = await deleteOne(guest);
        await cleanUpComments(site.db, { now: new Date(site.now.getTime() + 7_200_000) });
        return answer;
      },
    ],
  ])(
    'by %s goes on where the comment on which it was asked for does not say any more who that is, and forgets it then',
    async (which, forget) => {
      const { guest, begun, sweepId } = await beginInParts(which);
      expect((await forget(guest)).status).toBe(303);
      expect(await statusOf(site.db, guest.id)).toBe('deleted');
      await carryOn(site.db, { sweepId, now: () => site.now });
      expect((await counts()).waiting).toBe(0);
      const ended = await site.db.selectFrom('sweep').selectAll().where('id', '=', sweepId).executeTakeFirstOrThrow();
      expect(ended).toMatchObject({ state: 'done', decided: begun.expected, expected: begun.expected });
      expect(ended).toMatchObject({ person_address_hash: null, person_browser_id: null, person_network_hash: null });
      const page = await openPage(site, `/moderation/sweeps/${sweepId}`, moderator);
      const person = /href="(\/moderation\/comments\/\d+\/person)"/.exec(page.text)?.[1] ?? '';
      expect(wordsOf((await openPage(site, person, moderator)).text)).toContain(`${begun.expected - 1}`);
    },
  );

  it('by an address ends where all of that was erased on the way, and keeps no trace of who it was', async () => {
    const { guest, sweepId } = await beginInParts('address:all');
    const erase = () => sendForm(site, '/mine/erasure', { email: guest.email }, guest);
    expect([(await erase()).status, (await erase()).status]).toEqual([200, 303]);
    await carryOn(site.db, { sweepId, now: () => site.now });
    const ended = await site.db.selectFrom('sweep').selectAll().where('id', '=', sweepId).executeTakeFirstOrThrow();
    expect(ended).toMatchObject({ state: 'done', decided: 100, person_address_hash: null });
    expect((await counts()).waiting).toBe(0);
  });

  it.each([
    [{ which: 'browser:some' }, 'Please choose which comments to sweep up.'],
    [{ which: 'address:all' }, 'Please choose which comments to sweep up.'],
    [{ which: 'browser:all', action: 'approve' }, 'not something one can do with a comment'],
    [{ which: 'browser:all', reason: 'x'.repeat(501) }, 'A reason can have 500 characters at most.'],
  ])('is refused with %o', async (fields, sentence) => {
    const { id } = await replyTo(site, path);
    const { status, text } = await sweep(id, fields);
    expect([status, wordsOf(text)]).toEqual([422, expect.stringContaining(sentence)]);
    expect(await statusOf(site.db, id)).toBe('pending');
  });

  it('says so where nothing was left', async () => {
    const { id } = await replyTo(site, path);
    await sweep(id, { which: 'browser:all' });
    await sweep(id, { which: 'browser:all' });
    expect(wordsOf((await openPage(site, '/moderation', moderator)).text)).toContain('There was nothing to sweep up.');
  });
});
