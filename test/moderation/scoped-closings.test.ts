import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Asker,
  commentOn,
  decideOn,
  type Fields,
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

const hour = 3_600_000;
const day = 24 * hour;

let site: TestSite;
let owner: { id: number; cookie: string };
let moderator: { id: number; cookie: string };
let author: { id: number; cookie: string };
let stranger: { id: number; cookie: string };
let path: string;
let conversationId: number;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
  moderator = await site.signIn('moderator', 'Mona Moderator');
  author = await site.signIn('author', 'Anna Author');
  stranger = await site.signIn('author', 'Sven Stranger');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + hour);
  const post = await addPost(site.db, { title: 'A talk', mode: 'open', authorId: author.id, publishedAt: site.now });
  path = `/posts/${post.slug}`;
  conversationId = post.conversationId;
});
afterEach(async () => {
  await site.db.updateTable('closure').set({ reopened_at: site.now }).where('conversation_id', 'is', null).execute();
  await site.db.updateTable('site').set({ close_after_quiet_days: null }).execute();
});

describe('Closing a branch', () => {
  it('refuses replies to its comments, takes them everywhere else, and says so where it begins', async () => {
    const { id } = await replyTo(site, path);
    const { id: below } = await replyTo(site, path, { parent: String(id) });
    const { id: beside } = await replyTo(site, path);
    const answer = await close({ reason: 'Off the subject.' }, moderator, `/comments/${id}`);
    expect([answer.status, answer.headers.location]).toEqual([303, `/comments/${id}/thread`]);
    const refused = await postReply(site, path, { parent: String(below), body: 'Once more.' });
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('Once more.');
    expect((await postReply(site, path, { parent: String(id) })).status).toBe(403);
    expect((await postReply(site, path, { parent: String(beside) })).status).toBe(303);
    expect((await postReply(site, path)).status).toBe(303);
    const { text } = await openPage(site, path);
    expect(wordsOf(commentOn(text, id))).toContain('This branch is closed. Off the subject.');
    expect(commentOn(text, id)).not.toContain('/reply"');
    expect(commentOn(text, below)).not.toContain('/reply"');
    expect(commentOn(text, beside)).toContain(`/comments/${beside}/reply"`);
    expect((await openPage(site, `/comments/${below}/reply`)).headers.location).toBe(`/comments/${below}`);
  });

  it('keeps its writers from editing there', async () => {
    const { id, cookie } = await replyTo(site, path, { body: 'As I said.' });
    await close({}, moderator, `/comments/${id}`);
    const answer = await sendForm(site, `/comments/${id}/edit`, { body: 'As I never said.' }, { cookie });
    expect(answer.status).toBe(403);
  });

  it('is undone by reopening, and by undo, whatever else happened to the conversation', async () => {
    const { id } = await replyTo(site, path);
    await close({}, moderator, `/comments/${id}`);
    const closing = await lastEvent(site.db, 'branch', id);
    await sendForm(site, `${path}/pace`, { minutes: '5' }, moderator);
    expect((await undo(closing.id)).status).toBe(303);
    await sendForm(site, `${path}/pace`, { minutes: '0' }, moderator);
    expect((await postReply(site, path, { parent: String(id) })).status).toBe(303);
    await close({}, moderator, `/comments/${id}`);
    expect((await reopen(moderator, `/comments/${id}`)).status).toBe(303);
    expect((await postReply(site, path, { parent: String(id) })).status).toBe(303);
    expect((await undo(closing.id)).status).toBe(409);
    const log = await openPage(site, '/moderation/log', moderator);
    expect(wordsOf(log.text)).toContain('the branch that Greta Guest began on “A talk”');
  });

  it('is told to who is second, and not to be had for authors of other posts, nor where no branch begins', async () => {
    const { id } = await replyTo(site, path);
    expect((await close({}, stranger, `/comments/${id}`)).status).toBe(404);
    expect((await close({}, author, `/comments/${id}`)).status).toBe(303);
    const second = await close({}, moderator, `/comments/${id}`);
    expect(second.status).toBe(409);
    expect(wordsOf(second.text)).toContain('This branch was closed already. Closed by Anna Author');
    expect((await close({}, moderator, '/comments/999999')).status).toBe(404);
    expect((await close({}, {}, `/comments/${id}`)).status).toBe(403);
  });

  it('is offered on its page to those who may', async () => {
    const { id } = await replyTo(site, path);
    const form = `action="/comments/${id}/closures"`;
    expect((await openPage(site, `/comments/${id}/thread`, author)).text).toContain(form);
    expect((await openPage(site, `/comments/${id}/thread`, stranger)).text).not.toContain(form);
    expect((await openPage(site, `/comments/${id}/thread`)).text).not.toContain(form);
    expect(commentOn((await openPage(site, path, author)).text, id)).toContain(`/comments/${id}/thread#closing`);
    expect(commentOn((await openPage(site, path)).text, id)).not.toContain('#closing');
  });
});

