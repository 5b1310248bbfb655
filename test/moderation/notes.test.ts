import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mostNotes } from '../../src/moderation/notes.ts';
import { askForLink, proveAddress } from '../commenters/prover.ts';
import { tracesOf } from '../commenters/traces.ts';
import { openPage, replyTo, sendForm, wordsOf } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;
let owner: { id: number; cookie: string };
let moderator: { id: number; cookie: string };
let path: string;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
  moderator = await site.signIn('moderator', 'Mona Moderator');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  await site.db.deleteFrom('rate_limit').execute();
  path = `/posts/${(await addPost(site.db, { title: 'A talk', mode: 'all_held' })).slug}`;
});

describe('A note for colleagues', () => {
  it('about a comment stands beside it, with who wrote it and when', async () => {
    const { id, cookie } = await replyTo(site, path);
    const other = await replyTo(site, path, {}, { cookie });
    expect((await note(id, { text: ' Seen <this> before. ' })).status).toBe(303);
    for (const page of [`/moderation/comments/${id}`, '/moderation']) {
      const words = wordsOf(itemOf((await openPage(site, page, owner)).text, id));
      expect(words).toMatch(/Seen <this> before\. About this comment, by Mona Moderator on \d+ \w+ \d{4} at/);
    }
    expect((await openPage(site, `/moderation/comments/${other.id}`, owner)).text).not.toContain('Seen');
  });

  it('about who wrote it stands beside all comments from the same browser', async () => {
    const { id, cookie } = await replyTo(site, path);
    const other = await replyTo(site, path, {}, { cookie });
    await note(id, { text: 'Writes in good faith.', about: 'person' });
    const words = wordsOf((await openPage(site, `/moderation/comments/${other.id}`, owner)).text);
    expect(words).toContain('Writes in good faith. About whoever wrote this, by Mona Moderator');
  });

  it('is deleted by its writer, and by nobody else', async () => {
    const { id } = await replyTo(site, path);
    await note(id, { text: 'To be regretted.' });
    const { id: noteId } = await site.db
      .selectFrom('colleague_note')
      .select('id')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    expect((await openPage(site, `/moderation/comments/${id}`, owner)).text).not.toContain(`/notes/${noteId}/delete`);
    expect((await sendForm(site, `/moderation/notes/${noteId}/delete`, {}, owner)).status).toBe(403);
    expect((await openPage(site, `/moderation/comments/${id}`, moderator)).text).toContain('To be regretted.');
    expect((await sendForm(site, `/moderation/notes/${noteId}/delete`, {}, moderator)).status).toBe(303);
    expect(await tracesOf(site.db, ['To be regretted.'])).toEqual([]);
    expect((await sendForm(site, `/moderation/notes/${noteId}/delete`, {}, moderator)).status).toBe(404);
  });

  it.each([[''], [' '], ['n'.repeat(2_001)]])('that is empty or too long is refused: %.10j', async (text) => {
    const { id } = await replyTo(site, path);
    const answer = await note(id, { text });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(text.trim());
    expect(await notesOn(id)).toBe(0);
  });

  it(`is one of ${mostNotes} at most, whoever writes at the same time`, async () => {
    const { id } = await replyTo(site, path);
    for (let number = 1; number < mostNotes; number += 1) await note(id, { text: `Note ${number}` });
    const answers = await Promise.all([1, 2, 3].map(() => note(id, { text: 'The last one.' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 422, 422]);
    expect(await notesOn(id)).toBe(mostNotes);
  });

  it('is for who may decide on the comment', async () => {
    const author = await site.signIn('author');
    const { id, cookie } = await replyTo(site, path);
    for (const asker of [author, { cookie }, {}]) {
      const { status } = await sendForm(site, `/moderation/comments/${id}/notes`, { text: 'Mine.' }, asker);
      expect(status).toBe(asker === author ? 404 : 403);
    }
    await note(id, { text: 'Secret.' });
    expect((await openPage(site, `/moderation/comments/${id}`, author)).status).toBe(404);
    expect((await openPage(site, `/moderation/comments/${id}`)).headers.location).toContain('/sign-in');
    expect(await notesOn(id)).toBe(1);
  });

  it('about whoever wrote it is none where nothing is known of them', async () => {
    const { id } = await replyTo(site, path, {}, owner);
    expect((await note(id, { text: 'Who?', about: 'person' })).status).toBe(404);
    expect((await openPage(site, `/moderation/comments/${id}`, owner)).text).not.toContain('name="about"');
  });

  it('stands between nobody and a decision: it is no event', async () => {
    const { id } = await replyTo(site, path);
    const events = () => site.db.selectFrom('event').select('id').where('subject_id', '=', id).execute();
    const before = await events();
    await note(id, { text: 'A note.' });
    expect(await events()).toEqual(before);
  });
});

describe('What colleagues note is never shown', () => {
  it('to readers, to the writer, to feeds, or in the download', async () => {
    const email = 'noted@example.org';
    const cookie = await proveAddress(site, email);
    const { id } = await replyTo(site, path, { email }, { cookie });
    await note(id, { text: 'Unspeakable about it.' });
    await note(id, { text: 'Unspeakable about them.', about: 'person' });
    await sendForm(site, `/moderation/comments/${id}/decisions`, { action: 'approve' }, moderator);
    const pages = [path, '/', '/mine', '/mine/download', `/comments/${id}/thread`, '/comments/feed.xml'];
    for (const page of [...pages, `${path}/comments/feed.xml`, `/comments/${id}/edit`]) {
      for (const asker of [{}, { cookie }]) {
        expect((await openPage(site, page, asker)).text).not.toContain('Unspeakable');
      }
    }
    const { text } = await openPage(site, '/mine/download', { cookie });
    expect(JSON.parse(text).left_out).toContain('noted for each other, about comments or about who wrote them');
  });
});

describe('What colleagues noted goes', () => {
  it('with the erasure of the person, from every table', async () => {
    const email = 'erased@example.org';
    const cookie = await proveAddress(site, email);
    const { id } = await replyTo(site, path, { email }, { cookie });
    const other = await replyTo(site, path);
    await note(id, { text: 'Zanzibar about it.' });
    await note(id, { text: 'Zanzibar about them.', about: 'person' });
    await note(other.id, { text: 'About somebody else.', about: 'person' });
    expect((await sendForm(site, '/mine/erasure', { email }, { cookie })).status).toBe(303);
    expect(await tracesOf(site.db, ['Zanzibar'])).toEqual([]);
    expect(await tracesOf(site.db, ['About somebody else.'])).not.toEqual([]);
    expect((await note(id, { text: 'Zanzibar again.' })).status).toBe(404);
  });

  it('with the erasure of an address of that browser, whatever was written with it', async () => {
    const email = 'quiet@example.org';
    const bare = await replyTo(site, path, { body: 'Without an address.' });
    await note(bare.id, { text: 'Timbuktu about them.', about: 'person' });
    const cookie = await proveAddress(site, email, bare.cookie);
    expect((await sendForm(site, '/mine/erasure', { email }, { cookie })).status).toBe(303);
    expect(await tracesOf(site.db, ['Timbuktu'])).toEqual([]);
  });

  it('with the erasure of an address in another browser, where the proof in this one is forgotten', async () => {
    const email = 'moved@example.org';
    const old = await proveAddress(site, email);
    const { id } = await replyTo(site, path, { email }, { cookie: old });
    await note(id, { text: 'Valparaiso about them.', about: 'person' });
    await site.db.deleteFrom('proved_address').where('email', '=', email).execute();
    const cookie = await proveAddress(site, email);
    expect((await sendForm(site, '/mine/erasure', { email }, { cookie })).status).toBe(303);
    expect(await tracesOf(site.db, ['Valparaiso'])).toEqual([]);
  });

  it('with a comment that its writer deletes, as far as it is about that', async () => {
    const { id, cookie } = await replyTo(site, path);
    await note(id, { text: 'Samarkand about it.' });
    await note(id, { text: 'Isfahan about them.', about: 'person' });
    await sendForm(site, `/comments/${id}/delete`, {}, { cookie });
    expect(await tracesOf(site.db, ['Samarkand'])).toEqual([]);
    expect(await tracesOf(site.db, ['Isfahan'])).not.toEqual([]);
  });

  it('for nobody who has not proved the address', async () => {
    const email = 'unproved@example.org';
    const { id } = await replyTo(site, path, { email });
    await note(id, { text: 'It stays.', about: 'person' });
    const { cookie } = await askForLink(site, email);
    expect((await sendForm(site, '/mine/erasure', { email }, { cookie })).status).toBe(403);
    expect(await tracesOf(site.db, ['It stays.'])).not.toEqual([]);
  });
});

function note(id: number, fields: { text: string; about?: string }) {
  return sendForm(site, `/moderation/comments/${id}/notes`, fields, moderator);
}

async function notesOn(id: number): Promise<number> {
  return (await site.db.selectFrom('colleague_note').select('id').where('comment_id', '=', id).execute()).length;
}

function itemOf(text: string, id: number): string {
  return new RegExp(`<li class="queue-item" id="c${id}">[\\s\\S]*?</article>`).exec(text)?.[0] ?? '';
}
