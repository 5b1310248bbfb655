import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { rejectAsItCloses } from '../../src/moderation/closing-date.ts';
import { batchSize, carryOn, sweepOnce } from '../../src/moderation/sweep.ts';
import {
  type Asker,
  decideOn,
  type Fields,
  fieldOn,
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
import { plantThread } from '../support/threads.ts';

jest.setTimeout(120_000);

const hour = 3_600_000;

let site: TestSite;
let owner: { id: number; cookie: string };
let moderator: { id: number; cookie: string };
let author: { id: number; cookie: string };
let postId: number;
let path: string;
let conversationId: number;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
  moderator = await site.signIn('moderator', 'Mona Moderator');
  author = await site.signIn('author', 'Anna Author');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(Math.ceil(site.now.getTime() / hour) * hour + 48 * hour);
  await takeJobs(new Date(site.now.getTime() + 9_999 * hour));
  const post = await addPost(site.db, { title: 'A talk', authorId: author.id, mode: 'all_held' });
  postId = post.id;
  path = `/posts/${post.slug}`;
  conversationId = post.conversationId;
});

describe('What waits where a closing lies ahead', () => {
  it('is rejected when the date comes, with what came until then, with the reason and as one with the closing', async () => {
    const early = await hold(2);
    await closeAt(2, { reason: 'Said all.' });
    const late = await replyTo(site, path);
    await pass(1);
    expect(await statuses([...early, late.id])).toEqual({ pending: 3 });
    await pass(1);
    expect(await statuses([...early, late.id])).toEqual({ rejected: 3 });
    const closing = await onConversation();
    expect(closing.action).toBe('close_later');
    for (const id of [...early, late.id])
      expect(await lastEvent(site.db, 'comment', id)).toMatchObject({
        ...{ action: 'reject', actor_id: moderator.id, batch: closing.batch },
      });
    const { rows } = await sql<{ reason: string }>`
      select distinct reason from event join event_note on event_id = event.id where batch = ${closing.batch}`.execute(
      site.db,
    );
    expect(rows).toEqual([{ reason: 'Said all.' }]);
  });

  it('is told to moderators beforehand, not to readers', async () => {
    await closeAt(2);
    const told = 'What waits then is rejected.';
    expect(wordsOf((await openPage(site, path, moderator)).text)).toContain(told);
    expect(wordsOf((await openPage(site, path)).text)).not.toContain(told);
    await sendForm(site, `${path}/closures`, { begins_at: dateIn(2) }, moderator);
    expect(wordsOf((await openPage(site, path, moderator)).text)).not.toContain(told);
  });

  it('is taken back with the closing, as one, and so is the undo', async () => {
    const ids = await hold(3);
    await closeAt(1);
    await pass(1);
    const closing = await onConversation();
    const log = wordsOf((await openPage(site, `/moderation/log?post=${postId}`, moderator)).text);
    expect(log).toMatch(/Set to close by Mona Moderator on [^.]*\. Together with 3 others\. Undo all 4/);
    expect((await undo(closing.id)).status).toBe(303);
    expect(await statuses(ids)).toEqual({ pending: 3 });
    expect((await postReply(site, path)).status).toBe(303);
    expect((await undo((await onConversation()).id)).status).toBe(303);
    expect(await statuses(ids)).toEqual({ rejected: 3 });
    expect((await postReply(site, path)).status).toBe(403);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['called off', () => sendForm(site, `${path}/closures/current/reopen`, {}, moderator)],
    ['undone', async () => undo((await onConversation()).id)],
    [
      'moved to a later date without that choice',
      () => sendForm(site, `${path}/closures`, { begins_at: dateIn(3) }, moderator),
    ],
  ])('stays as it is where the closing was %s before', async (_how, callOff) => {
    const ids = await hold(2);
    await closeAt(2);
    expect(await callOff()).toMatchObject({ status: 303 });
    await pass(4);
    expect(await statuses(ids)).toEqual({ pending: 2 });
  });

  it('is rejected at the new date alone, where the closing was moved', async () => {
    const ids = await hold(1);
    await closeAt(1);
    await closeAt(3);
    await pass(2);
    expect(await statuses(ids)).toEqual({ pending: 1 });
    await pass(1);
    expect(await statuses(ids)).toEqual({ rejected: 1 });
  });

  it('is not rejected at the old date too, where the closing was moved to an earlier one', async () => {
    await closeAt(3);
    await closeAt(1);
    await pass(1);
    const back = await hold(1);
    await pass(2);
    expect(await statuses(back)).toEqual({ pending: 1 });
  });

  it('is rejected where calling the closing off was undone in time, and stays where it was not', async () => {
    const ids = await hold(1);
    await closeAt(2);
    await sendForm(site, `${path}/closures/current/reopen`, {}, moderator);
    await takeJobs(new Date(site.now.getTime() + 9 * hour));
    await undo((await onConversation()).id);
    await pass(2);
    expect(await statuses(ids)).toEqual({ rejected: 1 });
    await undo((await onConversation()).id);
  });

  describe.each<[string, () => Promise<unknown>]>([
    ['called off', () => sendForm(site, `${path}/closures/current/reopen`, {}, moderator)],
    ['undone', async () => undo((await onConversation()).id)],
    ['moved away', () => sendForm(site, `${path}/closures`, { begins_at: dateIn(9) }, moderator)],
  ])('whose date passed while it was %s', (_how, callOff) => {
    it('is rejected when that is undone later, as one with the closing, and brought back with it', async () => {
      const ids = await hold(2);
      await closeAt(1);
      const closing = await onConversation();
      await callOff();
      await pass(2);
      expect(await statuses(ids)).toEqual({ pending: 2 });
      expect((await undo((await onConversation()).id)).status).toBe(303);
      const putBack = await onConversation();
      await doJobs();
      expect(await statuses(ids)).toEqual({ rejected: 2 });
      expect((await postReply(site, path)).status).toBe(403);
      expect(await lastEvent(site.db, 'comment', ids[0] ?? 0)).toMatchObject({ batch: closing.batch });

      expect((await undo(putBack.id)).status).toBe(303);
      expect(await statuses(ids)).toEqual({ pending: 2 });
      expect((await postReply(site, path)).status).toBe(303);
      expect((await undo((await onConversation()).id)).status).toBe(303);
      await doJobs();
      expect(await statuses(ids)).toEqual({ rejected: 2 });
      expect((await undo(closing.id)).status).toBe(303);
      expect(await statuses(ids)).toEqual({ pending: 2 });
    });
  });

  it('is not rejected anew where the closing was in force at its date, called off after it, and put back', async () => {
    await closeAt(1);
    await pass(1);
    await sendForm(site, `${path}/closures/current/reopen`, {}, moderator);
    const ids = await hold(1);
    await pass(1);
    await undo((await onConversation()).id);
    await doJobs();
    expect(await statuses(ids)).toEqual({ pending: 1 });
    expect((await undo((await onConversation()).id)).status).toBe(303);
    expect(await statuses(ids)).toEqual({ pending: 1 });
  });

  it('is rejected once, whatever comes back to the queue after', async () => {
    const [id = 0, other = 0] = await hold(2);
    await closeAt(1);
    await pass(1);
    await decideOn(site, owner, id, { action: 'restore' });
    const closure = await site.db.selectFrom('closure').select('id').orderBy('id', 'desc').executeTakeFirstOrThrow();
    await rejectAsItCloses(site.db, { closureId: closure.id, now: site.now });
    await pass(1);
    expect([await statusOf(site.db, id), await statusOf(site.db, other)]).toEqual(['pending', 'rejected']);
  });

  it('waits a little more where the clock of the jobs is ahead', async () => {
    const ids = await hold(1);
    await closeAt(2);
    const closure = await site.db.selectFrom('closure').select('id').orderBy('id', 'desc').executeTakeFirstOrThrow();
    await takeJobs(new Date(site.now.getTime() + 9 * hour));
    await rejectAsItCloses(site.db, { closureId: closure.id, now: site.now });
    await doJobs();
    expect(await statuses(ids)).toEqual({ pending: 1 });
    await pass(2);
    expect(await statuses(ids)).toEqual({ rejected: 1 });
  });

  it('is that of a branch or of all conversations, as the closing is', async () => {
    const { id: root } = await replyTo(site, path);
    await decideOn(site, moderator, root, { action: 'approve' });
    const [inside, outside] = [await replyTo(site, path, { parent: String(root) }), await replyTo(site, path)];
    await closeAt(1, {}, moderator, `/comments/${root}`);
    await pass(1);
    expect([await statusOf(site.db, inside.id), await statusOf(site.db, outside.id)]).toEqual(['rejected', 'pending']);
    await closeAt(1, {}, moderator, '/moderation');
    await pass(1);
    expect(await statusOf(site.db, outside.id)).toBe('rejected');
    expect((await undo((await lastEvent(site.db, 'site', 1)).id)).status).toBe(303);
    expect(await statusOf(site.db, outside.id)).toBe('pending');
  });

  it('is left alone where who closed may not decide there any more', async () => {
    const ids = await hold(2);
    await closeAt(1, {}, author);
    await site.db.deleteFrom('post_author').where('post_id', '=', postId).execute();
    await pass(1);
    expect(await statuses(ids)).toEqual({ pending: 2 });
  });
});

