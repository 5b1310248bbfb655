import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { imitatesMark } from '../../src/comments/confirmed-mark.ts';
import { commentOn, decideOn, openPage, postReply, replyTo, sendForm, statusOf, wordsOf } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { proveAddress } from './prover.ts';

let site: TestSite;
let owner: { id: number; cookie: string };
let path: string;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  await site.db.deleteFrom('rate_limit').execute();
  path = `/posts/${(await addPost(site.db, { title: 'Marked words' })).slug}`;
});

describe('The mark of a confirmed address', () => {
  it('stands beside the name for every reader, and says what it means', async () => {
    const { id, cookie } = await replyTo(site, path, { email: 'marked@example.org' });
    await proveAddress(site, 'marked@example.org', cookie);
    await decideOn(site, owner, id, { action: 'approve' });
    const comment = commentOn((await openPage(site, path)).text, id);
    expect(wordsOf(comment)).toMatch(/^Greta Guest ✓ address confirmed/);
    expect(comment).toContain('title="Its writer reads the mail of the address that was given with it.');
    expect(comment).not.toContain('marked@example.org');
  });

  it('is not there where an address was merely typed, nor for the staff', async () => {
    const { id } = await replyTo(site, path, { email: 'typed@example.org' });
    await decideOn(site, owner, id, { action: 'approve' });
    const staff = await replyTo(site, path, {}, owner);
    const { text } = await openPage(site, path);
    expect(commentOn(text, id)).not.toContain('confirmed');
    expect(commentOn(text, staff.id)).not.toContain('confirmed');
  });

  it('cannot be typed: a name with a check mark of any kind is refused', async () => {
    for (const name of ['Greta ✓ address confirmed', 'Greta ✔️', '✅ Greta', 'Greta ☑', 'Greta √']) {
      const { status, text } = await postReply(site, path, { name });
      expect([name, status]).toEqual([name, 422]);
      expect(wordsOf(text)).toContain('A check mark in a name would look like the mark of a confirmed address.');
    }
    expect(['Greta', 'Zoë O’Neill', '李', 'V. Šimić', 'X Æ'].filter(imitatesMark)).toEqual([]);
  });
});

describe('A comment that was written in another browser with the same confirmed address', () => {
  it('can be edited and deleted from this one', async () => {
    const email = 'both@example.org';
    const desk = await replyTo(site, path, { email, body: 'Frist.' });
    await proveAddress(site, email, desk.cookie);
    const phone = { cookie: await proveAddress(site, email) };
    const { text } = await openPage(site, '/mine', phone);
    expect(text).toContain(`href="/comments/${desk.id}/edit"`);
    expect(text).toContain(`href="/comments/${desk.id}/delete"`);
    expect((await sendForm(site, `/comments/${desk.id}/edit`, { body: 'First.' }, phone)).status).toBe(303);
    expect((await openPage(site, '/mine', phone)).text).toContain('<p>First.</p>');
    expect((await sendForm(site, `/comments/${desk.id}/delete`, {}, phone)).status).toBe(303);
    expect(await statusOf(site.db, desk.id)).toBe('deleted');
  });

  it('cannot where this browser merely typed the address, or the comment’s did', async () => {
    const email = 'neither@example.org';
    const desk = await replyTo(site, path, { email });
    const typed = await replyTo(site, path, { email });
    const proved = { cookie: await proveAddress(site, email) };
    expect((await sendForm(site, `/comments/${desk.id}/delete`, {}, proved)).status).toBe(404);
    await proveAddress(site, email, desk.cookie);
    expect((await sendForm(site, `/comments/${desk.id}/delete`, {}, typed)).status).toBe(404);
    expect(await statusOf(site.db, desk.id)).toBe('pending');
  });

  it('offers no edit where the time for it is over', async () => {
    const { id, cookie } = await replyTo(site, path);
    site.now = new Date(site.now.getTime() + 16 * 60_000);
    const { text } = await openPage(site, '/mine', { cookie });
    expect(text).not.toContain(`/comments/${id}/edit`);
    expect(text).toContain(`/comments/${id}/delete`);
  });
});
