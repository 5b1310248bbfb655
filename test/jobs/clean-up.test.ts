import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Transaction } from 'kysely';
import { cleanUp } from '../../src/clean-up.ts';
import { changeStatus, lockWithAncestors } from '../../src/comments/transition.ts';
import type { Database } from '../../src/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { untilWaiting } from '../support/held-back.ts';

const now = new Date('2026-11-21T12:00:00Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await addPersonAndConversation();
});
afterAll(() => database.drop());

describe('the clean-up', () => {
  it('forgets after 30 days which network a comment came from, and nothing else about it', async () => {
    const old = await addComment(daysAgo(30.1));
    const recent = await addComment(daysAgo(29.9));
    await cleanUp(database.db, { now });
    const comments = await database.db.selectFrom('comment').selectAll().orderBy('id').execute();
    expect(comments).toMatchObject([
      { id: old, network_hash: null, source: 'text', email: 'reader@reader.example' },
      { id: recent, network_hash: Buffer.from('network') },
    ]);
  });

  it('forgets it of a deleted comment once an hour is over, since the limits count it so long', async () => {
    const ids = [await addComment(daysAgo(1.1 / 24)), await addComment(daysAgo(0.9 / 24))];
    await database.db
      .updateTable('comment')
      .set({ status: 'deleted', shown: false, name: '', email: null, source: '', html: '' })
      .where('id', 'in', ids)
      .execute();
    await cleanUp(database.db, { now });
    const comments = database.db.selectFrom('comment').select('network_hash').where('id', 'in', ids).orderBy('id');
    expect(await comments.execute()).toEqual([{ network_hash: null }, { network_hash: Buffer.from('network') }]);
  });

  it('deletes sessions that have ended', async () => {
    const session = (sid: string, expire: Date) => ({ sid, expire, sess: JSON.stringify({}) });
    await database.db
      .insertInto('session')
      .values([session('over', daysAgo(0.01)), session('valid', daysAgo(-1))])
      .execute();
    await cleanUp(database.db, { now });
    expect(await database.db.selectFrom('session').select('sid').execute()).toEqual([{ sid: 'valid' }]);
  });

  it('deletes after 30 days how decisions on many comments went, but none that goes on', async () => {
    const sweep = (state: 'running' | 'done', movedAt: Date) => ({
      ...{ batch: randomUUID(), account_id: 1, action: 'spam' as const, filter: '{}', state },
      ...{ asked_at: movedAt, through_event: 1, expected: 1, moved_at: movedAt },
    });
    const sweeps = [sweep('done', daysAgo(30.1)), sweep('done', daysAgo(29.9)), sweep('running', daysAgo(40))];
    await database.db.insertInto('sweep').values(sweeps).execute();
    await cleanUp(database.db, { now });
    const left = await database.db.selectFrom('sweep').select('batch').orderBy('id').execute();
    expect(left.map(({ batch }) => batch)).toEqual(sweeps.slice(1).map(({ batch }) => batch));
  });

  it('deletes limits whose window is over, and keeps those without an end', async () => {
    const limit = (key: string, expire: number | null) => ({ key, points: 1, expire: expire && String(expire) });
    await database.db
      .insertInto('rate_limit')
      .values([limit('over', now.getTime() - 1), limit('running', now.getTime() + 1), limit('endless', null)] as never)
      .execute();
    await cleanUp(database.db, { now });
    const left = await database.db.selectFrom('rate_limit').select('key').orderBy('key').execute();
    expect(left.map(({ key }) => key)).toEqual(['endless', 'running']);
  });

  it('deletes links that prove an address a day after their time', async () => {
    const { db } = database;
    const { id } = await db
      .insertInto('browser')
      .values({ created_at: daysAgo(3) })
      .returning('id')
      .executeTakeFirstOrThrow();
    const proof = (name: string, expires: Date) => ({
      token_hash: Buffer.from(name),
      email: 'reader@reader.example',
      browser_id: id,
      created_at: daysAgo(3),
      expires_at: expires,
    });
    await db
      .insertInto('proof')
      .values([proof('old', daysAgo(1.1)), proof('recent', daysAgo(0.9))])
      .execute();
    await cleanUp(db, { now });
    expect(await db.selectFrom('proof').select('token_hash').execute()).toEqual([
      { token_hash: Buffer.from('recent') },
    ]);
  });

  it('ends the proof of an address with the life of the browser’s cookie', async () => {
    const { db } = database;
    const { id } = await db
      .insertInto('browser')
      .values({ created_at: daysAgo(500) })
      .returning('id')
      .executeTakeFirstOrThrow();
    const proved = (email: string, provedAt: Date) => ({ browser_id: id, email, proved_at: provedAt });
    await db
      .insertInto('proved_address')
      .values([proved('old@reader.example', daysAgo(400.1)), proved('recent@reader.example', daysAgo(399.9))])
      .execute();
    await cleanUp(db, { now });
    expect(await db.selectFrom('proved_address').select('email').execute()).toEqual([
      { email: 'recent@reader.example' },
    ]);
  });

  it.each(['invitation', 'password_reset'] as const)('deletes a spent %s after 30 days', async (table) => {
    const link = (name: string, expiresAt: Date, usedAt: Date | null) => ({
      token_hash: Buffer.from(name),
      created_at: daysAgo(60),
      expires_at: expiresAt,
      used_at: usedAt,
      ...(table === 'invitation' ? { email: 'new@site.example', role: 'author', invited_by: 1 } : { account_id: 1 }),
    });
    await database.db
      .insertInto(table)
      .values([
        link('expired long ago', daysAgo(31), null),
        link('used long ago', daysAgo(-1), daysAgo(31)),
        link('expired lately', daysAgo(29), null),
        link('used lately', daysAgo(-1), daysAgo(29)),
        link('open', daysAgo(-1), null),
      ] as never)
      .execute();
    await cleanUp(database.db, { now });
    const left = await database.db.selectFrom(table).select('token_hash').execute();
    expect(left.map((row) => row.token_hash.toString()).sort()).toEqual(['expired lately', 'open', 'used lately']);
  });

  it('deletes the keys of submissions after 30 days', async () => {
    const comment = await addComment(daysAgo(40));
    const other = await addComment(daysAgo(10));
    const submission = (comment_id: number, created_at: Date) => ({
      key: randomUUID(),
      comment_id,
      digest: Buffer.from('digest'),
      created_at,
    });
    await database.db
      .insertInto('submission')
      .values([submission(comment, daysAgo(40)), submission(other, daysAgo(10))])
      .execute();
    await cleanUp(database.db, { now });
    expect(await database.db.selectFrom('submission').select('comment_id').execute()).toEqual([{ comment_id: other }]);
  });

  it.each(['comment', 'submission', 'comment_fingerprint', 'comment_place'] as const)(
    'gets into the way of nobody who changes old rows of %s with one comment after the other',
    async (table) => {
      const { db } = database;
      const ids = [await addComment(daysAgo(40)), await addComment(daysAgo(40))] as const;
      if (table !== 'comment')
        await db.updateTable('comment').set({ network_hash: null }).where('id', 'in', ids).execute();
      // The other way round than the comments lie: first what belongs to the second.
      for (const id of ids.toReversed()) await addOldRow(table, id);
      const cleaned = await db.transaction().execute(async (trx) => {
        await erase(trx, ids[0]);
        const cleaning = cleanUp(db, { now });
        await Promise.race([cleaning, untilWaiting(db, 1)]);
        await erase(trx, ids[1]);
        return { cleaning };
      });
      await cleaned.cleaning;
      expect(await db.selectFrom('comment').select('status').where('id', 'in', ids).execute()).toEqual([
        { status: 'deleted' },
        { status: 'deleted' },
      ]);
    },
  );

  it('deletes after 30 days what texts are known by and where they led, unless that is known', async () => {
    const { db } = database;
    const [old, recent] = [await addComment(daysAgo(40)), await addComment(daysAgo(29))];
    for (const id of [old, recent]) await addOldRow('comment_fingerprint', id);
    await db
      .updateTable('comment_fingerprint')
      .set({ written_at: daysAgo(29) })
      .where('comment_id', '=', recent)
      .execute();
    const place = (comment_id: number, name: string, known: boolean, written_at: Date) => ({
      ...{ comment_id, place: name, known, written_at },
    });
    await db
      .insertInto('comment_place')
      .values([
        place(old, 'known.example', true, daysAgo(40)),
        place(old, 'old.example', false, daysAgo(40)),
        place(recent, 'recent.example', false, daysAgo(29)),
      ])
      .execute();
    await cleanUp(db, { now });
    expect(await db.selectFrom('comment_fingerprint').select('comment_id').execute()).toEqual([{ comment_id: recent }]);
    expect(await db.selectFrom('comment_place').select('place').orderBy('place').execute()).toEqual([
      { place: 'known.example' },
      { place: 'recent.example' },
    ]);
  });

  it('deletes after 90 days what was mailed or given up, and never what waits', async () => {
    const mail = (name: string, days: number, end: { sent_at?: Date; failed_at?: Date }) => ({
      message_id: name,
      recipient: 'a@b.example',
      subject: 's',
      body: 'b',
      created_at: daysAgo(days),
      ...end,
    });
    await database.db
      .insertInto('mail')
      .values([
        mail('sent long ago', 91, { sent_at: daysAgo(91) }),
        mail('given up long ago', 91, { failed_at: daysAgo(90) }),
        mail('sent lately', 89, { sent_at: daysAgo(89) }),
        mail('waiting', 200, {}),
      ])
      .execute();
    await cleanUp(database.db, { now });
    const left = await database.db.selectFrom('mail').select('message_id').orderBy('message_id').execute();
    expect(left.map(({ message_id }) => message_id)).toEqual(['sent lately', 'waiting']);
  });
});