describe('The undo of an undo that rejected nothing', () => {
  it('offers nothing of what was rejected with the closing before it, where something else has happened since', async () => {
    const ids = await hold(2);
    await sendForm(site, `${path}/closures`, { waiting: 'reject' }, moderator);
    await sendForm(site, `${path}/closures/current/reopen`, {}, moderator);
    await undo((await onConversation()).id);
    const putBack = await onConversation();
    await sendForm(site, `${path}/closures/current/reopen`, {}, moderator);
    const { status, text } = await undo(putBack.id);
    expect([status, wordsOf(text)]).toEqual([409, expect.stringContaining('Something else has happened here since')]);
    expect(fieldOn(text, 'partly')).toBeUndefined();
    expect(wordsOf(text)).not.toContain('can still be undone');
    expect(await statuses(ids)).toEqual({ rejected: 2 });
  });
});

describe('Much that waits at a closing', () => {
  const much = 2 * batchSize + 150;

  it('is rejected in parts, after the closing, as one with it', async () => {
    const ids = await hold(much);
    const { status } = await sendForm(site, `${path}/closures`, { waiting: 'reject', reason: 'Enough.' }, moderator);
    expect(status).toBe(303);
    expect(wordsOf((await openPage(site, path, moderator)).text)).toContain(
      '350 comments that waited are being rejected.',
    );
    expect((await postReply(site, path)).status).toBe(403);
    expect(wordsOf((await openPage(site, '/moderation', moderator)).text)).toContain('Rejecting: 0 of 350');
    await doJobs();
    expect(await statuses(ids)).toEqual({ rejected: much });
    const closing = await onConversation();
    const { rows } = await sql<{ count: number }>`
      select count(*)::integer as count from event where batch = ${closing.batch}`.execute(site.db);
    expect(rows).toEqual([{ count: much + 1 }]);
  });

  it('is brought back in parts with the closing, as one, whichever of it is named, and that is undone alike', async () => {
    const ids = await hold(much);
    await sendForm(site, `${path}/closures`, { waiting: 'reject' }, moderator);
    await doJobs();
    const rejection = await lastEvent(site.db, 'comment', ids[7] ?? 0);
    const begun = await undo(rejection.id);
    expect([begun.status, begun.headers.location]).toEqual([303, expect.stringMatching(/^\/moderation\/sweeps\/\d+$/)]);
    expect((await undo(rejection.id)).headers.location).toBe(begun.headers.location);
    await doJobs();
    expect(await statuses(ids)).toEqual({ pending: much });
    expect((await postReply(site, path)).status).toBe(303);
    await undo((await onConversation()).id);
    await doJobs();
    expect(await statuses(ids)).toEqual({ rejected: much });
    expect((await postReply(site, path)).status).toBe(403);
  });

  it('is brought back, and no more is rejected, where the closing is undone on the way', async () => {
    const ids = await hold(much);
    await sendForm(site, `${path}/closures`, { waiting: 'reject' }, moderator);
    await sweepOnce(site.db, { sweepId: await newestSweep(), now: site.now });
    expect(await statuses(ids)).toEqual({ rejected: batchSize, pending: much - batchSize });
    expect((await undo((await onConversation()).id)).status).toBe(303);
    await doJobs();
    expect(await statuses(ids)).toEqual({ pending: much });
  });

  it('is left as it stands where the closing is taken away on the way, and what was done can be undone', async () => {
    const ids = await hold(much);
    await sendForm(site, `${path}/closures`, { waiting: 'reject' }, moderator);
    const closing = await onConversation();
    await sweepOnce(site.db, { sweepId: await newestSweep(), now: site.now });
    await sendForm(site, `${path}/closures/current/reopen`, {}, owner);
    await doJobs();
    expect(await statuses(ids)).toEqual({ rejected: batchSize, pending: much - batchSize });
    const { status, text } = await undo(closing.id);
    expect(status).toBe(409);
    expect(wordsOf(text)).toMatch(/Something else has happened here since.*Reopened by Olivia Owner/);
    expect(wordsOf(text)).toContain('What was decided about 100 comments along with it can still be undone.');
    expect((await undo(closing.id, { partly: 'yes' })).status).toBe(303);
    expect(await statuses(ids)).toEqual({ pending: much });
    expect((await postReply(site, path)).status).toBe(303);
  });

  it('of which somebody brought some back is brought back but for that', async () => {
    const ids = await hold(much);
    await sendForm(site, `${path}/closures`, { waiting: 'reject' }, moderator);
    await doJobs();
    await decideOn(site, owner, ids[0] ?? 0, { action: 'approve' });
    const begun = await undo((await onConversation()).id);
    await doJobs();
    expect(await statuses(ids)).toEqual({ approved: 1, pending: much - 1 });
    const page = await openPage(site, begun.headers.location ?? '', moderator);
    expect(wordsOf(page.text)).toContain('349 decisions were undone. One was passed over');
  });

  it('is brought back where a closing that was put back after its date is taken back on the way', async () => {
    const ids = await hold(much);
    await closeAt(1);
    await sendForm(site, `${path}/closures/current/reopen`, {}, moderator);
    await pass(2);
    await undo((await onConversation()).id);
    const putBack = await onConversation();
    const [job] = await takeJobs(site.now);
    await rejectAsItCloses(site.db, { closureId: job?.payload.closureId ?? 0, now: site.now });
    await sweepOnce(site.db, { sweepId: await newestSweep(), now: site.now });
    expect(await statuses(ids)).toEqual({ rejected: batchSize, pending: much - batchSize });
    await undo(putBack.id);
    await doJobs();
    expect(await statuses(ids)).toEqual({ pending: much });
  });
});

