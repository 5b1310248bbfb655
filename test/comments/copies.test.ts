import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { cleanUp } from '../../src/clean-up.ts';
import { eraseAddress } from '../../src/commenters/erasure.ts';
import { storeFingerprints } from '../../src/comments/copies.ts';
import { readReply } from '../../src/comments/form.ts';
import { historiesOf, type Writing } from '../../src/comments/history.ts';
import { postComments } from '../../src/comments/service.ts';
import type { Submission } from '../../src/comments/submission.ts';
import { close } from '../../src/moderation/close.ts';
import { ask } from '../../src/pipeline.ts';
import { fingerprintOf } from '../../src/rules/fingerprint.ts';
import { proveAddress } from '../commenters/prover.ts';
import { replyTo, sendForm } from '../support/comments.ts';
import { asModerator } from '../support/moderator.ts';
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

beforeAll(async () => {
  site = await createTestSite();
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 40 * 86_400_000);
  conversationId = (await addPost(site.db, { title: 'Copied here', mode: 'open' })).conversationId;
});

/** Puts a comment into the tables, written so many hours ago. */
async function comment(text: string, { hoursAgo = 1 } = {}): Promise<number> {
  const [id = 0] = await plantThread(site.db, conversationId, [approved(undefined)]);
  const now = new Date(site.now.getTime() - hoursAgo * 3_600_000);
  await site.db
    .transaction()
    .execute((trx) => storeFingerprints(trx, [{ commentId: id, fingerprint: fingerprintOf(text), now }]));
  return id;
}

function findCopies(db: TestSite['db'], texts: readonly string[], editedId?: number) {
  const writings = texts.map(
    (text): Writing => ({
      ...{ browserId: undefined, networkHash: undefined },
      ...{ fingerprint: fingerprintOf(text), now: site.now },
    }),
  );
  return ask(db, historiesOf({ writings, standings: false, editedId }));
}

/** How many say the same, and nearly the same. */
async function copiesOf(...texts: string[]): Promise<([number, number] | undefined)[]> {
  const histories = await findCopies(site.db, texts);
  return histories.map(({ copies }) => copies && [copies.same, copies.near]);
}

const kept = (commentId: number) =>
  site.db.selectFrom('comment_fingerprint').selectAll().where('comment_id', '=', commentId).executeTakeFirst();

describe('Copies of a comment', () => {
  it('are counted on all posts, and those that say nearly the same apart', async () => {
    await comment(letter('wonderful'));
    await comment(letter('wonderful').toUpperCase());
    conversationId = (await addPost(site.db, { title: 'And here' })).conversationId;
    await comment(letter('wonderful'));
    await comment(letter('great'));
    await comment(letter('kind'));
    await comment(russian('дома'));
    expect(
      await copiesOf(
        letter('wonderful'),
        letter('clever'),
        russian('дома'),
        russian('в сети'),
        'I have something else to say that nobody has said before.',
      ),
    ).toEqual([
      [3, 2],
      [0, 5],
      [1, 0],
      [0, 1],
      [0, 0],
    ]);
  });

  it('among those that come together are those that come before, and are taken', async () => {
    const { id } = await site.signIn('owner', 'Olga Owner');
    const staff = { kind: 'staff', id, name: 'Olga Owner', role: 'owner' } as const;
    const guest = { kind: 'guest', browserId: undefined } as const;
    const send = async (...replies: readonly (readonly [body: string, writer?: Submission['writer']])[]) => {
      const outcomes = await postComments(
        site.db,
        replies.map(([body, writer = guest]) => ({
          ...{ conversationId, writer, networkHash: randomBytes(16), limit: 0, now: site.now },
          fields: { ...readReply(undefined), name: 'Greta Guest', body },
        })),
      );
      return outcomes.map((outcome) => {
        const copies = outcome.kind === 'posted' ? outcome.verdict.facts.copies : undefined;
        return [outcome.kind, copies?.same, copies?.near];
      });
    };
    const text = letter('unheard-of');
    expect(await send([text], [text], [letter('unknown')], [''], [text])).toEqual([
      ['posted', 0, 0],
      ['posted', 1, 0],
      ['posted', 0, 2],
      ['invalid', undefined, undefined],
      ['posted', 2, 1],
    ]);
    await close(site.db, {
      subject: { scope: 'conversation', conversationId },
      moderator: asModerator(id),
      now: site.now,
      form: { reason: '', note: '', speakers: 'staff', beginsAt: undefined, rejectWaiting: false },
    });
    expect(await send([letter('unsaid')], [letter('unsaid')], [letter('unsaid'), staff])).toEqual([
      ['closed', undefined, undefined],
      ['closed', undefined, undefined],
      ['posted', 0, 4],
    ]);
  });

  it('are not those of long ago', async () => {
    await comment(letter('forgotten'), { hoursAgo: 30 * 24 + 1 });
    expect(await copiesOf(letter('forgotten'), letter('remembered'))).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it('are of short texts only those with an address', async () => {
    await comment('Thank you!');
    await comment('Сюда: https://казино.example');
    expect(await copiesOf('Thank you!', 'сюда https://казино.example')).toEqual([undefined, [1, 0]]);
  });

  it('are for a comment that was edited neither itself nor those that came later', async () => {
    const text = letter('edited');
    await comment(text);
    const editedId = await comment(text);
    await comment(text);
    const [history] = await findCopies(site.db, [text], editedId);
    expect(history?.copies).toEqual({ same: 1, near: 0, close: 0, spam: 0 });
  });

  it('are told apart by whether one was made of the other, or both have a sentence', async () => {
    const shared = 'I measured it: two per cent less since we stopped using the old stove in the kitchen.';
    await comment(`${shared} We sold my camera before the move and I regret it not at all.`);
    const text = `${shared} Has anybody tried the same with bees?`;
    await comment(text.replace('bees', 'goats'));
    const [history] = await findCopies(site.db, [text]);
    expect(history?.copies).toEqual({ same: 0, near: 2, close: 1, spam: 0 });
  });

  it('are told apart by whether they are spam', async () => {
    const text = letter('swept');
    const spam = await comment(text);
    await comment(text);
    await site.db.updateTable('comment').set({ status: 'spam', shown: false }).where('id', '=', spam).execute();
    const [history] = await findCopies(site.db, [text]);
    expect(history?.copies).toEqual({ same: 2, near: 0, close: 0, spam: 1 });
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
    const ask = (db: TestSite['db']) => findCopies(db, [letter('repeated'), letter('new'), russian('один'), 'Yes.']);
    const [repeated, fresh, other] = (await ask(site.db)).map(({ copies }) => copies);
    expect(repeated?.same).toBe(50);
    expect(fresh?.near).toBeGreaterThan(10);
    expect(fresh?.near).toBeLessThanOrEqual(200);
    expect(other).toEqual({ same: 0, near: 0, close: 0, spam: 0 });
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