describe('Closing at a date', () => {
  const later = () => new Date(site.now.getTime() + 2 * day);
  const typed = (time: Date) => time.toISOString().slice(0, 16);

  it('is announced to readers, and holds from then on, without anybody doing anything', async () => {
    site.now = new Date(Math.ceil(site.now.getTime() / hour) * hour);
    const date = later();
    const answer = await close({ begins_at: typed(date), reason: 'The prize is drawn.' });
    expect(answer.status).toBe(303);
    const open = await openPage(site, path);
    expect(wordsOf(open.text)).toMatch(/Comments close on \d+ \w+ \d{4} at \d\d:\d\d\./);
    expect((await postReply(site, path)).status).toBe(303);
    site.now = date;
    expect((await postReply(site, path)).status).toBe(403);
    expect(wordsOf((await openPage(site, path)).text)).toContain('Comments are closed. The prize is drawn.');
  });

  it('outlasts the closing that would come by itself', async () => {
    await site.db.updateTable('conversation').set({ close_after_days: 1 }).where('id', '=', conversationId).execute();
    await close({ begins_at: typed(new Date(site.now.getTime() + 3 * day)) });
    site.now = new Date(site.now.getTime() + 2 * day);
    expect((await postReply(site, path)).status).toBe(303);
    site.now = new Date(site.now.getTime() + 2 * day);
    expect((await postReply(site, path)).status).toBe(403);
  });

  it('gives way to a closing now, which an undo takes back to the date', async () => {
    const date = later();
    await close({ begins_at: typed(date) });
    expect((await close({ reason: 'At once.' })).status).toBe(303);
    expect((await postReply(site, path)).status).toBe(403);
    await undo((await lastEvent(site.db, 'conversation', conversationId)).id);
    expect((await postReply(site, path)).status).toBe(303);
    site.now = date;
    expect((await postReply(site, path)).status).toBe(403);
  });

  it('can be called off before it comes', async () => {
    await close({ begins_at: typed(later()) });
    expect(wordsOf((await openPage(site, path, moderator)).text)).toContain('Keep it open');
    expect((await reopen()).status).toBe(303);
    site.now = new Date(site.now.getTime() + 3 * day);
    expect((await postReply(site, path)).status).toBe(303);
  });

  it.each([
    ['a date that has passed', '2020-01-01T00:00'],
    ['what is no date', 'tomorrow'],
  ])('is refused for %s, with what was typed', async (_name, begins_at) => {
    const { status, text } = await close({ begins_at, reason: 'Some day.' });
    expect(status).toBe(422);
    expect(wordsOf(text)).toContain('Choose a date and a time that lie ahead, or none.');
    expect(text).toContain('Some day.');
  });
});

describe('Closing after quiet days', () => {
  beforeEach(async () => {
    await site.db.updateTable('site').set({ close_after_quiet_days: 7 }).execute();
  });

  it('comes that long after the last comment that can be read', async () => {
    site.now = new Date(site.now.getTime() + 6 * day);
    const { id } = await replyTo(site, path);
    site.now = new Date(site.now.getTime() + 6 * day);
    expect(
      (
        await postReply(site, path, {
          website: 'https://example.com',
          body: 'https://a.example https://b.example https://c.example https://d.example',
        })
      ).status,
    ).toBe(303);
    site.now = new Date(site.now.getTime() + 1.5 * day);
    const refused = await postReply(site, path, { parent: String(id) });
    expect(refused.status).toBe(403);
  });

  it('ends by reopening, for good, and the undo of that brings it back', async () => {
    site.now = new Date(site.now.getTime() + 8 * day);
    expect((await postReply(site, path)).status).toBe(403);
    await reopen();
    site.now = new Date(site.now.getTime() + 30 * day);
    expect((await openPage(site, path)).text).toContain('id="reply"');
    await undo((await lastEvent(site.db, 'conversation', conversationId)).id);
    expect((await postReply(site, path)).status).toBe(403);
  });
});

describe('Closing the whole site', () => {
  it('closes every conversation with its reason, until it is opened again', async () => {
    const answer = await close({ reason: 'We move house.' }, moderator, '/moderation');
    expect([answer.status, answer.headers.location]).toEqual([303, '/moderation']);
    expect((await postReply(site, path)).status).toBe(403);
    expect(wordsOf((await openPage(site, path)).text)).toContain('Comments are closed. We move house.');
    const second = await close({}, owner, '/moderation');
    expect(second.status).toBe(409);
    expect(wordsOf(second.text)).toContain('All conversations were closed already.');
    const saved = { subject_kind: 'site', subject_id: 1, action: 'settings_saved', created_at: site.now } as const;
    await site.db.insertInto('event').values(saved).execute();
    expect(wordsOf((await close({}, owner, '/moderation')).text)).toContain('closed already. Closed by Mona Moderator');
    expect((await reopen(owner, '/moderation')).status).toBe(303);
    expect((await reopen(owner, '/moderation')).status).toBe(409);
    expect((await postReply(site, path)).status).toBe(303);
  });

  it('is undone even if the settings were saved since, and leaves what was closed by itself', async () => {
    await close({}, moderator, '/moderation');
    const { id } = await lastEvent(site.db, 'site', 1);
    const settings = {
      subject_kind: 'site',
      subject_id: 1,
      action: 'settings_saved',
      numbers: '{"version": 2}',
      created_at: site.now,
    } as const;
    await site.db.insertInto('event').values(settings).execute();
    await close({});
    expect((await undo(id)).status).toBe(303);
    expect((await postReply(site, path)).status).toBe(403);
    expect((await reopen()).status).toBe(303);
    expect((await postReply(site, path)).status).toBe(303);
  });

  it('is nothing that authors can do, nor undo', async () => {
    expect((await close({}, author, '/moderation')).status).toBe(404);
    expect((await openPage(site, '/moderation', author)).text).not.toContain('/moderation/closures');
    await close({}, moderator, '/moderation');
    expect((await undo((await lastEvent(site.db, 'site', 1)).id, author)).status).toBe(404);
  });
});