async function addPersonAndConversation(): Promise<void> {
  await database.db
    .insertInto('account')
    .values({
      id: 1,
      handle: 'owner',
      name: 'Owner',
      email: 'o@site.example',
      role: 'owner',
      password_hash: 'x',
      created_at: now,
    })
    .execute();
  await database.db.insertInto('conversation').values({ id: 1, mode: null, close_after_days: null }).execute();
}

/** Adds a row that the clean-up takes; of a comment itself: moves it behind all others. */
async function addOldRow(
  table: 'comment' | 'submission' | 'comment_fingerprint' | 'comment_place',
  id: number,
): Promise<void> {
  const { db } = database;
  const old = { comment_id: id, written_at: daysAgo(40) };
  if (table === 'comment')
    await db
      .updateTable('comment')
      .set({ created_at: daysAgo(40) })
      .where('id', '=', id)
      .execute();
  else if (table === 'submission')
    await db
      .insertInto('submission')
      .values({ key: randomUUID(), comment_id: id, digest: Buffer.from('digest'), created_at: daysAgo(40) })
      .execute();
  else if (table === 'comment_fingerprint')
    await db
      .insertInto('comment_fingerprint')
      .values({ ...old, exact: Buffer.alloc(16), minima: null, band_1: null, band_2: null, band_3: null, band_4: null })
      .execute();
  else
    await db
      .insertInto('comment_place')
      .values({ ...old, place: 'shop.example', known: false })
      .execute();
}

async function erase(trx: Transaction<Database>, id: number): Promise<void> {
  const locked = await lockWithAncestors(trx, [id]);
  await changeStatus(trx, locked.values(), { action: 'delete', actorId: undefined, now });
}

let comments = 0;

async function addComment(createdAt: Date): Promise<number> {
  comments += 1;
  const path = Buffer.alloc(5);
  path.writeUInt32BE(comments, 1);
  await database.db
    .insertInto('comment')
    .values({
      id: comments,
      conversation_id: 1,
      parent_id: null,
      root_id: comments,
      depth: 1,
      path,
      status: 'approved',
      shown: true,
      account_id: null,
      browser_id: null,
      name: 'Reader',
      email: 'reader@reader.example',
      website: null,
      source: 'text',
      html: '<p>text</p>',
      renderer_version: 1,
      network_hash: Buffer.from('network'),
      created_at: createdAt,
      external_source: null,
      external_id: null,
    })
    .execute();
  return comments;
}
