import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { releaseAbandonedJobs } from '../../src/jobs/queries.ts';
import { batchSize, carryOn, sweepOnce } from '../../src/moderation/sweep.ts';
import {
  type Asker,
  decideOn,
  type Fields,
  lastEvent,
  openPage,
  replyTo,
  sendForm,
  statusOf,
  wordsOf,
} from '../support/comments.ts';
import { eventually } from '../support/eventually.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { plantThread } from '../support/threads.ts';

jest.setTimeout(120_000);

let site: TestSite;
let owner: { id: number; cookie: string };
let moderator: { id: number; cookie: string };
let author: { id: number; cookie: string };
let post: { id: number; slug: string; conversationId: number };
let path: string;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
  moderator = await site.signIn('moderator', 'Mona Moderator');
  author = await site.signIn('author', 'Anna Author');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  post = await addPost(site.db, { title: 'A talk', authorId: author.id, mode: 'all_held' });
  path = `/posts/${post.slug}`;
});

describe('A decision on all that match', () => {
  it('asks first, with the exact number and the filters in words, and has done nothing by then', async () => {
    const ids = await hold(3);
    const { text } = await ask('spam', { text: 'Comment' });
    const words = wordsOf(text);
    expect(words).toContain('Mark 3 comments as spam?');
    expect(words).toContain('All that stand as “Waiting” and are: On “A talk” With “Comment” in the text or the name');
    expect(await statuses(ids)).toEqual({ pending: 3 });
    expect(await site.db.selectFrom('sweep').select('id').where('account_id', '=', author.id).execute()).toEqual([]);
  });

  it('is carried out bit by bit, as one batch with one reason, and says exactly what it did', async () => {
    const ids = await hold(2 * batchSize + 50);
    const id = await begin('spam', { reason: 'Ads.' });
    expect(await step(id)).toBe(true);
    expect(await statuses(ids)).toEqual({ spam: batchSize, pending: batchSize + 50 });
    const going = await openPage(site, `/moderation/sweeps/${id}`, moderator);
    expect(wordsOf(going.text)).toContain('Marking as spam: 100 of 250');
    expect(going.text).toMatch(/<progress [^>]*max="250" value="100"/);
    expect(Number(going.headers.refresh)).toBeGreaterThan(0);
    expect(going.text).toContain('<title>Marking as spam: 100 of 250 ·');
    expect(wordsOf((await openPage(site, '/moderation', moderator)).text)).toContain('Marking as spam: 100 of 250');
    await finish(id);
    expect(await statuses(ids)).toEqual({ spam: 250 });
    const done = await openPage(site, `/moderation/sweeps/${id}`, moderator);
    expect(wordsOf(done.text)).toContain('250 comments were marked as spam.');
    expect(wordsOf(done.text)).not.toContain('passed over');
    expect(done.headers.refresh).toBeUndefined();
    expect(done.text).toContain('<title>The decision was carried out ·');
    const { rows } = await sql<{ batches: number; events: number; reasons: string[] }>`
      select count(distinct batch)::integer as batches, count(*)::integer as events, array_agg(distinct reason) as reasons
      from event join event_note on event_note.event_id = event.id
      where action = 'spam' and subject_id = any(${ids}) and actor_id = ${moderator.id}`.execute(site.db);
    expect(rows).toEqual([{ batches: 1, events: 250, reasons: ['Ads.'] }]);
    expect(await waitingCount()).toBe(0);
  });

  it('leaves what comes later, what was edited since, and what somebody else decided, and counts those', async () => {
    const ids = await hold(4);
    const written = await replyTo(site, path);
    const question = await ask('approve');
    const later = await replyTo(site, path);
    await decideOn(site, owner, ids[0] ?? 0, { action: 'reject' });
    await decideOn(site, owner, ids[1] ?? 0, { action: 'reject' });
    await decideOn(site, owner, ids[1] ?? 0, { action: 'restore' });
    const edit = { body: 'Changed.', version: '0' };
    expect((await sendForm(site, `/comments/${written.id}/edit`, edit, written)).status).toBe(303);
    const id = await confirm(question.text, { action: 'approve' });
    await finish(id);
    const all = [...ids, written.id, later.id];
    expect(await Promise.all(all.map((each) => statusOf(site.db, each)))).toEqual([
      'rejected',
      'pending',
      'approved',
      'approved',
      'pending',
      'pending',
    ]);
    const words = wordsOf((await openPage(site, `/moderation/sweeps/${id}`, moderator)).text);
    expect(words).toContain('2 comments were approved.');
    expect(words).toContain('3 were passed over: somebody else was first, or they changed in the meantime.');
  });

  it('counts ages from the moment of the question', async () => {
    const { id: commentId } = await replyTo(site, path);
    site.now = new Date(site.now.getTime() + 30 * 60_000);
    const question = await ask('approve', { age: 'older', than: '1', unit: 'hours' });
    expect(wordsOf(question.text)).toContain('Nothing matches.');
    const newer = await ask('approve', { age: 'newer', than: '1', unit: 'hours' });
    site.now = new Date(site.now.getTime() + 60 * 60_000);
    await finish(await confirm(newer.text, { action: 'approve' }));
    expect(await statusOf(site.db, commentId)).toBe('approved');
  });

  it('goes on after the process died, behind what was committed, and decides nothing twice', async () => {
    const ids = await hold(batchSize + 20);
    const id = await begin('reject');
    await step(id);
    await sql`update graphile_worker._private_jobs set locked_at = now() - interval '3 minutes', locked_by = 'dead'`.execute(
      site.db,
    );
    await releaseAbandonedJobs(site.db);
    const { rows } = await sql<{ locked: number }>`
      select count(*)::integer as locked from graphile_worker._private_jobs where locked_at is not null`.execute(
      site.db,
    );
    expect(rows).toEqual([{ locked: 0 }]);
    await finish(id);
    expect(await statuses(ids)).toEqual({ rejected: batchSize + 20 });
    expect(await decisionsOn(ids)).toBe(batchSize + 20);
  });

  it('that two processes carry on with at once is carried out once', async () => {
    const ids = await hold(3 * batchSize);
    const id = await begin('approve');
    await Promise.all([finish(id), finish(id), finish(id)]);
    expect(await statuses(ids)).toEqual({ approved: 3 * batchSize });
    expect(await decisionsOn(ids)).toBe(3 * batchSize);
    expect(await find(id)).toMatchObject({ state: 'done', decided: 3 * batchSize, expected: 3 * batchSize });
  });

  it('of two moderators at once decides no comment twice, and between them all', async () => {
    const ids = await hold(3 * batchSize);
    const [one, other] = [await ask('approve'), await ask('spam', {}, owner)];
    const [first, second] = [
      await confirm(one.text, { action: 'approve' }),
      await confirm(other.text, { action: 'spam' }, owner),
    ];
    await Promise.all([finish(first), finish(second)]);
    expect(await decisionsOn(ids)).toBe(3 * batchSize);
    const [approving, marking] = [await find(first), await find(second)];
    expect(Number(approving?.decided) + Number(marking?.decided)).toBe(3 * batchSize);
    const { approved = 0, spam = 0, pending = 0 } = await statuses(ids);
    expect([approved, spam, pending]).toEqual([approving?.decided, marking?.decided, 0]);
    expect(await waitingCount()).toBe(0);
  });

  it('is begun once where its form comes twice', async () => {
    await hold(2);
    const { text } = await ask('approve');
    const ids = await Promise.all([1, 2].map(() => confirm(text, { action: 'approve' })));
    expect(ids[0]).toBe(ids[1]);
    await finish(ids[0] ?? 0);
    expect(await find(ids[0] ?? 0)).toMatchObject({ decided: 2 });
  });

  it('stops when it is asked to: what is done stays done, the rest stays, and the words are forgotten', async () => {
    const ids = await hold(2 * batchSize);
    const id = await begin('spam', { reason: 'Ads.' }, { text: 'Comment' });
    await step(id);
    expect((await sendForm(site, `/moderation/sweeps/${id}/stop`, {}, moderator)).status).toBe(303);
    await finish(id);
    expect(await statuses(ids)).toEqual({ spam: batchSize, pending: batchSize });
    expect(await find(id)).toMatchObject({ state: 'stopped', reason: '', filter: { post: String(post.id) } });
    const words = wordsOf((await openPage(site, `/moderation/sweeps/${id}`, moderator)).text);
    expect(words).toContain('100 comments were marked as spam.');
    expect(words).toContain('100 stand as they stood');
  });

  it('ends where its moderator may not decide any more', async () => {
    const ids = await hold(batchSize + 1);
    const hired = await site.signIn('moderator', 'Hired Hand');
    const { text } = await ask('spam', {}, hired);
    const id = await confirm(text, { action: 'spam' }, hired);
    await step(id);
    await site.db.updateTable('account').set({ disabled_at: site.now }).where('id', '=', hired.id).execute();
    await finish(id);
    expect(await statuses(ids)).toEqual({ spam: batchSize, pending: 1 });
    expect(await find(id)).toMatchObject({ state: 'stopped' });
  });

  it('of an author is about own posts only', async () => {
    const ids = await hold(2);
    const other = await addPost(site.db, { title: 'Elsewhere' });
    const elsewhere = await plantThread(site.db, other.conversationId, [{ parent: undefined, status: 'pending' }]);
    await site.db
      .updateTable('comment')
      .set({ source: 'Needle' })
      .where('id', 'in', [...ids, ...elsewhere])
      .execute();
    const question = await openPage(site, '/moderation/sweeps/new?action=approve&text=needle', author);
    expect(wordsOf(question.text)).toContain('Approve 2 comments?');
    const id = await confirm(question.text, { action: 'approve' }, author);
    await finish(id);
    expect([await statuses(ids), await statuses(elsewhere)]).toEqual([{ approved: 2 }, { pending: 1 }]);
    await hold(1);
    const foreign = await begin('spam');
    expect((await openPage(site, `/moderation/sweeps/${foreign}`, author)).status).toBe(404);
    expect((await sendForm(site, `/moderation/sweeps/${foreign}/stop`, {}, author)).status).toBe(404);
    expect((await openPage(site, `/moderation/sweeps/${id}`, moderator)).status).toBe(200);
  });

  it('on what stands as spam brings all of it back', async () => {
    const ids = await plantThread(site.db, post.conversationId, all(3, 'spam'));
    const { text } = await ask('approve', { status: 'spam' });
    await finish(await confirm(text, { action: 'approve' }));
    expect(await statuses(ids)).toEqual({ approved: 3 });
  });

  it.each<[string, Fields, number]>([
    ['without an action', {}, 422],
    ['with an action that waits for other statuses', { action: 'remove' }, 422],
    ['with too long a reason', { action: 'spam', reason: 'r'.repeat(501) }, 422],
    ['about nothing', { action: 'spam', expected: '0' }, 422],
  ])('%s is refused, and what was typed comes back', async (_, fields, status) => {
    const ids = await hold(1);
    const sent = { ...fieldsOf((await ask('spam')).text), note: 'Keep me.', ...fields };
    const answer = await sendForm(site, '/moderation/sweeps', sent, moderator);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain('Keep me.');
    expect(await statuses(ids)).toEqual({ pending: 1 });
  });

  it('is no visitor’s', async () => {
    const { text } = await ask('spam');
    expect((await sendForm(site, '/moderation/sweeps', { ...fieldsOf(text), action: 'spam' })).status).toBe(403);
    expect((await openPage(site, '/moderation/sweeps/new?action=spam')).status).toBe(303);
    expect((await openPage(site, '/moderation/sweeps/new?action=remove', moderator)).status).toBe(404);
    expect((await openPage(site, '/moderation/sweeps/2147483647', moderator)).status).toBe(404);
  });
});