describe('An author who closes', () => {
  it('rejects nothing that a moderator has brought back to the queue', async () => {
    const [id = 0, other = 0] = await hold(2);
    await decideOn(site, moderator, id, { action: 'reject' });
    await decideOn(site, moderator, id, { action: 'restore' });
    expect((await sendForm(site, `${path}/closures`, { waiting: 'reject' }, author)).status).toBe(303);
    expect([await statusOf(site.db, id), await statusOf(site.db, other)]).toEqual(['pending', 'rejected']);
  });
});

function hold(count: number): Promise<number[]> {
  const waiting = { parent: undefined, status: 'pending' } as const;
  return plantThread(
    site.db,
    conversationId,
    Array.from({ length: count }, () => waiting),
  );
}

function dateIn(hours: number): string {
  return new Date(site.now.getTime() + hours * hour).toISOString().slice(0, 16);
}

async function closeAt(hours: number, fields: Fields = {}, asker: Asker = moderator, place = path): Promise<void> {
  const form = { waiting: 'reject', begins_at: dateIn(hours), ...fields };
  expect((await sendForm(site, `${place}/closures`, form, asker)).status).toBe(303);
}

function undo(event: number, fields: Fields = {}, asker: Asker = moderator) {
  return sendForm(site, '/moderation/undo', { event: String(event), ...fields }, asker);
}

