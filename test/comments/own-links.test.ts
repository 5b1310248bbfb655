import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Asker, commentOn, decideOn, openPage, replyTo, sendForm } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

jest.setTimeout(30_000);

let site: TestSite;
let owner: { id: number; cookie: string };
let path: string;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
});
afterAll(() => site.close());
beforeEach(async () => {
  // Each test in an hour of its own, so that nothing looks like a flood.
  site.now = new Date(site.now.getTime() + 3_600_000);
  await site.db.updateTable('site').set({ edit_minutes: 15 }).execute();
  path = `/posts/${(await addPost(site.db, { title: 'Mine and theirs', mode: 'open' })).slug}`;
});

describe('The ways to edit and to delete a comment', () => {
  it('stand under it for its writer, on the page of the post and on that of its branch', async () => {
    const { id, cookie } = await replyTo(site, path);
    await replyTo(site, path, { parent: String(id) });
    expect(await linksUnder(id, { cookie })).toEqual(['reply', 'edit', 'delete']);
    expect(await linksUnder(id, { cookie }, `/comments/${id}/thread`)).toEqual(['reply', 'edit', 'delete']);
  });

  it('stand under nobody else’s: not for visitors, other writers or staff', async () => {
    const { id } = await replyTo(site, path);
    const other = await replyTo(site, path);
    for (const asker of [{}, { cookie: other.cookie }, owner])
      expect(await linksUnder(id, asker)).toEqual(['reply', 'report']);
  });

  it('stand under what one of the staff wrote, wherever that person signs in', async () => {
    const { id } = await replyTo(site, path, {}, owner);
    const moderator = await site.signIn('moderator');
    expect(await linksUnder(id, owner)).toEqual(['reply', 'edit', 'delete']);
    expect(await linksUnder(id, moderator)).toEqual(['reply', 'report']);
    expect(await linksUnder(id, {})).toEqual(['reply', 'report']);
  });

  it('stand under a guest’s comment also when that guest is signed in by now', async () => {
    const { id, cookie } = await replyTo(site, path);
    const both = { cookie: `${cookie}; ${owner.cookie}` };
    expect(await linksUnder(id, both)).toEqual(['reply', 'edit', 'delete']);
  });

  it('are one way less when the time for edits is over, or when there never was one', async () => {
    const { id, cookie } = await replyTo(site, path);
    await site.db.updateTable('site').set({ edit_minutes: 0 }).execute();
    expect(await linksUnder(id, { cookie })).toEqual(['reply', 'delete']);
    await site.db.updateTable('site').set({ edit_minutes: 15 }).execute();
    expect(await linksUnder(id, { cookie })).toEqual(['reply', 'edit', 'delete']);
    site.now = new Date(site.now.getTime() + 15 * 60_000);
    expect(await linksUnder(id, { cookie })).toEqual(['reply', 'delete']);
  });

  it('are a deletion alone in a closed conversation', async () => {
    const { id, cookie } = await replyTo(site, path);
    await sendForm(site, `${path}/closures`, {}, owner);
    expect(await linksUnder(id, { cookie })).toEqual(['delete']);
  });

  it('stand under what waits; under what was rejected or removed an appeal and a deletion alone do', async () => {
    const { id, cookie } = await replyTo(site, path, {
      body: 'https://a.example https://b.example https://c.example',
    });
    expect(await linksUnder(id, { cookie })).toEqual(['edit', 'delete']);
    await decideOn(site, owner, id, { action: 'reject' });
    expect(await linksUnder(id, { cookie })).toEqual(['appeal', 'delete']);
    await decideOn(site, owner, id, { action: 'approve' });
    await decideOn(site, owner, id, { action: 'remove' });
    expect(await linksUnder(id, { cookie })).toEqual(['appeal', 'delete']);
  });

  it('are private to the one who has them, and name the comment to those who hear the page', async () => {
    const { id, cookie } = await replyTo(site, path);
    const { text, headers } = await openPage(site, path, { cookie });
    expect(headers['cache-control']).toContain('private');
    expect(commentOn(text, id)).toMatch(/aria-label="Edit your comment of \d+ \w+ \d{4} at \d\d:\d\d"/);
    expect(commentOn(text, id)).toMatch(/aria-label="Delete your comment of /);
  });
});

async function linksUnder(id: number, asker: Asker, page = path): Promise<string[]> {
  const { text } = await openPage(site, page, asker);
  return [...commentOn(text, id).matchAll(new RegExp(`href="/comments/${id}/(\\w+)"`, 'g'))].map(([, way = '']) => way);
}