describe('The undo of a decision on all that match', () => {
  it('is one, in parts of its own: a thousand stand again as they stood, and it can be undone too', async () => {
    const ids = await plantThread(site.db, post.conversationId, all(1_000, 'pending'));
    await finish(await begin('approve'));
    expect(await statuses(ids)).toEqual({ approved: 1_000 });
    const decision = await lastEvent(site.db, 'comment', ids[7] ?? 0);
    const undoing = await undo(decision.id);
    await step(undoing);
    expect(await statuses(ids)).toEqual({ pending: batchSize, approved: 1_000 - batchSize });
    expect(await undo(decision.id, owner).catch(() => 'no')).toBe('no');
    await finish(undoing);
    expect(await statuses(ids)).toEqual({ pending: 1_000 });
    expect(await waitingCount()).toBe(1_000);
    const words = wordsOf((await openPage(site, `/moderation/sweeps/${undoing}`, moderator)).text);
    expect(words).toContain('1,000 decisions were undone.');
    const again = await undo((await lastEvent(site.db, 'comment', ids[0] ?? 0)).id);
    await finish(again);
    expect(await statuses(ids)).toEqual({ approved: 1_000 });
    const log = wordsOf((await openPage(site, `/moderation/log?comment=${ids[0]}`, moderator)).text);
    expect(log).toContain('Together with 999 others.');
  });

  it('passes over what somebody did something to since, and says how many', async () => {
    const ids = await plantThread(site.db, post.conversationId, all(350, 'pending'));
    await finish(await begin('approve'));
    await decideOn(site, owner, ids[3] ?? 0, { action: 'remove' });
    const undoing = await undo((await lastEvent(site.db, 'comment', ids[7] ?? 0)).id);
    await finish(undoing);
    expect(await statuses(ids)).toEqual({ pending: 349, removed: 1 });
    const words = wordsOf((await openPage(site, `/moderation/sweeps/${undoing}`, moderator)).text);
    expect(words).toContain('349 decisions were undone.');
    expect(words).toContain('One was passed over: somebody else was first, or it changed in the meantime.');
  });

  it('of few is done at once, as any other', async () => {
    const ids = await hold(5);
    const id = await begin('spam');
    await finish(id);
    const page = await openPage(site, `/moderation/sweeps/${id}`, moderator);
    const event = /name="event" value="(\d+)"/.exec(page.text)?.[1] ?? '';
    const answer = await sendForm(site, '/moderation/undo', { event, back: '/moderation' }, moderator);
    expect([answer.status, answer.headers.location]).toEqual([303, '/moderation']);
    expect(await statuses(ids)).toEqual({ pending: 5 });
  });

  it('stops it first where it is still going on in another process: what it did is undone as one, and nothing comes after', async () => {
    const ids = await hold(1_000);
    const id = await begin('spam');
    await step(id);
    const going = carryOn(site.db, { sweepId: id, now: () => site.now });
    await eventually(async () => (await decidedBy(id)) > 3 * batchSize);
    const event = (await lastEvent(site.db, 'comment', ids[0] ?? 0)).id;
    const undoing = await undo(event);
    const done = await decidedBy(id);
    await going;
    expect([await decidedBy(id), done < 1_000]).toEqual([done, true]);
    await finish(undoing);
    expect(await statuses(ids)).toEqual({ pending: 1_000 });
    await carryOn(site.db, { sweepId: id, now: () => site.now });
    expect(await statuses(ids)).toEqual({ pending: 1_000 });
    const words = wordsOf((await openPage(site, `/moderation/sweeps/${undoing}`, moderator)).text);
    expect(words).toContain(`${done} decisions were undone.`);
  });

  it('stops it first where it has only begun', async () => {
    const ids = await hold(250);
    const id = await begin('spam');
    await step(id);
    const event = (await lastEvent(site.db, 'comment', ids[0] ?? 0)).id;
    const answer = await sendForm(site, '/moderation/undo', { event: String(event) }, moderator);
    expect([answer.status, answer.headers.location]).toEqual([303, '/moderation']);
    await carryOn(site.db, { sweepId: id, now: () => site.now });
    expect(await statuses(ids)).toEqual({ pending: 250 });
  });

  it('does not stop it where an author asks for what a moderator began', async () => {
    const ids = await hold(150);
    const id = await begin('spam');
    await step(id);
    const event = String((await lastEvent(site.db, 'comment', ids[0] ?? 0)).id);
    expect((await sendForm(site, '/moderation/undo', { event }, author)).status).toBe(404);
    await finish(id);
    expect(await statuses(ids)).toEqual({ spam: 150 });
  });

  it('is no author’s where a moderator decided', async () => {
    const ids = await plantThread(site.db, post.conversationId, all(301, 'pending'));
    await finish(await begin('approve'));
    const event = String((await lastEvent(site.db, 'comment', ids[0] ?? 0)).id);
    expect((await sendForm(site, '/moderation/undo', { event }, author)).status).toBe(404);
    expect(await statuses(ids)).toEqual({ approved: 301 });
  });
});

