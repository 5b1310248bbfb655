import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import request from 'supertest';
import { type EditingFacts, mostEdits, whyNotEdited } from '../../src/comments/editing.ts';
import { isWriter } from '../../src/comments/ownership.ts';
import { proveAddress } from '../commenters/prover.ts';
import {
  type Asker,
  commentOn,
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

jest.setTimeout(30_000);

let site: TestSite;
let owner: { id: number; cookie: string };
let path: string;
let conversationId: number;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
});
afterAll(() => site.close());
beforeEach(async () => {
  // Each test in an hour of its own, so that nothing looks like a flood.
  site.now = new Date(site.now.getTime() + 3_600_000);
  await site.db.updateTable('site').set({ edit_minutes: 15, comment_mode: 'first_held' }).execute();
  const post = await addPost(site.db, { title: 'Second thoughts', mode: 'open' });
  path = `/posts/${post.slug}`;
  conversationId = post.conversationId;
});

describe('Whether a comment can be edited', () => {
  const now = new Date('2026-03-01T12:00:00Z');
  const facts: EditingFacts = { status: 'approved', createdAt: now, closed: false, editMinutes: 15, edits: 0 };
  const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

  it.each<[string, Partial<EditingFacts>, string | undefined]>([
    ['just written', {}, undefined],
    ['that waits', { status: 'pending' }, undefined],
    ['in the last moment', { createdAt: new Date(minutesAgo(15).getTime() + 1) }, undefined],
    ['after its time', { createdAt: minutesAgo(15) }, 'late'],
    ['where the site gives it an hour', { createdAt: minutesAgo(59), editMinutes: 60 }, undefined],
    ['where the site gives no time', { editMinutes: 0 }, 'off'],
    ['in a closed conversation', { closed: true }, 'closed'],
    ['that was rejected', { status: 'rejected' }, 'decided'],
    ['that is spam', { status: 'spam' }, 'decided'],
    ['that was removed', { status: 'removed' }, 'decided'],
    ['that was deleted', { status: 'deleted' }, 'deleted'],
    ['once less than the most', { edits: mostEdits - 1 }, undefined],
    ['too often', { edits: mostEdits }, 'often'],
  ])('%s', (_what, differing, why) => {
    expect(whyNotEdited({ ...facts, ...differing }, now)).toBe(why);
  });
});

describe('The writer of a comment', () => {
  it('is whoever has the browser in which a guest wrote it, and nobody where there is none', () => {
    const guest = { account_id: null, browser_id: 7 };
    expect(isWriter(guest, { accountId: undefined, browserIds: [7] })).toBe(true);
    expect(isWriter(guest, { accountId: 1, browserIds: [3, 7] })).toBe(true);
    expect(isWriter(guest, { accountId: 7, browserIds: [] })).toBe(false);
    expect(isWriter({ account_id: null, browser_id: null }, { accountId: undefined, browserIds: [] })).toBe(false);
  });

  it('is the account with which one of the staff wrote it, whatever the browser', () => {
    const staff = { account_id: 4, browser_id: 7 };
    expect(isWriter(staff, { accountId: 4, browserIds: [] })).toBe(true);
    expect(isWriter(staff, { accountId: 5, browserIds: [7] })).toBe(false);
    expect(isWriter(staff, { accountId: undefined, browserIds: [7] })).toBe(false);
  });
});