describe('Who may still speak', () => {
  it('is chosen at the closing, and told to readers', async () => {
    await close({ speakers: 'author' });
    expect(wordsOf((await openPage(site, path)).text)).toContain('Comments are closed. The author may still reply.');
    expect((await openPage(site, path)).text).not.toContain('id="reply"');
    expect((await openPage(site, path, author)).text).toContain('id="reply"');
    expect((await openPage(site, path, moderator)).text).not.toContain('id="reply"');
    expect((await postReply(site, path, {}, author)).status).toBe(303);
    for (const other of [moderator, stranger, {}]) expect((await postReply(site, path, {}, other)).status).toBe(403);
  });

  it('can be all who moderate the conversation', async () => {
    await close({ speakers: 'staff' });
    for (const staff of [author, moderator, owner]) expect((await postReply(site, path, {}, staff)).status).toBe(303);
    for (const other of [stranger, {}]) expect((await postReply(site, path, {}, other)).status).toBe(403);
  });

  it('is nobody else', async () => {
    expect((await close({ speakers: 'everybody' })).status).toBe(422);
  });
});

describe('What waits at a closing', () => {
  it('is decided as usual, unless all of it is to be rejected with the reason of the closing', async () => {
    const waiting = await held();
    await close({ reason: 'Enough.' });
    expect(await statusOf(site.db, waiting)).toBe('pending');
    await reopen();
    await close({ reason: 'Enough.', waiting: 'reject' });
    expect(await statusOf(site.db, waiting)).toBe('rejected');
    expect(await lastEvent(site.db, 'comment', waiting)).toMatchObject({ action: 'reject', actor_id: moderator.id });
  });

  it('is taken back with the closing, as one', async () => {
    const waiting = [await held(), await held()];
    await close({ waiting: 'reject' });
    const closing = await lastEvent(site.db, 'conversation', conversationId);
    expect((await undo(closing.id)).status).toBe(303);
    for (const id of waiting) expect(await statusOf(site.db, id)).toBe('pending');
    expect((await postReply(site, path)).status).toBe(303);
    // And so is the undo.
    await undo((await lastEvent(site.db, 'conversation', conversationId)).id);
    for (const id of waiting) expect(await statusOf(site.db, id)).toBe('rejected');
    expect((await postReply(site, path)).status).toBe(403);
  });

  it('is named where somebody has decided on it since, and the rest can be taken back', async () => {
    const [approved, other] = [await held(), await held()];
    await close({ waiting: 'reject' });
    await decideOn(site, owner, approved, { action: 'approve' });
    const closing = await lastEvent(site.db, 'conversation', conversationId);
    const refused = await undo(closing.id);
    expect(refused.status).toBe(409);
    expect(wordsOf(refused.text)).toContain('The other 2 can still be undone.');
    expect((await postReply(site, path)).status).toBe(403);
    await sendForm(site, '/moderation/undo', { event: String(closing.id), partly: 'yes' }, moderator);
    expect([await statusOf(site.db, approved), await statusOf(site.db, other)]).toEqual(['approved', 'pending']);
    expect((await postReply(site, path)).status).toBe(303);
  });

  it('is that of the branch alone, where a branch is closed', async () => {
    const { id } = await replyTo(site, path);
    const [inside, outside] = [await held({ parent: String(id) }), await held()];
    await close({ waiting: 'reject' }, moderator, `/comments/${id}`);
    expect([await statusOf(site.db, inside), await statusOf(site.db, outside)]).toEqual(['rejected', 'pending']);
  });
});

/** A reply that waits. */
async function held(fields: Fields = {}): Promise<number> {
  const links = Array.from({ length: 3 }, (_, index) => `https://example.com/${index}`).join(' ');
  const { id } = await replyTo(site, path, { body: `See ${links} ${Math.random()}`, ...fields });
  expect(await statusOf(site.db, id)).toBe('pending');
  return id;
}

function close(fields: Fields, asker: Asker = moderator, place = path) {
  return sendForm(site, `${place}/closures`, fields, asker);
}

function reopen(asker: Asker = moderator, place = path) {
  return sendForm(site, `${place}/closures/current/reopen`, {}, asker);
}

function undo(event: number, asker: Asker = moderator) {
  return sendForm(site, '/moderation/undo', { event: String(event) }, asker);
}