function all(count: number, status: 'pending' | 'spam') {
  return Array.from({ length: count }, () => ({ parent: undefined, status }));
}

const hold = (count: number) => plantThread(site.db, post.conversationId, all(count, 'pending'));

function ask(action: string, filter: Record<string, string> = {}, asker: Asker = moderator) {
  const query = new URLSearchParams({ post: String(post.id), ...filter, action });
  return openPage(site, `/moderation/sweeps/new?${query}`, asker);
}

async function begin(action: string, words: Fields = {}, filter: Record<string, string> = {}): Promise<number> {
  return confirm((await ask(action, filter)).text, { action, ...words });
}

async function confirm(question: string, fields: Fields, asker: Asker = moderator): Promise<number> {
  const answer = await sendForm(site, '/moderation/sweeps', { ...fieldsOf(question), ...fields }, asker);
  if (answer.status !== 303) throw new Error(`${answer.status}: ${wordsOf(answer.text)}`);
  return idIn(answer.headers.location);
}

async function undo(event: number, asker: Asker = moderator): Promise<number> {
  const answer = await sendForm(site, '/moderation/undo', { event: String(event) }, asker);
  return idIn(answer.headers.location);
}

function idIn(location: string | undefined): number {
  const id = /^\/moderation\/sweeps\/(\d+)$/.exec(location ?? '')?.[1];
  if (!id) throw new Error(`No sweep began: ${location}`);
  return Number(id);
}