const onConversation = () => lastEvent(site.db, 'conversation', conversationId);

async function statuses(ids: readonly number[]): Promise<Record<string, number>> {
  const { rows } = await sql<{ status: string; count: number }>`
    select status, count(*)::integer as count from comment where id = any(${ids}) group by status`.execute(site.db);
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

async function newestSweep(): Promise<number> {
  return (await site.db.selectFrom('sweep').select('id').orderBy('id', 'desc').executeTakeFirstOrThrow()).id;
}

/** Lets time pass, and does what is due then. */
async function pass(hours: number): Promise<void> {
  site.now = new Date(site.now.getTime() + hours * hour);
  await doJobs();
}

async function doJobs(): Promise<void> {
  for (let jobs = await takeJobs(site.now); jobs.length > 0; jobs = await takeJobs(site.now)) {
    for (const { closureId, sweepId } of jobs.map(({ payload }) => payload)) {
      if (closureId !== undefined) await rejectAsItCloses(site.db, { closureId, now: site.now });
      if (sweepId !== undefined) await carryOn(site.db, { sweepId, now: () => site.now });
    }
  }
}

/** Takes the jobs that are due, without doing them. */
async function takeJobs(now: Date): Promise<{ payload: { closureId?: number; sweepId?: number } }[]> {
  const { rows } = await sql<{ payload: { closureId?: number; sweepId?: number } }>`
    with taken as (delete from graphile_worker._private_jobs where run_at <= ${now} returning id, task_id, payload)
    select payload from taken join graphile_worker._private_tasks task on task.id = taken.task_id
    where task.identifier in ('reject_waiting', 'sweep') order by taken.id`.execute(site.db);
  return rows;
}
