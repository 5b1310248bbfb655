import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { cleanUp } from '../../src/clean-up.ts';
import { readReply } from '../../src/comments/form.ts';
import { judgeComment } from '../../src/comments/policies.ts';
import { postComment } from '../../src/comments/service.ts';
import { giveStanding } from '../../src/persons/give.ts';
import { defaultRules, rulesInForce } from '../../src/rules/rule.ts';
import { proveAddress } from '../commenters/prover.ts';
import {
  countComments,
  decideOn,
  type Fields,
  openPage,
  postReply,
  replyTo,
  sendForm,
  statusOf,
  wordsOf,
} from '../support/comments.ts';
import { holdCounts, untilWaiting } from '../support/held-back.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { decideOnPerson, personPage } from './people.ts';

jest.setTimeout(60_000);

const day = 86_400_000;
let site: TestSite;
let owner: { id: number; cookie: string };
let moderator: { id: number; cookie: string };
let author: { id: number; cookie: string };
let path: string;
let conversationId: number;
let networks = 0;

beforeAll(async () => {
  site = await createTestSite({ TRUST_PROXY: '1' });
  owner = await site.signIn('owner', 'Olivia Owner');
  moderator = await site.signIn('moderator', 'Mona Moderator');
  author = await site.signIn('author', 'Anna Author');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  const post = await addPost(site.db, { title: 'A talk', authorId: author.id });
  path = `/posts/${post.slug}`;
  conversationId = post.conversationId;
});

/** Somebody who has written a comment, from a network of their own. */
async function somebody(fields: Fields = {}) {
  networks += 1;
  const network = `192.0.2.${networks}`;
  const { id, cookie } = await replyTo(site, path, fields, { network });
  return { id, cookie, network };
}

const later = (days: number) => {
  site.now = new Date(site.now.getTime() + days * day);
};
const decide = (id: number, fields: Fields, by = moderator) => decideOnPerson(site, by, id, fields);
const undo = (event: number, by = moderator) => sendForm(site, '/moderation/undo', { event: String(event) }, by);

async function lastOfStandings() {
  return await site.db
    .selectFrom('event')
    .selectAll()
    .where('subject_kind', '=', 'standing')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
}