function fieldsOf(text: string): Record<string, string> {
  const form = /<form method="post" action="\/moderation\/sweeps">[\s\S]*?<\/form>/.exec(text)?.[0] ?? '';
  return Object.fromEntries(
    [...form.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)].map(([, name, value]) => [name, value]),
  );
}

const step = (sweepId: number) => sweepOnce(site.db, { sweepId, now: site.now });
const find = (id: number) => site.db.selectFrom('sweep').selectAll().where('id', '=', id).executeTakeFirst();
// A job stops after some seconds, and another one goes on: a slow machine takes several.
const finish = async (sweepId: number) => {
  do await carryOn(site.db, { sweepId, now: () => site.now });
  while ((await find(sweepId))?.state === 'running');
};

async function decidedBy(sweepId: number): Promise<number> {
  const query = site.db.selectFrom('sweep').select('decided').where('id', '=', sweepId);
  return (await query.executeTakeFirstOrThrow()).decided;
}

async function statuses(ids: readonly number[]): Promise<Record<string, number>> {
  const { rows } = await sql<{ status: string; count: number }>`
    select status, count(*)::integer as count from comment where id = any(${ids}) group by status`.execute(site.db);
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

async function decisionsOn(ids: readonly number[]): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from event
    where subject_kind = 'comment' and subject_id = any(${ids}) and from_status = 'pending'`.execute(site.db);
  return rows[0]?.count ?? 0;
}

async function waitingCount(): Promise<number> {
  const { waiting } = await site.db
    .selectFrom('conversation_count')
    .select('waiting')
    .where('conversation_id', '=', post.conversationId)
    .executeTakeFirstOrThrow();
  return waiting;
}
