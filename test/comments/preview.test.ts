import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { countComments, fieldOn, openPage, replyTo, sendForm, wordsOf } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;
let path: string;
let owner: { cookie: string };

const typed = {
  name: 'Zoë <b>',
  email: 'not finished yet@',
  website: 'zoe.example',
  body: 'A *thought* & <script>alert(1)</script>\n\n> quoted, https://other.example/',
  parent: '',
  key: randomUUID(),
};

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
  path = `/posts/${(await addPost(site.db, { title: 'Open to all', slug: 'open-to-all', mode: 'open' })).slug}`;
});
afterAll(() => site.close());

describe('The preview of a reply', () => {
  it('is what will be shown when it is posted', async () => {
    const { status, text } = await preview(typed);
    expect(status).toBe(200);
    const shown = /<div class="comment-text"[^>]*>([\s\S]*?)<\/div>/.exec(text)?.[1] ?? '';
    expect(shown).toContain('<em>thought</em> &amp; &lt;script&gt;');
    const { id } = await replyTo(site, path, { ...typed, email: '' });
    expect((await openPage(site, path)).text.split(`id="c${id}"`)[1]).toContain(shown);
  });

  it('stands above the form as it was typed, whatever else is missing', async () => {
    const { text } = await preview({ ...typed, remember: 'on' });
    for (const [name, value] of Object.entries(typed)) expect(fieldOn(text, name)).toBe(value);
    expect(text).toMatch(/name="remember" value="on" checked/);
    expect(text).toContain(`action="${path}/comments"`);
    expect((await preview({ body: 'No name yet.' })).status).toBe(200);
  });

  it('of a reply to a comment stays one', async () => {
    const { id } = await replyTo(site, path);
    expect(fieldOn((await preview({ ...typed, parent: String(id) })).text, 'parent')).toBe(String(id));
  });

  it('has the name of one of the staff where one of them writes', async () => {
    const { text } = await preview({ body: 'By the house.' }, owner);
    expect(wordsOf(text)).toContain('Olivia Owner By the house.');
  });

  it('stores nothing, says nothing to the browser, and is nobody’s to keep', async () => {
    const before = await countComments(site.db);
    const { headers } = await preview({ body: 'Just looking.' });
    expect(await countComments(site.db)).toBe(before);
    expect(await site.db.selectFrom('submission').selectAll().where('key', '=', typed.key).execute()).toHaveLength(1);
    expect([headers['set-cookie'], headers['cache-control']]).toEqual([undefined, 'no-store']);
  });

  it.each([
    ['empty', ' \n ', 'There is no text yet.'],
    ['too long', 'a'.repeat(10_001), 'this one has 10,001'],
    ['nothing that can be seen', '[](https://other.example/)', 'There is no text yet.'],
  ])('of a text that is %s is 422, with the form', async (_kind, body, sentence) => {
    const { status, text } = await preview({ ...typed, body });
    expect(status).toBe(422);
    expect(wordsOf(text)).toContain(sentence);
    expect(fieldOn(text, 'key')).toBe(typed.key);
    expect(fieldOn(text, 'body')).toBe(body);
  });

  it('is possible on a page, too', async () => {
    await addPost(site.db, { title: 'A page', slug: 'a-page', kind: 'page', mode: 'open' });
    const { status, text } = await sendForm(site, '/a-page/comments/preview', typed);
    expect(status).toBe(200);
    expect(text).toContain('action="/a-page/comments"');
  });

  it('after a closing gives the text back', async () => {
    const { slug } = await addPost(site.db, { title: 'Closed', mode: 'closed' });
    const { status, text } = await sendForm(site, `/posts/${slug}/comments/preview`, typed);
    expect(status).toBe(403);
    expect(wordsOf(text)).toContain('Comments are closed');
    expect(text).toContain('A *thought* &amp; &lt;script&gt;');
  });

  it('of a post that is not there is not found, and gives the text back', async () => {
    const { status, text } = await sendForm(site, '/posts/never-was/comments/preview', typed);
    expect(status).toBe(404);
    expect(text).toContain('A *thought* &amp; &lt;script&gt;');
  });

  it('is refused to other sites', async () => {
    const sent = request(site.app).post(`${path}/comments/preview`).set('Sec-Fetch-Site', 'cross-site').type('form');
    expect((await sent.send({ body: 'From elsewhere.' })).status).toBe(403);
  });

  it('leads to the form where it is only asked for', async () => {
    const { status, headers } = await openPage(site, `${path}/comments/preview`);
    expect([status, headers.location]).toEqual([303, `${path}#reply`]);
  });
});

function preview(fields: Readonly<Record<string, string>>, asker = {}) {
  return sendForm(site, `${path}/comments/preview`, fields, asker);
}