describe('The form for an edit', () => {
  it('holds the text as it was typed, and says until when it can be saved', async () => {
    site.now = new Date('2027-05-01T12:00:00Z');
    const { id, cookie } = await replyTo(site, path, { body: 'I *think* so.\n\n- <b>yes</b>' });
    const { status, text, headers } = await openPage(site, `/comments/${id}/edit`, { cookie });
    expect([status, fieldOn(text, 'body')]).toEqual([200, 'I *think* so.\n\n- <b>yes</b>']);
    expect(wordsOf(text)).toContain('It can be edited until 1 May 2027 at 12:15.');
    expect(headers['cache-control']).toContain('private');
    expect(text).toContain('<meta name="robots" content="noindex">');
  });

  it('is for the browser that wrote it, not for others, nor for staff', async () => {
    const { id } = await replyTo(site, path);
    const other = await replyTo(site, path);
    for (const asker of [{}, { cookie: other.cookie }, owner]) {
      const { status, text } = await openPage(site, `/comments/${id}/edit`, asker);
      expect(status).toBe(403);
      expect(wordsOf(text)).toContain('Only its writer can edit a comment');
      const sent = await edit(id, { body: 'Taken over, and typed.' }, asker);
      expect([sent.status, await sourceOf(id)]).toEqual([403, expect.stringMatching(/^Thought number/)]);
      expect(sent.text).toContain('Taken over, and typed.');
    }
  });

  it('is not there for others where the comment is not shown', async () => {
    await holdAll();
    const { id, cookie } = await replyTo(site, path);
    const other = await replyTo(site, path);
    for (const asker of [{}, { cookie: other.cookie }, owner]) {
      expect((await openPage(site, `/comments/${id}/edit`, asker)).status).toBe(404);
      expect((await edit(id, { body: 'Taken over.' }, asker)).status).toBe(404);
    }
    expect((await openPage(site, `/comments/${id}/edit`, { cookie })).status).toBe(200);
  });

  it('is there for the account with which one of the staff wrote it', async () => {
    const { id } = await replyTo(site, path, {}, owner);
    expect((await openPage(site, `/comments/${id}/edit`, owner)).status).toBe(200);
    expect((await edit(id, { body: 'Said better.' }, owner)).status).toBe(303);
    expect(await lastEvent(site.db, 'comment', id)).toMatchObject({
      action: 'edit',
      rule: 'staff',
      actor_id: owner.id,
    });
    expect(await statusOf(site.db, id)).toBe('approved');
  });

  it.each(['0', '2147483647', '99999999999', 'x'])('finds no comment %s', async (id) => {
    expect((await openPage(site, `/comments/${id}/edit`, owner)).status).toBe(404);
    expect((await edit(id, { body: 'Words.' }, owner)).status).toBe(404);
  });
});

