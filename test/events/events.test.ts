import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { describeEvent } from '../../src/events/describe.ts';
import { lastEvents, recordEvent } from '../../src/events/queries.ts';
import { createDates } from '../../src/http/dates.ts';
import { createTranslate } from '../../src/http/messages.ts';
import { decideOn, replyTo, sendForm } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;
let owner: { id: number; cookie: string };
beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
});
afterAll(() => site.close());

const now = new Date('2026-03-01T12:00:00Z');

describe('What happened', () => {
  it('is never changed, deleted or emptied: the database refuses', async () => {
    const id = await record({ action: 'approve' });
    const { db } = site;
    await expect(db.updateTable('event').set({ action: 'spam' }).where('id', '=', id).execute()).rejects.toThrow(
      'an event is never changed',
    );
    await expect(db.deleteFrom('event').where('id', '=', id).execute()).rejects.toThrow('an event is never changed');
    await expect(sql`truncate event cascade`.execute(db)).rejects.toThrow('an event is never changed');
    expect(await db.selectFrom('event').select('action').where('id', '=', id).execute()).toEqual([
      { action: 'approve' },
    ]);
  });

  it('lets its words be erased', async () => {
    const id = await record({ action: 'reject', reason: 'Private matters.', note: 'Really.' });
    await site.db.deleteFrom('event_note').where('event_id', '=', id).execute();
    const told = await lastEvents(site.db, { subjectKind: 'comment', subjectIds: [subject] });
    expect(told.get(subject)).toMatchObject({ id, reason: '', note: '' });
  });

  it('holds no words and no names: only the words of the program, ids and numbers', async () => {
    const { slug } = await addPost(site.db, { title: 'Secret title' });
    const path = `/posts/${slug}`;
    const typed = { name: 'Secret Name', email: 'secret@guests.example', body: 'Secret words.' };
    const { id } = await replyTo(site, path, { ...typed, website: 'https://secret.example' });
    await decideOn(site, owner, id, {
      action: 'approve',
      reason: 'Secret reason.',
      note: 'Secret note.',
      reply: 'Secret.',
    });
    await sendForm(site, `${path}/closures`, { reason: 'Secret reason.', note: 'Secret note.' }, owner);
    const events = await site.db.selectFrom('event').selectAll().execute();
    expect(events.length).toBeGreaterThan(4);
    expect(JSON.stringify(events)).not.toMatch(/secret|Olivia/i);
    for (const { action, from_status, to_status, rule, numbers } of events) {
      for (const word of [action, from_status, to_status, rule]) expect(word ?? 'none').toMatch(/^[a-z_]+$/);
      for (const number of Object.values(numbers)) expect(typeof number).toBe('number');
    }
  });

  it.each(['Approve', 'approve it', '', 'a'.repeat(41)])(
    'has a name that is one word of the program: not %j',
    async (action) => {
      await expect(record({ action })).rejects.toThrow('event_action_form');
    },
  );
});

describe('The last event', () => {
  it('of each of several things is told with who did it and its words', async () => {
    await record({ id: 71, action: 'post' });
    const last = await record({ id: 71, action: 'reject', reason: 'No.', actorId: owner.id });
    const other = await record({ id: 72, action: 'post' });
    await record({ id: 71, kind: 'post', action: 'publish' });
    const told = await lastEvents(site.db, { subjectKind: 'comment', subjectIds: [71, 72, 73] });
    expect([...told.keys()].sort()).toEqual([71, 72]);
    expect(told.get(71)).toMatchObject({
      id: last,
      action: 'reject',
      reason: 'No.',
      note: '',
      actor_name: 'Olivia Owner',
    });
    expect(told.get(72)).toMatchObject({ id: other, reason: '', actor_name: null });
    expect((await lastEvents(site.db, { subjectKind: 'comment', subjectIds: [] })).size).toBe(0);
  });
});

describe('The sentence of an event', () => {
  const t = createTranslate('en');
  const dates = createDates('en', 'UTC');
  const say = (action: string, actor_name: string | null) => {
    const { key, values } = describeEvent({ action, actor_name, created_at: now, rule: null }, dates);
    return t(key, values);
  };

  it.each([
    ['post', 'Written by Mona on 1 March 2026 at 12:00.', 'Written on 1 March 2026 at 12:00.'],
    ['approve', 'Approved by Mona on 1 March 2026 at 12:00.', 'Approved on 1 March 2026 at 12:00.'],
    ['reject', 'Rejected by Mona on 1 March 2026 at 12:00.', 'Rejected on 1 March 2026 at 12:00.'],
    ['spam', 'Marked as spam by Mona on 1 March 2026 at 12:00.', 'Marked as spam on 1 March 2026 at 12:00.'],
    ['remove', 'Removed by Mona on 1 March 2026 at 12:00.', 'Removed on 1 March 2026 at 12:00.'],
    ['restore', 'Restored by Mona on 1 March 2026 at 12:00.', 'Restored on 1 March 2026 at 12:00.'],
    ['edit', 'Edited by Mona on 1 March 2026 at 12:00.', 'Edited by its writer on 1 March 2026 at 12:00.'],
    [
      'hold',
      'Held again after an edit by Mona on 1 March 2026 at 12:00.',
      'Held again after an edit by its writer on 1 March 2026 at 12:00.',
    ],
    ['delete', 'Deleted by Mona on 1 March 2026 at 12:00.', 'Deleted by its writer on 1 March 2026 at 12:00.'],
    ['close', 'Closed by Mona on 1 March 2026 at 12:00.', 'Closed on 1 March 2026 at 12:00.'],
    ['reopen', 'Reopened by Mona on 1 March 2026 at 12:00.', 'Reopened on 1 March 2026 at 12:00.'],
    ['something_new', 'Changed by Mona on 1 March 2026 at 12:00.', 'Changed on 1 March 2026 at 12:00.'],
  ])('%s says who did it and when', (action, bySomebody, byNobody) => {
    expect(say(action, 'Mona')).toBe(bySomebody);
    expect(say(action, null)).toBe(byNobody);
  });
});

const subject = 9000;

function record({
  id = subject,
  kind = 'comment',
  ...event
}: {
  id?: number;
  kind?: 'comment' | 'post';
  action: string;
  actorId?: number;
  reason?: string;
  note?: string;
}): Promise<number> {
  return site.db.transaction().execute((trx) => recordEvent(trx, { subjectKind: kind, subjectId: id, now, ...event }));
}
