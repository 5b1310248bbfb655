import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mostSaved } from '../../src/moderation/saved-words.ts';
import { decideOn, lastEvent, openPage, replyTo, sendForm, statusOf, wordsOf } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;
let moderator: { id: number; cookie: string };
let owner: { id: number; cookie: string };
let path: string;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
  moderator = await site.signIn('moderator', 'Mona Moderator');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  await site.db.deleteFrom('saved_words').execute();
  path = `/posts/${(await addPost(site.db, { title: 'A talk' })).slug}`;
});

describe('Saved words', () => {
  it('are chosen in the queue and beside a comment, and go with the decision', async () => {
    const id = await save('reason', 'Off topic', 'This is about something else.');
    const comment = await replyTo(site, path);
    for (const page of ['/moderation', `/moderation/comments/${comment.id}`]) {
      const { text } = await openPage(site, page, moderator);
      expect(text).toContain(`<select id="saved-reason-${comment.id}" name="savedReason"`);
      expect(text).toContain(`<option value="${id}">Off topic</option>`);
    }
    await decideOn(site, moderator, comment.id, { action: 'reject', savedReason: String(id), reason: ' ' });
    expect((await lastEvent(site.db, 'comment', comment.id)).reason).toBe('This is about something else.');
  });

  it('are published as a reply with an approval, and with nothing else', async () => {
    const id = String(await save('reply', 'Thanks', 'Thank you for *this*.'));
    const comment = await replyTo(site, path);
    const refused = await decideOn(site, moderator, comment.id, { action: 'reject', savedReply: id });
    expect([refused.status, await statusOf(site.db, comment.id)]).toEqual([422, 'pending']);
    await decideOn(site, moderator, comment.id, { action: 'approve', savedReply: id });
    expect((await openPage(site, path)).text).toContain('Thank you for <em>this</em>.');
  });

  it('count less than what was typed, which may be the same words edited', async () => {
    const id = await save('reason', 'Off topic', 'This is about something else.');
    const comment = await replyTo(site, path);
    await decideOn(site, moderator, comment.id, { action: 'reject', savedReason: String(id), reason: 'Edited.' });
    expect((await lastEvent(site.db, 'comment', comment.id)).reason).toBe('Edited.');
  });

  it('go with a decision on several', async () => {
    const id = await save('reason', 'Off topic', 'Elsewhere, please.');
    const ids = [(await replyTo(site, path)).id, (await replyTo(site, path)).id];
    const fields = { ids: ids.map(String), action: 'reject', savedReason: String(id) };
    expect((await sendForm(site, '/moderation/decisions', fields, moderator)).status).toBe(303);
    for (const each of ids) expect((await lastEvent(site.db, 'comment', each)).reason).toBe('Elsewhere, please.');
  });

  it('that are gone, or of the other kind, or none, decide nothing', async () => {
    const gone = await save('reason', 'Old', 'Old words.');
    await sendForm(site, `/moderation/saved/${gone}/end`, {}, moderator);
    const reply = await save('reply', 'Thanks', 'Thank you.');
    const { id } = await replyTo(site, path);
    for (const savedReason of [String(gone), String(reply), 'x', '2147483648']) {
      const { status, text } = await decideOn(site, moderator, id, { action: 'reject', savedReason, note: 'Kept.' });
      expect([status, await statusOf(site.db, id)]).toEqual([422, 'pending']);
      expect(text).toContain('Kept.');
    }
    const several = { ids: String(id), action: 'reject', savedReason: String(gone) };
    expect((await sendForm(site, '/moderation/decisions', several, moderator)).status).toBe(422);
  });
});