function judgementOf(commentId: number) {
  return site.db
    .selectFrom('judgement')
    .selectAll()
    .where('comment_id', '=', commentId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
}

describe('Whoever is trusted', () => {
  it('is published at once though it is the first comment, by a fact that can be judged again', async () => {
    const { id, cookie } = await somebody();
    expect((await decide(id, { kind: 'trusted', ends: 'open' })).status).toBe(303);
    const next = await replyTo(site, path, {}, { cookie });
    expect(await statusOf(site.db, next.id)).toBe('approved');
    const judgement = await judgementOf(next.id);
    expect([judgement.rule, judgement.facts.standing]).toEqual(['person_trusted', 'trusted']);
    expect(judgeComment(judgement.facts, { rules: rulesInForce(defaultRules), words: '' })).toMatchObject({
      rule: 'person_trusted',
      opinions: judgement.opinions,
    });
    expect((await openPage(site, path, { cookie })).text).toContain('Post reply');
  });

  it('is still held for too many links, and where all is held', async () => {
    const { id, cookie } = await somebody();
    await decide(id, { kind: 'trusted', ends: 'open' });
    const linked = await replyTo(
      site,
      path,
      { body: 'https://a.example https://b.example https://c.example' },
      { cookie },
    );
    expect([await statusOf(site.db, linked.id), (await judgementOf(linked.id)).rule]).toEqual(['pending', 'links']);
    await site.db.updateTable('conversation').set({ mode: 'all_held' }).where('id', '=', conversationId).execute();
    const held = await replyTo(site, path, {}, { cookie });
    expect((await judgementOf(held.id)).rule).toBe('all_held');
  });

  it('cannot be so by a network', async () => {
    const { id } = await somebody();
    const { status, text } = await decide(id, { kind: 'trusted', by: 'network', ends: 'week' });
    expect([status, wordsOf(text)]).toEqual([422, expect.stringContaining('A network cannot be trusted')]);
  });
});

describe('Whoever is held', () => {
  it('waits each time, and is told so in place and under /mine', async () => {
    const { id, cookie } = await somebody();
    await decideOn(site, moderator, id, { action: 'approve' });
    await decide(id, { kind: 'held', ends: 'open', reason: 'Too quick a pen.' });
    expect((await openPage(site, path, { cookie })).text).toContain('Send for approval');
    const next = await replyTo(site, path, {}, { cookie });
    expect([await statusOf(site.db, next.id), (await judgementOf(next.id)).rule]).toEqual(['pending', 'person_held']);
    const mine = wordsOf((await openPage(site, '/mine', { cookie })).text);
    expect(mine).toContain(
      'A moderator decided to read your comments before they appear. The reason given: Too quick a pen.',
    );
    expect(mine).toContain('Held: a moderator decided to read everything from this writer before it appears.');
  });

  it('is held for an edit of what was published, too', async () => {
    const { id, cookie } = await somebody();
    await decideOn(site, moderator, id, { action: 'approve' });
    await decide(id, { kind: 'held', ends: 'open' });
    expect((await sendForm(site, `/comments/${id}/edit`, { body: 'Another text.' }, { cookie })).status).toBe(303);
    expect([await statusOf(site.db, id), (await judgementOf(id)).rule]).toEqual(['pending', 'person_held']);
  });
});

describe.each(['timed_out', 'banned'] as const)('Whoever is %s', (kind) => {
  it('is refused with reason and end, gets the text back, and can write again when the time is over', async () => {
    const { id, cookie } = await somebody();
    await decide(id, { kind, ends: 'day', reason: 'Shouting.' });
    const before = await countComments(site.db, conversationId);
    const refused = await postReply(site, path, { body: 'A long <thought>.', key: '' }, { cookie });
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('A long &lt;thought&gt;.');
    expect(wordsOf(refused.text)).toMatch(
      /You cannot write here at present A moderator decided .* The reason given: Shouting\./,
    );
    expect(await countComments(site.db, conversationId)).toBe(before);
    later(0.99);
    expect((await postReply(site, path, {}, { cookie })).status).toBe(403);
    later(0.02);
    expect((await postReply(site, path, {}, { cookie })).status).toBe(303);
  });

  it('is told before writing, on pages of their own alone, and under /mine', async () => {
    const { id, cookie } = await somebody();
    await decideOn(site, moderator, id, { action: 'approve' });
    await decide(id, { kind, reason: 'Shouting.' });
    for (const page of [path, `/comments/${id}/reply`, `/comments/${id}/thread`, '/mine']) {
      const own = await openPage(site, page, { cookie });
      expect(own.headers['cache-control']).toContain('private');
      expect(wordsOf(own.text)).toContain('The reason given: Shouting.');
      expect(own.text).not.toContain('name="body"');
    }
    const everybody = await openPage(site, path);
    expect(everybody.text).toContain('name="body"');
    expect(everybody.text).not.toContain('Shouting');
  });

  it('edits nothing, gets the text back, and can still delete', async () => {
    const { id, cookie } = await somebody();
    await decide(id, { kind, reason: 'Shouting.' });
    const refused = await sendForm(site, `/comments/${id}/edit`, { body: 'Quite another text.' }, { cookie });
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('Quite another text.');
    expect(wordsOf(refused.text)).toContain('The reason given: Shouting.');
    const form = await openPage(site, `/comments/${id}/edit`, { cookie });
    expect([form.status, wordsOf(form.text)]).toEqual([403, expect.stringContaining('Shouting.')]);
    expect((await sendForm(site, `/comments/${id}/delete`, {}, { cookie })).status).toBe(303);
    expect(await statusOf(site.db, id)).toBe('deleted');
  });

  it('gets the first answer again to what was taken before', async () => {
    const { id, cookie } = await somebody();
    const fields = {
      body: 'Said before.',
      key: '6b0d8d4e-6c5e-4e0f-9d0a-3f3f0f3f0f3f'.replace(/^6b/, kind === 'banned' ? '6c' : '6d'),
    };
    const first = await postReply(site, path, fields, { cookie });
    await decide(id, { kind });
    const again = await postReply(site, path, fields, { cookie });
    expect([again.status, again.commentId]).toEqual([303, first.commentId]);
  });
});

describe('A person', () => {
  it('who is known by a proved address is met so in every browser that proved it, and in no other', async () => {
    const email = 'many.browsers@example.org';
    const { id, cookie } = await somebody({ email });
    await proveAddress(site, email, cookie);
    const elsewhere = await proveAddress(site, email);
    await decide(id, { kind: 'banned', by: 'address' });
    expect((await postReply(site, path, {}, { cookie: elsewhere })).status).toBe(403);
    expect((await postReply(site, path, { email })).status).toBe(303);
    const stored = await site.db.selectFrom('standing').selectAll().orderBy('id', 'desc').executeTakeFirstOrThrow();
    expect([stored.browser_id, stored.network_hash, stored.address_hash?.length]).toEqual([null, null, 32]);
  });

  it('who is trusted writes from a banned network, from which others do not', async () => {
    const { id, cookie, network } = await somebody();
    await decide(id, { kind: 'banned', by: 'network' });
    expect((await postReply(site, path, {}, { network })).status).toBe(403);
    expect((await postReply(site, path, {}, { cookie, network })).status).toBe(403);
    expect((await postReply(site, path, {}, { cookie })).status).toBe(303);
    await decide(id, { kind: 'trusted', ends: 'open' });
    expect((await postReply(site, path, {}, { cookie, network })).status).toBe(303);
    const page = wordsOf((await personPage(site, moderator, id)).text);
    expect(page).toContain('Others may share it');
    expect(page).not.toContain(network);
  });

  it('is met by the strictest of what says who they are, and by the latest of one kind', async () => {
    const email = 'strict@example.org';
    const { id, cookie } = await somebody({ email });
    await proveAddress(site, email, cookie);
    await decide(id, { kind: 'banned', by: 'browser', ends: 'week' });
    await decide(id, { kind: 'trusted', by: 'address', ends: 'open' });
    expect((await postReply(site, path, {}, { cookie })).status).toBe(403);
    await decide(id, { kind: 'trusted', by: 'browser', ends: 'day' });
    expect((await postReply(site, path, {}, { cookie })).status).toBe(303);
    later(2);
    expect((await postReply(site, path, {}, { cookie })).status).toBe(403);
  });

  it('of the staff writes from a banned network', async () => {
    const { id, network } = await somebody();
    await decide(id, { kind: 'banned', by: 'network' });
    expect((await postReply(site, path, {}, { cookie: author.cookie, network })).status).toBe(303);
  });
});

describe('A decision about a person', () => {
  const wrong: [string, Fields, string][] = [
    ['no kind', {}, 'Please choose how this person is to be met.'],
    ['a ban without an end', { kind: 'banned', ends: 'open' }, 'need an end'],
    ['an end that is over', { kind: 'held', ends: 'date', until: '2001-01-01' }, 'This end is over already.'],
    ['a day that does not exist', { kind: 'held', ends: 'date', until: '2031-02-30' }, 'Please choose an end'],
    ['a ban for ages', { kind: 'banned', ends: 'date', until: '2099-01-01' }, 'This can last 1,830 days at most.'],
    ['a network for a year', { kind: 'banned', by: 'network', ends: 'year' }, 'This can last 30 days at most.'],
    ['a network for ever', { kind: 'held', by: 'network', ends: 'open' }, 'need an end'],
    ['an address that nobody proved', { kind: 'held', by: 'address' }, 'Please choose by what this person is known.'],
    ['a long reason', { kind: 'held', reason: 'x'.repeat(501) }, 'A reason can have 500 characters at most.'],
  ];
  it.each(wrong)('is refused with %s, with what was typed', async (_what, fields, sentence) => {
    const { id } = await somebody();
    const { status, text } = await decide(id, { reason: 'Because.', ...fields });
    expect(status).toBe(422);
    expect(wordsOf(text)).toContain(sentence);
    expect(text).toContain(String(fields.reason ?? 'Because.'));
    expect((await personPage(site, moderator, id)).text).toContain('nothing was decided');
  });

  it('is not for authors, nor for visitors, and there is none about the staff', async () => {
    const { id } = await somebody();
    const page = `/moderation/comments/${id}/person`;
    for (const [who, read, write] of [
      [author, 404, 403],
      [{ cookie: '' }, 303, 403],
    ] as const) {
      for (const where of [page, '/moderation/people']) expect((await openPage(site, where, who)).status).toBe(read);
      for (const what of [`${page}/standings`, `${page}/sweeps`, '/moderation/people/1/end'])
        expect((await sendForm(site, what, { kind: 'banned', by: 'browser', ends: 'day' }, who)).status).toBe(write);
    }
    const queue = await openPage(site, '/moderation', author);
    expect(queue.text).not.toContain('About this person');
    expect((await openPage(site, '/moderation', moderator)).text).toContain('About this person');
    const own = await replyTo(site, path, {}, author);
    expect((await openPage(site, `/moderation/comments/${own.id}/person`, owner)).status).toBe(404);
  });

  it('is refused where somebody else decided meanwhile, and says what; sent twice it is one', async () => {
    const { id } = await somebody();
    const fields = { kind: 'banned', ends: 'day', reason: 'Shouting.', seen: '0' };
    await decide(id, fields);
    expect((await decide(id, fields)).status).toBe(303);
    const late = await decide(id, { ...fields, kind: 'trusted', ends: 'open' }, owner);
    expect(late.status).toBe(409);
    expect(wordsOf(late.text)).toContain('Banned by Mona Moderator');
    const { rows } = await sql`select from standing where comment_id = ${id}`.execute(site.db);
    expect(rows).toHaveLength(1);
  });

  it('stands with the record of the person, and in the list of all until it is ended', async () => {
    const { id, cookie } = await somebody({ name: 'Lena Loud' });
    await decideOn(site, moderator, id, { action: 'spam' });
    await decide(id, { kind: 'banned', ends: 'year', reason: 'Shouting.', note: 'An old acquaintance.' });
    const page = wordsOf((await personPage(site, owner, id)).text);
    expect(page).toContain('Who wrote as Lena Loud');
    expect(page).toContain('0 approved, 0 rejected, 1 spam');
    expect(page).toMatch(
      /Banned, known by the browser, until .* Decided by Mona Moderator .* Reason given: Shouting\. Note: An old acquaintance\./,
    );
    const list = await openPage(site, '/moderation/people', owner);
    expect(wordsOf(list.text)).toContain('Who wrote as Lena Loud Banned');
    const { subject_id: standing } = await lastOfStandings();
    const ended = await sendForm(site, `/moderation/people/${standing}/end`, {}, owner);
    expect(ended.status).toBe(303);
    expect((await postReply(site, path, {}, { cookie })).status).toBe(303);
    expect(wordsOf((await openPage(site, '/moderation/people', owner)).text)).not.toContain('Lena Loud');
    expect(wordsOf((await personPage(site, owner, id)).text)).toMatch(/Earlier decisions Banned/);
    const again = await sendForm(site, `/moderation/people/${standing}/end`, {}, moderator);
    expect([again.status, wordsOf(again.text)]).toEqual([
      409,
      expect.stringContaining('Ended before its time by Olivia Owner'),
    ]);
    expect((await sendForm(site, '/moderation/people/2147483647/end', {}, moderator)).status).toBe(404);
  });

  it('is an event without words, told in the log with them, and by person', async () => {
    const { id } = await somebody({ name: 'Petra Person' });
    await decide(id, { kind: 'timed_out', reason: 'Shouting.', note: 'Mild.' });
    const event = await lastOfStandings();
    expect(event).toMatchObject({
      action: 'stand_timed_out',
      to_status: 'timed_out',
      actor_id: moderator.id,
      numbers: {},
    });
    const log = wordsOf((await openPage(site, '/moderation/log', owner)).text);
    expect(log).toMatch(
      /Who wrote as Petra Person Given a time-out by Mona Moderator .* Reason given: Shouting\. Note: Mild\./,
    );
    expect((await openPage(site, '/moderation/log', author)).text).not.toContain('Who wrote as');
    await decide(id, { kind: 'held', ends: 'open' });
    const other = await somebody({ name: 'Otto Other' });
    await decide(other.id, { kind: 'held', ends: 'open' });
    const person = wordsOf((await openPage(site, `/moderation/log?person=${event.subject_id}`, owner)).text);
    expect(person).toContain('Given a time-out');
    expect(person).toContain('Comments held from here on');
    expect(person).not.toContain('Otto Other');
  });
});

describe('The undo of a decision about a person', () => {
  it('lets the earlier one hold again, and can be undone itself', async () => {
    const { id, cookie } = await somebody();
    await decide(id, { kind: 'held', ends: 'open' });
    await decide(id, { kind: 'banned' });
    const ban = await lastOfStandings();
    expect((await undo(ban.id, owner)).status).toBe(303);
    const held = await postReply(site, path, {}, { cookie });
    expect((await judgementOf(held.commentId as number)).rule).toBe('person_held');
    const undone = await lastOfStandings();
    expect(undone).toMatchObject({ action: 'undo', undoes: ban.id, from_status: 'banned', to_status: null });
    await undo(undone.id);
    expect((await postReply(site, path, {}, { cookie })).status).toBe(403);
  });

  it('of an end brings it back, but not once its time is over', async () => {
    const { id, cookie } = await somebody();
    await decide(id, { kind: 'banned', ends: 'day' });
    const { subject_id: standing } = await lastOfStandings();
    await sendForm(site, `/moderation/people/${standing}/end`, {}, moderator);
    const end = await lastOfStandings();
    await undo(end.id);
    expect((await postReply(site, path, {}, { cookie })).status).toBe(403);
    await undo((await lastOfStandings()).id);
    later(2);
    const late = await undo(end.id);
    expect([late.status, wordsOf(late.text)]).toEqual([409, expect.stringContaining('nothing was undone')]);
  });

  it('is refused where it was ended since, and is not for authors', async () => {
    const { id } = await somebody();
    await decide(id, { kind: 'banned' });
    const ban = await lastOfStandings();
    expect((await undo(ban.id, author)).status).toBe(404);
    await sendForm(site, `/moderation/people/${ban.subject_id}/end`, {}, owner);
    const late = await undo(ban.id);
    expect([late.status, wordsOf(late.text)]).toEqual([
      409,
      expect.stringContaining('Ended before its time by Olivia Owner'),
    ]);
  });

  it('is not for who decided as a moderator and is an author now', async () => {
    const former = await site.signIn('moderator');
    const { id } = await somebody();
    await decide(id, { kind: 'banned' }, former);
    await site.db.updateTable('account').set({ role: 'author' }).where('id', '=', former.id).execute();
    expect((await undo((await lastOfStandings()).id, former)).status).toBe(404);
  });
});

describe('A ban', () => {
  it('waits for a reply that is being stored, and refuses one that comes meanwhile', async () => {
    const { id, cookie } = await somebody();
    const browserId = Number(/visitor=(\d+)/.exec(cookie)?.[1]);
    const person = { browser_id: browserId, address_hash: null, network_hash: null };
    const submission = (body: string) => ({
      conversationId,
      writer: { kind: 'guest', browserId } as const,
      fields: { ...readReply(undefined), name: 'Greta', body },
      networkHash: Buffer.alloc(16, body.length),
      limit: 0,
      now: site.now,
    });
    const held = await holdCounts(site.db, conversationId);
    const early = postComment(site.db, submission('Just in time.'));
    await untilWaiting(site.db, 1);
    let banned = false;
    const ban = giveStanding(site.db, {
      person,
      commentId: id,
      standing: { kind: 'banned', by: 'browser', endsAt: new Date(site.now.getTime() + day), reason: '', note: '' },
      seen: undefined,
      actorId: owner.id,
      now: site.now,
    }).then(() => {
      banned = true;
    });
    await untilWaiting(site.db, 2);
    const late = postComment(site.db, submission('Too late, alas.'));
    await untilWaiting(site.db, 3);
    expect(banned).toBe(false);
    held.release();
    await ban;
    expect([(await early).kind, (await late).kind]).toEqual(['posted', 'shut_out']);
  });

  it('lets none of many replies through that come in parallel once it is decided', async () => {
    await site.db.updateTable('conversation').set({ mode: 'open' }).where('id', '=', conversationId).execute();
    const { id, network } = await somebody();
    let decided = false;
    const afterwards: number[] = [];
    const flood = Array.from({ length: 6 }, async () => {
      for (let sent = 0; sent < 200; sent += 1) {
        const begun = decided;
        const { status } = await postReply(site, path, {}, { network });
        if (begun) afterwards.push(status);
        if (status === 403) return;
      }
    });
    const { status } = await decide(id, { kind: 'banned', by: 'network' });
    const atBan = await countComments(site.db, conversationId);
    decided = true;
    await Promise.all(flood);
    expect(status).toBe(303);
    expect(await countComments(site.db, conversationId)).toBe(atBan);
    expect(afterwards.every((each) => each === 403)).toBe(true);
  });
});

describe('The clean-up', () => {
  it('deletes what is said of networks with its time, and all else 400 days after its end', async () => {
    const { id } = await somebody();
    await decide(id, { kind: 'banned', by: 'network', ends: 'month' });
    await decide(id, { kind: 'banned', ends: 'month' });
    await decide(id, { kind: 'held', ends: 'open' });
    const left = async () => {
      await cleanUp(site.db, { now: site.now });
      const rows = await site.db.selectFrom('standing').selectAll().where('comment_id', '=', id).execute();
      return rows.map((row) => (row.network_hash ? `${row.kind} network` : row.kind)).sort();
    };
    later(29);
    expect(await left()).toEqual(['banned', 'banned network', 'held']);
    later(2);
    expect(await left()).toEqual(['banned', 'held']);
    later(398);
    expect(await left()).toEqual(['banned', 'held']);
    later(3);
    expect(await left()).toEqual(['held']);
  });
});

describe('The schema', () => {
  const begins = `begins_at, ends_at) values`;
  it.each([
    ['no key', `kind, ${begins} ('held', now(), null`],
    [
      'two keys',
      `kind, address_hash, network_hash, ${begins} ('held', '\\x00', '\\x00', now(), now() + interval '1 day'`,
    ],
    ['an end before its beginning', `kind, address_hash, ${begins} ('held', '\\x00', now(), now() - interval '1 day'`],
    ['a ban without an end', `kind, address_hash, ${begins} ('banned', '\\x00', now(), null`],
    ['a time-out without an end', `kind, address_hash, ${begins} ('timed_out', '\\x00', now(), null`],
    ['another kind', `kind, address_hash, ${begins} ('loved', '\\x00', now(), null`],
    ['a network for long', `kind, network_hash, ${begins} ('held', '\\x00', now(), now() + interval '31 days'`],
    ['a network that is trusted', `kind, network_hash, ${begins} ('trusted', '\\x00', now(), now() + interval '1 day'`],
  ])('refuses a standing with %s', async (_what, columns) => {
    await expect(
      sql
        .raw(`insert into standing (given_by, ${columns.replace(') values (', `) values (${owner.id}, `)})`)
        .execute(site.db),
    ).rejects.toMatchObject({ code: '23514' });
  });
});
