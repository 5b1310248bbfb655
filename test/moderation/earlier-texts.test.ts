import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { decideOn, openPage, replyTo, sendForm, wordsOf } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

jest.setTimeout(30_000);

let site: TestSite;
let owner: { id: number; cookie: string };
beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
});
afterAll(() => site.close());

describe('What a comment said before it was edited', () => {
  it('can be read, all of it, as it was typed, each text with its end', async () => {
    site.now = new Date('2027-04-01T12:00:00Z');
    const { slug, id: postId } = await addPost(site.db, { title: 'Second thoughts' });
    const { id, cookie } = await replyTo(site, `/posts/${slug}`, { body: 'The <b>first</b> words.' });
    const other = await replyTo(site, `/posts/${slug}`);
    for (const [minutes, body] of [[2, 'The second words.'] as const, [5, 'The *last* words.'] as const]) {
      site.now = new Date(Date.UTC(2027, 3, 1, 12, minutes));
      await sendForm(site, `/comments/${id}/edit`, { body }, { cookie });
    }
    const queue = (await openPage(site, `/moderation?post=${postId}`, owner)).text;
    const item = itemOf(queue, id);
    expect(item).toContain('<em>last</em>');
    const words = wordsOf(item);
    expect(words).toContain('Edited by its writer on 1 April 2027 at 12:05.');
    expect(words).toContain(
      'What it said before the last of 2 edits Until 1 April 2027 at 12:05: The second words. All 2 earlier texts',
    );
    expect(words).not.toContain('<b>first</b>');
    expect(wordsOf(itemOf(queue, other.id))).not.toContain('What it said before');
    const { text, status } = await openPage(site, linkIn(item), owner);
    expect(status).toBe(200);
    expect(text).toContain('The &lt;b&gt;first&lt;/b&gt; words.');
    expect(wordsOf(text)).toContain(
      'Written by Greta Guest under Second thoughts Until 1 April 2027 at 12:02: The <b>first</b> words. Until 1 April 2027 at 12:05: The second words. Now: The last words.',
    );
    expect(text).toContain(`href="/moderation?status=pending&amp;post=${postId}"`);
  });

  it('stands in the queue where it is short, and else only as far as it takes to see what was changed', async () => {
    const { slug, id: postId } = await addPost(site.db, { title: 'Short and long' });
    const short = await replyTo(site, `/posts/${slug}`, { body: 'Short.' });
    await sendForm(site, `/comments/${short.id}/edit`, { body: 'Shorter' }, short);
    const long = await replyTo(site, `/posts/${slug}`, { body: `Long. ${'🙂'.repeat(600)}` });
    await sendForm(site, `/comments/${long.id}/edit`, { body: 'Short.' }, long);
    const { text } = await openPage(site, `/moderation?post=${postId}`, owner);
    expect(wordsOf(itemOf(text, short.id))).toMatch(/What it said before an edit Until [^:]*:\d\d: Short\. On /);
    const item = itemOf(text, long.id);
    expect(item).toContain(`>Long. ${'🙂'.repeat(494)}…</pre>`);
    expect(wordsOf(item)).toContain('The whole earlier text');
    expect((await openPage(site, linkIn(item), owner)).text).toContain(`>Long. ${'🙂'.repeat(600)}</pre>`);
  });

  it('does not make the queue larger with each edit, however long the texts were', async () => {
    const { slug, id: postId } = await addPost(site.db, { title: 'Edited again and again' });
    const { id, cookie } = await replyTo(site, `/posts/${slug}`);
    const size = async () => (await openPage(site, `/moderation?post=${postId}`, owner)).text.length;
    for (let edit = 1; edit <= 3; edit += 1) {
      await sendForm(site, `/comments/${id}/edit`, { body: `${edit} ${'a'.repeat(9_000)}` }, { cookie });
    }
    const before = await size();
    for (let edit = 4; edit <= 9; edit += 1) {
      await sendForm(site, `/comments/${id}/edit`, { body: `${edit} ${'a'.repeat(9_000)}` }, { cookie });
    }
    expect(await site.db.selectFrom('revision').select('id').where('comment_id', '=', id).execute()).toHaveLength(9);
    expect(await size()).toBe(before);
  });

  it('is for those who may moderate, and for nobody else: not for its writer, not on the page of the post', async () => {
    const author = await site.signIn('author');
    const own = await addPost(site.db, { title: 'Mine', authorId: author.id, mode: 'open' });
    const theirs = await addPost(site.db, { title: 'Theirs', mode: 'open' });
    const places: string[] = [];
    const pages: string[] = [];
    const cookies: string[] = [];
    for (const { slug } of [own, theirs]) {
      const { id, cookie } = await replyTo(site, `/posts/${slug}`, { body: `Regretted under ${slug}.` });
      await sendForm(site, `/comments/${id}/edit`, { body: 'Something better.' }, { cookie });
      places.push(`/posts/${slug}`, `/comments/${id}/edit`, `/comments/${id}/delete`);
      pages.push(`/moderation/comments/${id}/revisions`);
      cookies.push(cookie);
    }
    for (const cookie of [undefined, ...cookies, owner.cookie, author.cookie])
      for (const place of places) expect((await openPage(site, place, { cookie })).text).not.toContain('Regretted');
    const queue = await openPage(site, '/moderation?status=approved', author);
    expect(queue.text).toContain(`Regretted under ${own.slug}.`);
    expect(queue.text).not.toContain(`Regretted under ${theirs.slug}.`);
    const [mine = '', others = ''] = pages;
    expect((await openPage(site, mine, author)).text).toContain(`Regretted under ${own.slug}.`);
    expect((await openPage(site, others, author)).status).toBe(404);
    for (const page of pages) {
      expect((await openPage(site, page, owner)).status).toBe(200);
      for (const cookie of [undefined, ...cookies]) {
        const { status, headers } = await openPage(site, page, { cookie });
        expect([status, headers.location]).toEqual([303, `/sign-in?next=${encodeURIComponent(page)}`]);
      }
    }
  });

  it('is no page where a comment was never edited, or never was', async () => {
    const { slug } = await addPost(site.db, { title: 'As it was' });
    const { id } = await replyTo(site, `/posts/${slug}`);
    for (const place of [id, 2_000_000_000]) {
      expect((await openPage(site, `/moderation/comments/${place}/revisions`, owner)).status).toBe(404);
    }
  });

  it('is gone with the comment', async () => {
    const { slug } = await addPost(site.db, { title: 'Gone' });
    const { id, cookie } = await replyTo(site, `/posts/${slug}`, { body: 'Regretted, and more.' });
    await sendForm(site, `/comments/${id}/edit`, { body: 'Something better.' }, { cookie });
    await decideOn(site, owner, id, { action: 'reject' });
    expect((await openPage(site, '/moderation?status=rejected', owner)).text).toContain('Regretted, and more.');
    await sendForm(site, `/comments/${id}/delete`, {}, { cookie });
    expect(await site.db.selectFrom('revision').select('id').where('comment_id', '=', id).execute()).toEqual([]);
  });
});

function linkIn(item: string): string {
  return /<a href="(\/moderation\/[^"]*)"/.exec(item)?.[1] ?? '';
}

function itemOf(text: string, id: number): string {
  return new RegExp(`<li class="queue-item" id="c${id}">[\\s\\S]*?</article>`).exec(text)?.[0] ?? '';
}