describe('An edit', () => {
  it('replaces the text, leads to the comment, and is told to all readers with its time', async () => {
    site.now = new Date('2027-06-01T12:00:00Z');
    const { id, cookie } = await replyTo(site, path, { body: 'Teh first words.' });
    expect(commentOn((await openPage(site, path)).text, id)).not.toContain('edited on');
    site.now = new Date('2027-06-01T12:05:00Z');
    const answer = await edit(id, { body: 'The *first* words.', version: '0' }, { cookie });
    expect([answer.status, answer.headers.location]).toEqual([303, `/comments/${id}`]);
    const shown = commentOn((await openPage(site, path)).text, id);
    expect(shown).toContain('<p>The <em>first</em> words.</p>');
    expect(wordsOf(shown)).toContain('edited on 1 June 2027 at 12:05');
    expect(wordsOf(shown)).not.toContain('Teh');
  });

  it('keeps what was said before, in order', async () => {
    const { id, cookie } = await replyTo(site, path, { body: 'One.' });
    await edit(id, { body: 'Two.' }, { cookie });
    await edit(id, { body: 'Three.' }, { cookie });
    expect(await earlierOf(id)).toEqual(['One.', 'Two.']);
    expect(await sourceOf(id)).toBe('Three.');
  });

  it('to what the comment says already changes nothing, however often it comes, and even after its time', async () => {
    const { id, cookie } = await replyTo(site, path, { body: 'As it is.' });
    const before = await lastEvent(site.db, 'comment', id);
    expect((await edit(id, { body: ' As it is.\r\n' }, { cookie })).status).toBe(303);
    site.now = new Date(site.now.getTime() + 86_400_000);
    expect((await edit(id, { body: 'As it is.', version: '0' }, { cookie })).status).toBe(303);
    expect([await lastEvent(site.db, 'comment', id), await earlierOf(id)]).toEqual([before, []]);
  });

  it('changes neither name nor place, whatever else is sent', async () => {
    const { id, cookie } = await replyTo(site, path, { name: 'Greta', website: 'https://greta.example' });
    const before = await rowOf(id);
    await edit(
      id,
      { body: 'Other words.', name: 'Olivia Owner', website: 'https://other.example', parent: '1' },
      { cookie },
    );
    const changed = ['source', 'html', 'edited_at'];
    const rest = (row: object) => Object.entries(row).filter(([column]) => !changed.includes(column));
    expect(rest(await rowOf(id))).toEqual(rest(before));
  });

  it.each(['-1', '99999999999', 'x', '', '1e1'])(
    'that says nonsense of what it saw (%j) is not refused',
    async (version) => {
      const { id, cookie } = await replyTo(site, path);
      expect((await edit(id, { body: 'Said better.', version }, { cookie })).status).toBe(303);
    },
  );

  it('leads to where its writer finds the comment: from another browser, a held one is found under /mine', async () => {
    await holdAll();
    const email = 'two-browsers@example.org';
    const { id, cookie } = await replyTo(site, path, { email });
    await proveAddress(site, email, cookie);
    const elsewhere = { cookie: await proveAddress(site, email) };
    const form = await openPage(site, `/comments/${id}/edit`, elsewhere);
    expect(form.text).toContain('<a href="/mine">Back to the comment</a>');
    expect((await edit(id, { body: 'From elsewhere.' }, elsewhere)).headers.location).toBe('/mine');
    expect((await edit(id, { body: 'From here.' }, { cookie })).headers.location).toBe(`/comments/${id}`);
    await decideOn(site, owner, id, { action: 'approve' });
    expect((await edit(id, { body: 'From here.' }, elsewhere)).headers.location).toBe(`/comments/${id}`);
  });

  it('is brought into the form that all text is stored in', async () => {
    const { id, cookie } = await replyTo(site, path);
    await edit(id, { body: ' \u0000Cafe\u0301\r\n\u202ebackwards ' }, { cookie });
    expect(await sourceOf(id)).toBe('Café\nbackwards');
  });

  it('is told to those who read the feed', async () => {
    const { id, cookie } = await replyTo(site, path);
    site.now = new Date(site.now.getTime() + 60_000);
    await edit(id, { body: 'Said better.' }, { cookie });
    const feed = await openPage(site, `${path}/comments/feed.xml`);
    expect(feed.text).toContain('Said better.');
    expect(feed.text).toContain(`<updated>${site.now.toISOString()}</updated>`);
  });

  it.each([
    ['empty', '  '],
    ['too long', 'x'.repeat(10_001)],
    ['without anything to see', '[](https://nowhere.example)'],
  ])('that is %s comes back as it was typed', async (_what, body) => {
    const { id, cookie } = await replyTo(site, path, { body: 'As it was.' });
    const { status, text } = await edit(id, { body, version: '0' }, { cookie });
    expect([status, fieldOn(text, 'body'), fieldOn(text, 'version')]).toEqual([422, body, '0']);
    expect(text).toContain('id="body-error"');
    expect([await sourceOf(id), await earlierOf(id)]).toEqual(['As it was.', []]);
  });

  it('after its time is refused, says how long it was, and comes back to be copied', async () => {
    const { id, cookie } = await replyTo(site, path, { body: 'As it was.' });
    site.now = new Date(site.now.getTime() + 15 * 60_000);
    const form = await openPage(site, `/comments/${id}/edit`, { cookie });
    const sent = await edit(id, { body: 'Too <late>.' }, { cookie });
    for (const { status, text } of [form, sent]) {
      expect(status).toBe(403);
      expect(wordsOf(text)).toContain('Comments here can be edited for 15 minutes. That time is over.');
      expect(text).toContain(`href="/comments/${id}/delete"`);
    }
    expect(sent.text).toContain('Too &lt;late&gt;.');
    expect(await sourceOf(id)).toBe('As it was.');
  });

  it('is refused where the site gives no time for it', async () => {
    await site.db.updateTable('site').set({ edit_minutes: 0 }).execute();
    const { id, cookie } = await replyTo(site, path);
    const { status, text } = await edit(id, { body: 'No.' }, { cookie });
    expect(status).toBe(403);
    expect(wordsOf(text)).toContain('On this site comments cannot be edited.');
  });

  it('is refused where the conversation was closed: what stands, stays', async () => {
    const { id, cookie } = await replyTo(site, path, { body: 'As it was.' });
    await sendForm(site, `${path}/closures`, { reason: 'Enough.' }, owner);
    const { status, text } = await edit(id, { body: 'The last word.' }, { cookie });
    expect([status, await sourceOf(id)]).toEqual([403, 'As it was.']);
    expect(wordsOf(text)).toContain('Comments are closed here, and what stands, stays.');
    expect(text).toContain('The last word.');
  });

  it('is refused after a moderator decided against the comment, and where it was deleted', async () => {
    const removed = await replyTo(site, path);
    await decideOn(site, owner, removed.id, { action: 'remove' });
    const answer = await edit(removed.id, { body: 'Once more.' }, { cookie: removed.cookie });
    expect(answer.status).toBe(403);
    expect(wordsOf(answer.text)).toContain('A moderator decided on this comment');

    const deleted = await replyTo(site, path);
    await sendForm(site, `/comments/${deleted.id}/delete`, {}, { cookie: deleted.cookie });
    const late = await edit(deleted.id, { body: 'Typed in another window.' }, { cookie: deleted.cookie });
    expect(late.status).toBe(403);
    expect(wordsOf(late.text)).toContain('This comment was deleted.');
    expect(late.text).toContain('Typed in another window.');
    expect(await sourceOf(deleted.id)).toBe('');
  });

  it('is refused once a comment was edited as often as anybody needs', async () => {
    const { id, cookie } = await replyTo(site, path);
    for (let count = 0; count < mostEdits; count += 1)
      expect((await edit(id, { body: `Version ${count}.` }, { cookie })).status).toBe(303);
    const { status, text } = await edit(id, { body: 'And again.' }, { cookie });
    expect(status).toBe(403);
    expect(wordsOf(text)).toContain('This comment was edited 30 times');
  });

  it('is refused for another site', async () => {
    const { id, cookie } = await replyTo(site, path, { body: 'As it was.' });
    for (const action of ['edit', 'delete']) {
      const sent = request(site.app)
        .post(`/comments/${id}/${action}`)
        .set({ 'Sec-Fetch-Site': 'cross-site', Cookie: cookie });
      expect((await sent.type('form').send({ body: 'Forged.' })).status).toBe(403);
    }
    expect([await sourceOf(id), await statusOf(site.db, id)]).toEqual(['As it was.', 'approved']);
  });

  it('from a second window is shown what the first one saved, and can then replace it', async () => {
    const { id, cookie } = await replyTo(site, path, { body: 'One.' });
    const version = fieldOn((await openPage(site, `/comments/${id}/edit`, { cookie })).text, 'version') ?? '';
    expect((await edit(id, { body: 'From <one> window.', version }, { cookie })).status).toBe(303);
    const second = await edit(id, { body: 'From the other.', version }, { cookie });
    expect(second.status).toBe(409);
    expect(wordsOf(second.text)).toContain('What was saved From <one> window.');
    expect(fieldOn(second.text, 'body')).toBe('From the other.');
    expect(await sourceOf(id)).toBe('From <one> window.');
    const again = { body: 'From the other.', version: fieldOn(second.text, 'version') ?? '' };
    expect((await edit(id, again, { cookie })).status).toBe(303);
    expect([await sourceOf(id), await earlierOf(id)]).toEqual(['From the other.', ['One.', 'From <one> window.']]);
  });
});

