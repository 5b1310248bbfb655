import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { cleanUp } from '../../src/clean-up.ts';
import { eraseAddress } from '../../src/commenters/erasure.ts';
import { countCopies, type Printed, storeFingerprints } from '../../src/comments/copies.ts';
import { fingerprintOf } from '../../src/rules/fingerprint.ts';
import { proveAddress } from '../commenters/prover.ts';
import { replyTo, sendForm } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { rowsReadBy } from '../support/rows-read.ts';
import { setRule } from '../support/rules.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { approved, plantThread } from '../support/threads.ts';

jest.setTimeout(60_000);

const letter = (word: string) =>
  `Hello everybody, I have found a ${word} new doctor who cured my husband within three weeks; write to him now.`;
const russian = (word: string) =>
  `Здравствуйте! Я уже третий месяц зарабатываю ${word} по две тысячи рублей в день, вкладывать ничего не нужно, пишите.`;

let site: TestSite;
let conversationId: number;
let since: Date;

beforeAll(async () => {
  site = await createTestSite();
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3 * 86_400_000);
  since = new Date(site.now.getTime() - 86_400_000);
  conversationId = (await addPost(site.db, { title: 'Copied here', mode: 'open' })).conversationId;
});

/** Puts a comment into the tables, written in a browser so many hours ago. */
async function comment(text: string, { browserId = null as number | null, hoursAgo = 1 } = {}): Promise<number> {
  const [id = 0] = await plantThread(site.db, conversationId, [approved(undefined)]);
  await site.db.updateTable('comment').set({ browser_id: browserId }).where('id', '=', id).execute();
  const now = new Date(site.now.getTime() - hoursAgo * 3_600_000);
  await site.db
    .transaction()
    .execute((trx) => storeFingerprints(trx, [{ commentId: id, fingerprint: fingerprintOf(text), now }]));
  return id;
}