describe('Changing saved words', () => {
  it('keeps who changed what as rows, and writes no event', async () => {
    const events = () => site.db.selectFrom('event').select('id').execute();
    const before = (await events()).length;
    const id = await save('reason', 'Off topic', 'First.');
    await sendForm(site, `/moderation/saved/${id}`, { title: 'Off topic', text: 'Second.' }, owner);
    const rows = await site.db.selectFrom('saved_words').selectAll().orderBy('id').execute();
    expect(rows.map(({ text, saved_by, ended_by }) => [text, saved_by, ended_by])).toEqual([
      ['First.', moderator.id, owner.id],
      ['Second.', owner.id, null],
    ]);
    expect(await events()).toHaveLength(before);
    const { text } = await openPage(site, '/moderation/saved', moderator);
    expect(text).toContain('Second.');
    expect(text).not.toContain('First.');
  });

  it('of a text that somebody else changed first is 409, with what was typed', async () => {
    const id = await save('reason', 'Off topic', 'First.');
    await sendForm(site, `/moderation/saved/${id}`, { title: 'Off topic', text: 'Second.' }, owner);
    const { status, text } = await sendForm(
      site,
      `/moderation/saved/${id}`,
      { title: 'Mine', text: 'My <words>.' },
      moderator,
    );
    expect(status).toBe(409);
    expect(text).toContain('My &lt;words&gt;.');
    expect((await sendForm(site, `/moderation/saved/${id}/end`, {}, moderator)).status).toBe(409);
  });

  it.each([
    [{ title: '', text: 'Words.' }],
    [{ title: 'Title', text: ' ' }],
    [{ title: 't'.repeat(61), text: 'Words.' }],
    [{ title: 'Title', text: 'w'.repeat(501) }],
  ])('refuses what is empty or too long, and gives it back: %.60j', async (fields) => {
    const { status, text } = await sendForm(site, '/moderation/saved', { kind: 'reason', ...fields }, moderator);
    expect(status).toBe(422);
    for (const typed of Object.values(fields)) expect(text).toContain(typed);
    expect(await site.db.selectFrom('saved_words').select('id').execute()).toEqual([]);
  });

  it('refuses the same title twice, but for the other kind and for what was removed', async () => {
    const id = await save('reason', 'Thanks', 'One.');
    const again = { kind: 'reason', title: ' Thanks ', text: 'Two.' };
    expect((await sendForm(site, '/moderation/saved', again, moderator)).status).toBe(422);
    await save('reply', 'Thanks', 'Three.');
    const other = await save('reason', 'Other', 'Four.');
    expect((await sendForm(site, `/moderation/saved/${other}`, again, moderator)).status).toBe(422);
    await sendForm(site, `/moderation/saved/${id}/end`, {}, moderator);
    expect((await sendForm(site, '/moderation/saved', again, moderator)).status).toBe(303);
  });

  it(`keeps ${mostSaved} of a kind, whoever adds at the same time`, async () => {
    const add = (number: number) =>
      sendForm(site, '/moderation/saved', { kind: 'reason', title: `Title ${number}`, text: 'Words.' }, moderator);
    for (let number = 1; number < mostSaved; number += 1) await add(number);
    const answers = await Promise.all([100, 101, 102].map(add));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 422, 422]);
    expect(await site.db.selectFrom('saved_words').select('id').execute()).toHaveLength(mostSaved);
  });

  it('is for owners and moderators; an author chooses on own posts and changes nothing', async () => {
    const author = await site.signIn('author');
    const id = await save('reason', 'Off topic', 'Elsewhere, please.');
    const fields = { kind: 'reason', title: 'Mine', text: 'Words.' };
    expect((await openPage(site, '/moderation/saved', author)).status).toBe(404);
    for (const to of ['/moderation/saved', `/moderation/saved/${id}`, `/moderation/saved/${id}/end`]) {
      expect((await sendForm(site, to, fields, author)).status).toBe(403);
      expect((await sendForm(site, to, fields)).status).toBe(403);
    }
    expect((await openPage(site, '/moderation/saved')).headers.location).toContain('/sign-in');
    expect(await site.db.selectFrom('saved_words').select('title').execute()).toEqual([{ title: 'Off topic' }]);
    path = `/posts/${(await addPost(site.db, { title: 'Hers', authorId: author.id })).slug}`;
    const comment = await replyTo(site, path);
    await decideOn(site, author, comment.id, { action: 'reject', savedReason: String(id) });
    expect((await lastEvent(site.db, 'comment', comment.id)).reason).toBe('Elsewhere, please.');
    const { text } = await openPage(site, '/moderation', author);
    expect(wordsOf(text)).not.toContain('Saved words');
  });

  it('is 404 for what never was, and for another kind', async () => {
    const other = { kind: 'poem', title: 'Title', text: 'Words.' };
    expect((await sendForm(site, '/moderation/saved', other, moderator)).status).toBe(404);
    expect((await sendForm(site, '/moderation/saved/x/end', {}, moderator)).status).toBe(404);
  });
});

async function save(kind: string, title: string, text: string): Promise<number> {
  const { status } = await sendForm(site, '/moderation/saved', { kind, title, text }, moderator);
  expect(status).toBe(303);
  const row = await site.db.selectFrom('saved_words').select('id').orderBy('id', 'desc').executeTakeFirstOrThrow();
  return row.id;
}