describe('An edited comment is judged anew', () => {
  it('and stays published where nothing speaks against it, which is written down', async () => {
    const { id, cookie } = await replyTo(site, path);
    await edit(id, { body: 'See https://one.example' }, { cookie });
    expect(await statusOf(site.db, id)).toBe('approved');
    expect(await lastEvent(site.db, 'comment', id)).toMatchObject({
      ...{ action: 'edit', rule: 'standard', from_status: null, to_status: null, actor_id: null },
    });
    expect(await judgementsOf(id)).toEqual([
      expect.objectContaining({ rule: 'standard', links: 0 }),
      expect.objectContaining({ rule: 'standard', links: 1 }),
    ]);
  });

  it('and waits for a moderator where a rule holds it now; readers see it no more, its writer sees why', async () => {
    const { id, cookie } = await replyTo(site, path, { body: 'Harmless.' });
    const links = 'https://a.example https://b.example https://c.example';
    expect((await edit(id, { body: links }, { cookie })).status).toBe(303);
    expect(await statusOf(site.db, id)).toBe('pending');
    expect(await countsOf()).toEqual({ readable: 0, waiting: 1 });
    const events = await eventsOf(id);
    expect(events.map(({ action, from_status, to_status, rule }) => [action, from_status, to_status, rule])).toEqual([
      ['post', null, 'approved', 'standard'],
      ['edit', null, null, 'links'],
      ['hold', 'approved', 'pending', 'links'],
    ]);
    expect((await openPage(site, path)).text).not.toContain('a.example');
    const own = wordsOf(commentOn((await openPage(site, path, { cookie })).text, id));
    expect(own).toContain('Held: it has 3 links, and this site holds comments with more than 2.');
    expect(own).toContain('https://a.example');
  });

  it('and keeps its place under a placeholder, where others have replied', async () => {
    const { id, cookie } = await replyTo(site, path, { body: 'Harmless.' });
    const reply = await replyTo(site, path, { parent: String(id) });
    await edit(id, { body: 'https://a.example https://b.example https://c.example' }, { cookie });
    const { text } = await openPage(site, path);
    expect(wordsOf(commentOn(text, id))).toBe('This comment is not shown.');
    expect(commentOn(text, reply.id)).not.toBe('');
    await decideOn(site, owner, id, { action: 'approve' });
    expect(wordsOf(commentOn((await openPage(site, path)).text, id))).toContain('edited on');
  });

  it('and stays in the queue where it waited, since its writer cannot edit it out of there', async () => {
    const links = 'https://a.example https://b.example https://c.example';
    const { id, cookie } = await replyTo(site, path, { body: links });
    await edit(id, { body: 'Without links.' }, { cookie });
    expect([await statusOf(site.db, id), await countsOf()]).toEqual(['pending', { readable: 0, waiting: 1 }]);
    expect(await lastEvent(site.db, 'comment', id)).toMatchObject({ action: 'edit', rule: 'waiting' });
    expect(wordsOf(commentOn((await openPage(site, path, { cookie })).text, id))).toContain(
      'Held: it waited for a moderator when it was edited, and still does.',
    );
    // Readers never saw the first text, so there is nothing that they would have to be told.
    await decideOn(site, owner, id, { action: 'approve' });
    expect(commentOn((await openPage(site, path)).text, id)).not.toContain('edited on');
  });

  it('and is no flood by itself, nor by what came after it', async () => {
    const { id, cookie } = await replyTo(site, path);
    for (let count = 0; count < 5; count += 1) await replyTo(site, path, {}, { cookie });
    await edit(id, { body: 'Said better.' }, { cookie });
    expect(await statusOf(site.db, id)).toBe('approved');
    expect((await judgementsOf(id)).at(-1)).toMatchObject({ recentFromBrowser: 0, recentFromNetwork: 0 });
  });

  it('and is not trusted for its own approval: who approved one text has not approved another', async () => {
    await site.db.updateTable('conversation').set({ mode: 'first_held' }).where('id', '=', conversationId).execute();
    const { id, cookie } = await replyTo(site, path, { body: 'Approved words.' });
    await decideOn(site, owner, id, { action: 'approve' });
    await edit(id, { body: 'Words that nobody has read.' }, { cookie });
    expect(await statusOf(site.db, id)).toBe('pending');
    expect((await judgementsOf(id)).at(-1)).toMatchObject({ rule: 'first_comment', approvedBefore: 0 });

    const trusted = await replyTo(site, path, {}, { cookie });
    await decideOn(site, owner, trusted.id, { action: 'approve' });
    const third = await replyTo(site, path, {}, { cookie });
    await edit(third.id, { body: 'Trusted.' }, { cookie });
    expect(await statusOf(site.db, third.id)).toBe('approved');
  });
});

