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
  it('stands in the queue beside what it says now, as it was typed, each with its end', async () => {
    site.now = new Date('2027-04-01T12:00:00Z');
    const { slug, id: postId } = await addPost(site.db, { title: 'Second thoughts' });
    const { id, cookie } = await replyTo(site, `/posts/${slug}`, { body: 'The <b>first</b> words.' });
    const other = await replyTo(site, `/posts/${slug}`);
    for (const [minutes, body] of [[2, 'The second words.'] as const, [5, 'The *last* words.'] as const]) {
      site.now = new Date(Date.UTC(2027, 3, 1, 12, minutes));
      await sendForm(site, `/comments/${id}/edit`, { body }, { cookie });
    }
    const { text } = await openPage(site, `/moderation?post=${postId}`, owner);
    const item = itemOf(text, id);
    expect(item).toContain('<em>last</em>');
    expect(item).toContain('The &lt;b&gt;first&lt;/b&gt; words.');
    const words = wordsOf(item);
    expect(words).toContain('Edited by its writer on 1 April 2027 at 12:05.');
    expect(words).toContain(
      'What it said before 2 edits Until 1 April 2027 at 12:02: The <b>first</b> words. Until 1 April 2027 at 12:05: The second words.',
    );
    expect(wordsOf(itemOf(text, other.id))).not.toContain('What it said before');
  });

  it('is for those who may moderate, and for nobody else: not for its writer, not on the page of the post', async () => {
    const author = await site.signIn('author');
    const own = await addPost(site.db, { title: 'Mine', authorId: author.id, mode: 'open' });
    const theirs = await addPost(site.db, { title: 'Theirs', mode: 'open' });
    const places: string[] = [];
    const cookies: string[] = [];
    for (const { slug } of [own, theirs]) {
      const { id, cookie } = await replyTo(site, `/posts/${slug}`, { body: `Regretted under ${slug}.` });
      await sendForm(site, `/comments/${id}/edit`, { body: 'Something better.' }, { cookie });
      places.push(`/posts/${slug}`, `/comments/${id}/edit`, `/comments/${id}/delete`);
      cookies.push(cookie);
    }
    for (const cookie of [undefined, ...cookies, owner.cookie, author.cookie])
      for (const place of places) expect((await openPage(site, place, { cookie })).text).not.toContain('Regretted');
    const queue = await openPage(site, '/moderation?status=approved', author);
    expect(queue.text).toContain(`Regretted under ${own.slug}.`);
    expect(queue.text).not.toContain(`Regretted under ${theirs.slug}.`);
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

function itemOf(text: string, id: number): string {
  return new RegExp(`<li class="queue-item" id="c${id}">[\\s\\S]*?</article>`).exec(text)?.[0] ?? '';
}
