import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decideOn, openPage, replyTo, wordsOf } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { proveAddress, writtenOn } from './prover.ts';

let site: TestSite;
let owner: { id: number; cookie: string };
let post: { id: number; slug: string };
let path: string;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  await site.db.deleteFrom('rate_limit').execute();
  post = await addPost(site.db, { title: 'Things one said' });
  path = `/posts/${post.slug}`;
});

/** What the page says of one comment. */
async function entryOf(cookie: string, id: number): Promise<string> {
  const { text } = await openPage(site, '/mine', { cookie });
  return new RegExp(`<article class="written" id="c${id}">[\\s\\S]*?</article>`).exec(text)?.[0] ?? '';
}

describe('/mine', () => {
  it('explains itself to a stranger, sets no cookie, and stays out of search engines', async () => {
    const { status, text, headers, cookie } = await openPage(site, '/mine');
    expect(status).toBe(200);
    expect(wordsOf(text)).toContain('There is no account and no password');
    expect(wordsOf(text)).toContain('Nothing was written in this browser so far.');
    expect(text).toContain('<form class="account-form" method="post" action="/mine/proofs" novalidate>');
    expect(text).toContain('<meta name="robots" content="noindex">');
    expect(headers['cache-control']).toContain('private');
    expect(cookie).toBe('');
  });

  it('is linked from every page', async () => {
    expect((await openPage(site, '/')).text).toContain('<a href="/mine" rel="nofollow">Your comments</a>');
  });

  it('lists what was written in this very browser, without any proof', async () => {
    const first = await replyTo(site, path, { body: 'My *first* words.' });
    const second = await replyTo(site, path, { body: 'And more.' }, first);
    await replyTo(site, path, { body: 'Of somebody else.' });
    expect(await writtenOn(site, first.cookie)).toEqual([second.id, first.id]);
    expect(await entryOf(first.cookie, first.id)).toContain('<p>My <em>first</em> words.</p>');
  });

  it('says why a comment waits, and leads to it where it can be found', async () => {
    const { id, cookie } = await replyTo(site, path);
    const entry = await entryOf(cookie, id);
    expect(wordsOf(entry)).toContain('Waiting for a moderator');
    expect(wordsOf(entry)).toContain('Held: it is the first comment from this browser');
    expect(wordsOf(entry)).toContain('on Things one said');
    expect(entry).toContain(`href="/comments/${id}"`);
    expect((await openPage(site, `/comments/${id}`, { cookie })).status).toBe(302);
  });

  it.each([
    ['approve', 'Published', ''],
    ['reject', 'Not published', 'A moderator decided not to publish it. The reason given: Too loud.'],
    ['spam', 'Taken for spam', 'It was taken for spam, so readers do not see it. The reason given: Too loud.'],
  ])('says what a decision to %s made of it, and why', async (action, status, why) => {
    const { id, cookie } = await replyTo(site, path);
    await decideOn(site, owner, id, { action, reason: 'Too loud.', note: 'Hidden note' });
    const words = wordsOf(await entryOf(cookie, id));
    expect(words).toContain(status);
    expect(words).toContain(why);
    expect(words).not.toContain('Hidden note');
  });

  it('shows a held comment of another browser without a link: it is not found in its conversation here', async () => {
    const { id, cookie } = await replyTo(site, path, { email: 'elsewhere@example.org', body: 'From my desk.' });
    await proveAddress(site, 'elsewhere@example.org', cookie);
    const phone = await proveAddress(site, 'elsewhere@example.org');
    const held = await entryOf(phone, id);
    expect(wordsOf(held)).toContain('From my desk.');
    expect(held).not.toContain(`href="/comments/${id}"`);
    await decideOn(site, owner, id, { action: 'approve' });
    expect(await entryOf(phone, id)).toContain(`href="/comments/${id}"`);
  });

  it('does not name a post that is not published any more', async () => {
    const { id, cookie } = await replyTo(site, path);
    await site.db
      .updateTable('post')
      .set({ published_at: null, title: 'A new secret' })
      .where('id', '=', post.id)
      .execute();
    const entry = await entryOf(cookie, id);
    expect(entry).not.toContain('A new secret');
    expect(entry).not.toMatch(/href="(?!\/comments\/\d+\/delete")/);
    expect(wordsOf(entry)).toContain('on a post that is not published at present');
  });

  it('goes on by pages, each comment once, whichever way it is one’s own', async () => {
    const email = 'many@example.org';
    const desk = await replyTo(site, path, { email });
    await proveAddress(site, email, desk.cookie);
    const ids = [desk.id];
    const cookies = [desk.cookie, await proveAddress(site, email)];
    for (let count = 0; count < 44; count += 1) {
      if (count % 3 === 0) site.now = new Date(site.now.getTime() + 1);
      const cookie = cookies[count % 2] ?? '';
      ids.push((await replyTo(site, path, { email: count % 5 === 0 ? '' : email }, { cookie })).id);
    }
    const ofDesk = ids.filter((_id, place) => place === 0 || (place - 1) % 2 === 0 || (place - 1) % 5 !== 0);
    const read: number[] = [];
    let page: string | undefined = '/mine';
    let pages = 0;
    while (page) {
      const { text } = await openPage(site, page, { cookie: desk.cookie });
      read.push(...[...text.matchAll(/<article class="written" id="c(\d+)"/g)].map(([, id]) => Number(id)));
      page = /<a href="([^"]*)" rel="next">/.exec(text)?.[1];
      pages += 1;
    }
    expect(read).toEqual(ofDesk.toReversed());
    expect(pages).toBe(Math.ceil(ofDesk.length / 20));
  }, 60_000);

  it('begins at the newest again where the address is made up', async () => {
    const { id, cookie } = await replyTo(site, path);
    for (const before of ['x', '0', '99999999999', '-1']) {
      expect(await writtenOn(site, cookie, `/mine?before=${before}`)).toEqual([id]);
    }
  });
});