describe('A moderator who looked at the text before an edit', () => {
  it('does not decide over the one after it, without being told', async () => {
    await holdAll();
    const { id, cookie } = await replyTo(site, path, { body: 'Innocent.' });
    const seen = await seenOf(id);
    await edit(id, { body: 'Not so innocent.' }, { cookie });
    const { status, text } = await decideOn(site, owner, id, { action: 'approve', seen });
    expect([status, await statusOf(site.db, id)]).toEqual([409, 'pending']);
    expect(wordsOf(text)).toContain('Edited by its writer on');
    expect((await decideOn(site, owner, id, { action: 'approve', seen: await seenOf(id) })).status).toBe(303);
  });

  it('does not decide blindly in a bulk either', async () => {
    await holdAll();
    const [one, other] = [await replyTo(site, path), await replyTo(site, path)];
    const seen = [`${one.id}:${await seenOf(one.id)}`, `${other.id}:${await seenOf(other.id)}`];
    await edit(one.id, { body: 'Changed.' }, { cookie: one.cookie });
    const ids = [String(one.id), String(other.id)];
    const { status } = await sendForm(site, '/moderation/decisions', { action: 'approve', ids, seen }, owner);
    expect(status).toBe(409);
    expect([await statusOf(site.db, one.id), await statusOf(site.db, other.id)]).toEqual(['pending', 'approved']);
  });
});