async function browser(): Promise<number> {
  const { id } = await site.db
    .insertInto('browser')
    .values({ created_at: site.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

const printed = (text: string, browserId?: number): Printed => ({ fingerprint: fingerprintOf(text), browserId });

async function copiesOf(...fingerprints: Printed[]): Promise<[number, number, number, number][]> {
  const copies = await countCopies(site.db, { fingerprints, since });
  return copies.map(({ same, near }) => [same.bySame, same.byOthers, near.bySame, near.byOthers]);
}

const kept = (commentId: number) =>
  site.db.selectFrom('comment_fingerprint').selectAll().where('comment_id', '=', commentId).executeTakeFirst();

describe('Copies of a comment', () => {
  it('are counted on all posts, by the same browser and by others, and those that say nearly the same apart', async () => {
    const [here, there] = [await browser(), await browser()];
    await comment(letter('wonderful'), { browserId: here });
    await comment(letter('wonderful').toUpperCase(), { browserId: there });
    conversationId = (await addPost(site.db, { title: 'And here' })).conversationId;
    await comment(letter('wonderful'));
    await comment(letter('great'), { browserId: here });
    await comment(letter('kind'), { browserId: there });
    await comment(russian('дома'), { browserId: there });
    expect(
      await copiesOf(
        printed(letter('wonderful'), here),
        printed(letter('clever'), there),
        printed(russian('дома'), here),
        printed(russian('в сети'), there),
        printed('Thank you!', here),
        printed('I have something else to say that nobody has said before.', here),
      ),
    ).toEqual([
      [1, 2, 1, 1],
      // The first of the list says nearly the same.
      [0, 0, 2, 4],
      [0, 1, 0, 0],
      [0, 0, 1, 1],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
  });

  it('among those that come together are those that come before', async () => {
    const [here, there] = [await browser(), await browser()];
    const text = letter('unheard-of');
    expect(await copiesOf(printed(text, here), printed(text, there), printed(text, here), printed(text))).toEqual([
      [0, 0, 0, 0],
      [0, 1, 0, 0],
      [1, 1, 0, 0],
      [0, 3, 0, 0],
    ]);
  });

  it('are not those of long ago', async () => {
    await comment(letter('forgotten'), { hoursAgo: 25 });
    expect(await copiesOf(printed(letter('forgotten')), printed(letter('remembered')))).toEqual([
      [0, 0, 0, 0],
      [0, 0, 0, 1],
    ]);
  });

  it('are of short texts only those with an address', async () => {
    await comment('Thank you!');
    await comment('Сюда: https://казино.example');
    expect(await copiesOf(printed('Thank you!'), printed('сюда https://казино.example'))).toEqual([
      [0, 0, 0, 0],
      [0, 1, 0, 0],
    ]);
  });

  it('are for a comment that was edited neither itself nor those that came later', async () => {
    const text = letter('edited');
    await comment(text);
    const editedId = await comment(text);
    await comment(text);
    expect(await copiesOf({ fingerprint: fingerprintOf(text), browserId: undefined, editedId })).toEqual([
      [0, 1, 0, 0],
    ]);
  });

  it('are told apart by whether they are spam', async () => {
    const text = letter('swept');
    const spam = await comment(text);
    await comment(text);
    await site.db.updateTable('comment').set({ status: 'spam', shown: false }).where('id', '=', spam).execute();
    const [copies] = await countCopies(site.db, { fingerprints: [printed(text)], since });
    expect(copies).toMatchObject({ same: { byOthers: 2 }, spam: 1 });
  });

  it('are not asked for where there is nothing to be copied', async () => {
    expect(await rowsReadBy(site.db, (db) => countCopies(db, { fingerprints: [printed('Yes.')], since }))).toBe(0);
  });

  it('are found among many comments, and among many copies counted to a bound, without reading them all', async () => {
    const ids = await plantThread(
      site.db,
      conversationId,
      Array.from({ length: 6000 }, () => approved(undefined)),
    );
    const rows = ids.map((commentId, index) => ({
      commentId,
      fingerprint: fingerprintOf(
        index < 3000 ? letter('repeated') : `${letter(`w${index}`)} ${index} times, or ${index + 1}`,
      ),
      now: site.now,
    }));
    for (let at = 0; at < rows.length; at += 1000)
      await site.db.transaction().execute((trx) => storeFingerprints(trx, rows.slice(at, at + 1000)));
    await sql`vacuum analyze comment_fingerprint`.execute(site.db);
    const fingerprints = [
      printed(letter('repeated')),
      printed(letter('new')),
      printed(russian('один')),
      printed('Yes.'),
    ];
    const ask = (db: TestSite['db']) => countCopies(db, { fingerprints, since });
    const [repeated, fresh, other] = await ask(site.db);
    expect(repeated?.same.byOthers).toBe(50);
    expect(fresh?.near.byOthers).toBeGreaterThan(10);
    expect(fresh?.near.byOthers).toBeLessThanOrEqual(200 + 1);
    expect(other).toEqual({ same: { bySame: 0, byOthers: 0 }, near: { bySame: 0, byOthers: 0 }, spam: 0 });
    expect(await rowsReadBy(site.db, ask)).toBeLessThan(1500);
  });
});

describe('What a comment is known by', () => {
  // The texts of this file are copies of each other, and what is spam is not edited any more.
  beforeAll(() => setRule(site.db, 'copies', { enabled: false }));

  it('is replaced when it is edited, and erased when it is deleted', async () => {
    const path = `/posts/${(await addPost(site.db, { title: 'Edited here', mode: 'open' })).slug}`;
    const { id, cookie } = await replyTo(site, path);
    expect((await sendForm(site, `/comments/${id}/edit`, { body: letter('first') }, { cookie })).status).toBe(303);
    expect((await kept(id))?.exact).toEqual(fingerprintOf(letter('first'))?.exact);
    await sendForm(site, `/comments/${id}/edit`, { body: letter('second') }, { cookie });
    expect((await kept(id))?.exact).toEqual(fingerprintOf(letter('second'))?.exact);
    await sendForm(site, `/comments/${id}/edit`, { body: 'Yes.' }, { cookie });
    expect(await kept(id)).toBeUndefined();
    await sendForm(site, `/comments/${id}/edit`, { body: letter('third') }, { cookie });
    expect(await kept(id)).toBeDefined();
    await sendForm(site, `/comments/${id}/delete`, {}, { cookie });
    expect(await kept(id)).toBeUndefined();
  });

  it('is erased with the address of its writer', async () => {
    const email = 'copied@example.org';
    const path = `/posts/${(await addPost(site.db, { title: 'Erased here', mode: 'open' })).slug}`;
    const { id, cookie } = await replyTo(site, path, { email });
    const proved = await proveAddress(site, email, cookie);
    await sendForm(site, `/comments/${id}/edit`, { body: letter('erased') }, { cookie: proved });
    expect(await kept(id)).toBeDefined();
    const browserId = Number(/visitor=(\d+)/.exec(proved)?.[1]);
    await eraseAddress(site.db, { email, browserId, alsoUnproved: true, now: site.now });
    expect(await kept(id)).toBeUndefined();
  });

  it('is deleted after 30 days', async () => {
    const old = await comment(letter('old'), { hoursAgo: 30.1 * 24 });
    const recent = await comment(letter('recent'), { hoursAgo: 29.9 * 24 });
    await cleanUp(site.db, { now: site.now });
    expect([await kept(old), (await kept(recent))?.comment_id]).toEqual([undefined, recent]);
  });
});