function edit(id: number | string, fields: Fields, asker: Asker) {
  return sendForm(site, `/comments/${id}/edit`, fields, asker);
}

async function holdAll(): Promise<void> {
  await site.db.updateTable('conversation').set({ mode: 'all_held' }).where('id', '=', conversationId).execute();
}

function rowOf(id: number) {
  return site.db.selectFrom('comment').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

async function sourceOf(id: number): Promise<string> {
  return (await rowOf(id)).source;
}

async function earlierOf(id: number): Promise<string[]> {
  const rows = await site.db
    .selectFrom('revision')
    .select('source')
    .where('comment_id', '=', id)
    .orderBy('id')
    .execute();
  return rows.map(({ source }) => source);
}

async function judgementsOf(id: number) {
  const rows = await site.db.selectFrom('judgement').selectAll().where('comment_id', '=', id).orderBy('id').execute();
  return rows.map(({ rule, facts }) => ({ rule, ...facts }));
}

function eventsOf(id: number) {
  return site.db
    .selectFrom('event')
    .selectAll()
    .where('subject_kind', '=', 'comment')
    .where('subject_id', '=', id)
    .orderBy('id')
    .execute();
}

function countsOf() {
  return site.db
    .selectFrom('conversation_count')
    .select(['readable', 'waiting'])
    .where('conversation_id', '=', conversationId)
    .executeTakeFirstOrThrow();
}

async function seenOf(id: number): Promise<string> {
  const { id: eventId } = await lastEvent(site.db, 'comment', id);
  return String(eventId);
}
