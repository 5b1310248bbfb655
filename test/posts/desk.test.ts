import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { lockSlugs } from '../../src/posts/addresses.ts';
import { begin, fieldsOn, open, send, type Writer } from '../support/desk.ts';
import { untilWaiting } from '../support/held-back.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;
let ada: Writer;
let owner: Writer;

beforeAll(async () => {
  site = await createTestSite();
  ada = await site.signIn('author', 'Ada Author');
  owner = await site.signIn('owner', 'Olga Owner');
});
beforeEach(() => {
  site.now = new Date('2026-05-03T12:04:00Z');
});
afterAll(() => site.close());

describe('a new post', () => {
  it('is a draft of whoever writes it, with a conversation, its count and an event', async () => {
    const id = await begin(site, ada, { title: 'A first post', body: 'Some *words*.' });
    const post = await site.db.selectFrom('post').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    expect(post).toMatchObject({
      kind: 'post',
      slug: 'a-first-post',
      source: 'Some *words*.',
      source_format: 'markdown',
      html: '<p>Some <em>words</em>.</p>\n',
      published_at: null,
      version: 1,
      created_at: site.now,
      updated_at: site.now,
    });
    expect(post.renderer_version).toBeGreaterThan(0);
    const authors = await site.db.selectFrom('post_author').selectAll().where('post_id', '=', id).execute();
    expect(authors).toEqual([{ post_id: id, account_id: ada.id, position: 1 }]);
    const count = await site.db
      .selectFrom('conversation_count')
      .selectAll()
      .where('conversation_id', '=', post.conversation_id)
      .execute();
    expect(count).toEqual([{ conversation_id: post.conversation_id, readable: 0, waiting: 0 }]);
    expect(await eventsOf(id)).toEqual(['create → draft']);
  });

  it('says its state at the top', async () => {
    const id = await begin(site, ada, { title: 'Stated' });
    expect((await open(site, ada, `/write/${id}`)).text).toContain('>Draft, saved 12:04<');
    site.now = new Date('2026-05-04T08:00:00Z');
    expect((await open(site, ada, `/write/${id}`)).text).toContain('>Draft, saved 3 May 2026 at 12:04<');
    expect((await open(site, ada, '/write/new')).text).toContain('>Not saved yet<');
  });

  it('is a page where that is chosen', async () => {
    const page = await open(site, ada, '/write/new?kind=page');
    expect(fieldsOn(page.text)).toMatchObject({ kind: 'page' });
    const id = await begin(site, ada, { ...fieldsOn(page.text), title: 'Who we are' });
    expect(await rowOf(id)).toMatchObject({ kind: 'page', slug: 'who-we-are' });
  });

  it('is made once when its form is sent twice, at once or one after the other', async () => {
    const fields = { ...fieldsOn((await open(site, ada, '/write/new')).text), title: 'Twice', action: 'edit' };
    const answers = await Promise.all([send(site, ada, '/write/new', fields), send(site, ada, '/write/new', fields)]);
    answers.push(await send(site, ada, '/write/new', fields));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
    expect(new Set(answers.map(({ headers }) => headers.location)).size).toBe(1);
    expect(await site.db.selectFrom('post').select('id').where('title', '=', 'Twice').execute()).toHaveLength(1);
  });

  it('waits for who is saving it when its form is sent a second time, and does not hold them up', async () => {
    const fields = { ...fieldsOn((await open(site, ada, '/write/new')).text), title: 'Sent again' };
    const id = await begin(site, ada, fields);
    let again: Promise<{ status: number }> | undefined;
    await site.db.transaction().execute(async (trx) => {
      await trx.selectFrom('post').select('id').where('id', '=', id).forUpdate().execute();
      again = Promise.resolve(send(site, ada, '/write/new', fields));
      await untilWaiting(site.db, 1);
      await lockSlugs(trx);
    });
    expect((await again)?.status).toBe(303);
  });

  it('is not made again when its form is sent a second time with another text: both are shown', async () => {
    const fields = { ...fieldsOn((await open(site, ada, '/write/new')).text), title: 'Once', body: 'First text' };
    const id = await begin(site, ada, fields);
    const answer = await send(site, ada, '/write/new', { ...fields, body: 'Second text' });
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('First text');
    expect(fieldsOn(answer.text)).toMatchObject({ body: 'Second text', version: '1' });
    expect(answer.text).toContain(`action="/write/${id}"`);
  });

  it('is refused with what was typed and the reason beside the field', async () => {
    const answer = await send(site, ada, '/write/new', { title: '', body: '\nMy <text>', excerpt: 'x'.repeat(501) });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('<a href="#title">It needs a title.</a>');
    expect(answer.text).toContain('<p class="field-error" id="title-error">It needs a title.</p>');
    expect(answer.text).toMatch(/<input id="title"[^>]* aria-invalid="true" aria-describedby="title-error">/);
    expect(answer.text).toMatch(/<details class="desk-details" open>/);
    expect(fieldsOn(answer.text)).toMatchObject({ body: '\nMy <text>', excerpt: 'x'.repeat(501) });
  });

  it('keeps tags that are too long to be read, too', async () => {
    const tags = 'one,'.repeat(501);
    const answer = await send(site, ada, '/write/new', { title: 'Many tags', tags });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('id="tags-error">This is longer than 2,000 characters.<');
    expect(fieldsOn(answer.text)).toMatchObject({ title: 'Many tags', tags });
  });

  it('does not take an action that there is not', async () => {
    expect((await send(site, ada, '/write/new', { title: 'Odd', action: 'explode' })).status).toBe(400);
  });
});

describe('saving', () => {
  it('keeps every character of the text, an empty first line included', async () => {
    const body = '\n\n    code & "quotes" <b>\n\nEnd \u{1f600} {{ it }} <%= 1 %>\n';
    const id = await begin(site, ada, { title: 'Characters & <co>', body });
    const fields = fieldsOn((await open(site, ada, `/write/${id}`)).text);
    expect(fields).toMatchObject({ title: 'Characters & <co>', body });
    await send(site, ada, `/write/${id}`, { ...fields, body: fields.body?.replaceAll('\n', '\r\n') ?? '' });
    expect((await rowOf(id)).source).toBe(body);
  });

  it('changes the text and its rendering, raises the version and is an event', async () => {
    const id = await begin(site, ada, { title: 'To be changed', body: 'Old' });
    site.now = new Date('2026-05-03T12:10:00Z');
    const answer = await send(site, ada, `/write/${id}`, { version: '1', body: 'New', excerpt: ' In  short ' });
    expect([answer.status, answer.headers.location]).toEqual([303, `/write/${id}`]);
    expect(await rowOf(id)).toMatchObject({
      title: 'To be changed',
      source: 'New',
      html: '<p>New</p>\n',
      excerpt: 'In short',
      version: 2,
      updated_at: site.now,
    });
    expect(await eventsOf(id)).toEqual(['create → draft', 'edit draft → draft']);
    const saved = await open(site, ada, `/write/${id}`);
    expect(saved.text).toContain('role="status">Saved.<');
    // What was done comes first in the title, which is what one hears first of a page that has just come.
    expect(saved.text).toContain('<title>Saved. · ');
  });

  it('of an unchanged form changes nothing', async () => {
    const id = await begin(site, ada, { title: 'Unchanged', body: 'Text', tags: 'One, two' });
    const fields = fieldsOn((await open(site, ada, `/write/${id}`)).text);
    expect((await send(site, ada, `/write/${id}`, fields)).status).toBe(303);
    expect(await rowOf(id)).toMatchObject({ version: 1 });
    expect(await eventsOf(id)).toHaveLength(1);
  });

  it('keeps a text of 500,000 characters and refuses one more, with the text', async () => {
    const id = await begin(site, ada, { title: 'Long', body: 'x'.repeat(500_000) });
    expect((await rowOf(id)).source).toHaveLength(500_000);
    const answer = await send(site, ada, `/write/${id}`, { version: '1', body: 'y'.repeat(500_001) });
    expect(answer.status).toBe(422);
    expect(fieldsOn(answer.text).body).toHaveLength(500_001);
  });
});

describe('tags', () => {
  it('are matched by slug, whatever their case, and made where they are new', async () => {
    const one = await begin(site, ada, { title: 'Tagged', tags: 'Remote Work, Trust' });
    const two = await begin(site, ada, { title: 'Tagged too', tags: 'remote work, New ideas' });
    expect(await tagsOf(one)).toEqual(['Remote Work', 'Trust']);
    expect(await tagsOf(two)).toEqual(['New ideas', 'Remote Work']);
    await send(site, ada, `/write/${two}`, { version: '1', tags: 'TRUST' });
    expect(await tagsOf(two)).toEqual(['Trust']);
    await send(site, ada, `/write/${two}`, { version: '2', tags: '' });
    expect(await tagsOf(two)).toEqual([]);
  });

  it('that two writers make at the same time are made once', async () => {
    await Promise.all([
      begin(site, ada, { title: 'At once', tags: 'alpha, beta, gamma' }),
      begin(site, owner, { title: 'At once as well', tags: 'gamma, beta, alpha' }),
    ]);
    expect(await site.db.selectFrom('tag').select('id').where('slug', 'in', ['alpha', 'beta']).execute()).toHaveLength(
      2,
    );
  });
});

describe('authors', () => {
  it('are shown to an author, who cannot change them', async () => {
    const id = await begin(site, ada, { title: 'Mine', authors: 'someone-else' });
    const page = await open(site, ada, `/write/${id}`);
    expect(page.text).toContain('Authors: Ada Author');
    expect(fieldsOn(page.text)).not.toHaveProperty('authors');
    await send(site, ada, `/write/${id}`, { version: '1', title: 'Still mine', authors: 'someone-else' });
    expect(await authorsOf(id)).toEqual(['Ada Author']);
  });

  it('are added, ordered and taken away by the owner, by their handles', async () => {
    const bea = await site.signIn('author', 'Bea Author');
    const [adas, beas] = await Promise.all([handleOf(ada), handleOf(bea)]);
    const id = await begin(site, ada, { title: 'Ours' });
    expect((await open(site, bea, `/write/${id}`)).status).toBe(404);
    await send(site, owner, `/write/${id}`, { version: '1', authors: `@${beas.toUpperCase()}, ${adas}` });
    expect(await authorsOf(id)).toEqual(['Bea Author', 'Ada Author']);
    expect((await open(site, bea, `/write/${id}`)).status).toBe(200);
    await send(site, owner, `/write/${id}`, { version: '2', authors: beas });
    expect(await authorsOf(id)).toEqual(['Bea Author']);
    expect((await open(site, ada, `/write/${id}`)).status).toBe(404);
  });

  it('must be known, and one of them stays', async () => {
    const id = await begin(site, owner, { title: 'Authored' });
    const unknown = await send(site, owner, `/write/${id}`, { version: '1', authors: 'nobody-here' });
    expect(unknown.status).toBe(422);
    expect(unknown.text).toContain('Nobody here has the handle “nobody-here”.');
    const none = await send(site, owner, `/write/${id}`, { version: '1', authors: ' ' });
    expect(none.status).toBe(422);
    expect(none.text).toContain('At least one author stays.');
    expect(await authorsOf(id)).toEqual(['Olga Owner']);
  });
});

describe('the comment settings of a post', () => {
  it('are the site’s unless the post has its own, and a change is an event of the conversation', async () => {
    const id = await begin(site, ada, { title: 'Discussed' });
    expect(await settingsOf(id)).toEqual({ mode: null, close_after_days: null, close_after_quiet_days: null });
    const own = { mode: 'all_held', closing: 'days', closing_days: '30' };
    await send(site, ada, `/write/${id}`, { version: '1', ...own });
    expect(await settingsOf(id)).toEqual({ mode: 'all_held', close_after_days: 30, close_after_quiet_days: 0 });
    expect(fieldsOn((await open(site, ada, `/write/${id}`)).text)).toMatchObject(own);
    await send(site, ada, `/write/${id}`, { version: '2', mode: 'closed', closing: 'never' });
    expect(await settingsOf(id)).toEqual({ mode: 'closed', close_after_days: 0, close_after_quiet_days: 0 });
    await send(site, ada, `/write/${id}`, { version: '3', mode: 'site', closing: 'site' });
    expect(await settingsOf(id)).toEqual({ mode: null, close_after_days: null, close_after_quiet_days: null });
    expect(await conversationEventsOf(id)).toEqual([
      ['set_mode', 'site', 'all_held', {}],
      ['set_closing', null, null, { to: 30, quiet_to: 0 }],
      ['set_mode', 'all_held', 'closed', {}],
      ['set_closing', null, null, { from: 30, to: 0, quiet_from: 0, quiet_to: 0 }],
      ['set_mode', 'closed', 'site', {}],
      ['set_closing', null, null, { from: 0, quiet_from: 0 }],
    ]);
  });

  it('are set with the first save as well', async () => {
    const id = await begin(site, ada, { title: 'Quiet', mode: 'closed' });
    expect(await settingsOf(id)).toEqual({ mode: 'closed', close_after_days: null, close_after_quiet_days: null });
  });

  it('refuses a number of days that is none', async () => {
    const answer = await send(site, ada, '/write/new', { title: 'Days', closing: 'days', closing_days: 'soon' });
    expect(answer.status).toBe(422);
    expect(fieldsOn(answer.text)).toMatchObject({ closing: 'days', closing_days: 'soon' });
    expect(answer.text).toMatch(/<details class="desk-comments" open>/);
  });

  it('are out of reach for an author where the owner lets only moderators decide', async () => {
    const id = await begin(site, ada, { title: 'Not for authors', mode: 'all_held' });
    await site.db.updateTable('site').set({ authors_moderate: false }).execute();
    try {
      expect(fieldsOn((await open(site, ada, `/write/${id}`)).text)).not.toHaveProperty('mode');
      await send(site, ada, `/write/${id}`, { version: '1', title: 'Saved all the same', mode: 'open' });
      expect(await rowOf(id)).toMatchObject({ title: 'Saved all the same' });
      expect(await settingsOf(id)).toMatchObject({ mode: 'all_held' });
    } finally {
      await site.db.updateTable('site').set({ authors_moderate: true }).execute();
    }
  });
});

describe('the preview', () => {
  const typed = {
    title: 'Seen before',
    body: '\n## Part\n\nA <script>alert(1)</script> *text* with "quotes"\n\n| a | b |\n|---|---|\n| 1 | 2 |\n',
    tags: 'Looks, ideas',
  };

  it('is exactly what readers get when it is published', async () => {
    const preview = await send(site, ada, '/write/new/preview', typed);
    expect(preview.status).toBe(200);
    const id = await begin(site, ada, { ...typed, action: 'publish' });
    const { slug } = await rowOf(id);
    const published = await open(site, undefined, `/posts/${slug}`);
    expect(published.status).toBe(200);
    expect(articleOn(preview.text)).toBe(articleOn(published.text));
    expect(articleOn(preview.text)).toContain('<em>text</em>');
    expect(articleOn(preview.text)).not.toContain('<script');
  });

  it('saves nothing', async () => {
    const id = await begin(site, ada, { title: 'As it was', body: 'Old' });
    const preview = await send(site, ada, `/write/${id}/preview`, { version: '1', title: 'Not yet', body: 'New' });
    expect(articleOn(preview.text)).toContain('New');
    expect(await rowOf(id)).toMatchObject({ title: 'As it was', source: 'Old', version: 1 });
  });

  it('leads back to the form with everything that was typed', async () => {
    const id = await begin(site, owner, { title: 'There and back' });
    const before = {
      ...fieldsOn((await open(site, owner, `/write/${id}`)).text),
      ...typed,
      mode: 'closed',
      publish_at: '2026-06-01T10:00',
    };
    const preview = await send(site, owner, `/write/${id}/preview`, before);
    const back = await send(site, owner, `/write/${id}/text`, fieldsOn(preview.text));
    expect(back.status).toBe(200);
    expect(fieldsOn(back.text)).toEqual(before);
  });

  it('asked for by its address leads to the form as it was saved last', async () => {
    for (const path of ['/write/7/preview', '/write/7/text']) {
      const answer = await open(site, ada, path);
      expect([answer.status, answer.headers.location]).toEqual([303, '/write/7']);
    }
  });

  it('of a form with mistakes is the form', async () => {
    const answer = await send(site, ada, '/write/new/preview', { title: '', body: 'Kept' });
    expect(answer.status).toBe(422);
    expect(fieldsOn(answer.text)).toMatchObject({ body: 'Kept' });
  });
});

describe('the list', () => {
  it('has what was changed last on top, thirty to a page, and loses none on the way', async () => {
    const bob = await site.signIn('author', 'Bob Author');
    const titles = Array.from({ length: 65 }, (_, index) => `Number ${index}`);
    for (const [index, title] of titles.entries()) {
      const { id } = await addPost(site.db, { title, authorId: bob.id, publishedAt: null });
      const updated_at = new Date(site.now.getTime() + Math.floor(index / 4) * 1000);
      await site.db.updateTable('post').set({ updated_at }).where('id', '=', id).execute();
    }
    const listed: string[] = [];
    let path: string | undefined = '/write';
    while (path) {
      const { text } = await open(site, bob, path);
      listed.push(...listedOn(text));
      path = /<a href="([^"]*)" rel="next">/.exec(text)?.[1]?.replaceAll('&amp;', '&');
    }
    expect(listed).toEqual(titles.toReversed());
  });

  it('can be narrowed to a state; the bin is a list of its own', async () => {
    const cleo = await site.signIn('author', 'Cleo Author');
    const later = new Date('2026-06-01T00:00:00Z');
    await addPost(site.db, { title: 'Drafted', authorId: cleo.id, publishedAt: null });
    await addPost(site.db, { title: 'To come', authorId: cleo.id, publishedAt: later });
    await addPost(site.db, { title: 'Out', authorId: cleo.id, kind: 'page' });
    const { id } = await addPost(site.db, { title: 'Thrown away', authorId: cleo.id });
    await send(site, cleo, `/write/${id}/bin`, { version: '1' });
    const listed = async (path: string) => listedOn((await open(site, cleo, path)).text).sort();
    expect(await listed('/write')).toEqual(['Drafted', 'Out', 'To come']);
    expect(await listed('/write?state=draft')).toEqual(['Drafted']);
    expect(await listed('/write?state=scheduled')).toEqual(['To come']);
    expect(await listed('/write?state=published')).toEqual(['Out']);
    expect(await listed('/write?state=binned')).toEqual(['Thrown away']);
    expect(await listed('/write?state=nonsense&before=nonsense')).toHaveLength(3);
    site.now = new Date('2026-06-01T00:00:00Z');
    expect(await listed('/write?state=published')).toEqual(['Out', 'To come']);
  });

  it('says what will be there while it is empty', async () => {
    const dora = await site.signIn('moderator', 'Dora Moderator');
    expect((await open(site, dora, '/write')).text).toContain('Nothing is written yet.');
    expect((await open(site, dora, '/write?state=binned')).text).toContain('The bin is empty.');
  });
});

function rowOf(id: number) {
  return site.db.selectFrom('post').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

async function eventsOf(id: number): Promise<string[]> {
  const rows = await site.db
    .selectFrom('event')
    .selectAll()
    .where('subject_kind', '=', 'post')
    .where('subject_id', '=', id)
    .orderBy('id')
    .execute();
  return rows.map(({ action, from_status, to_status }) =>
    [action, from_status, '→', to_status].filter(Boolean).join(' '),
  );
}

async function conversationEventsOf(id: number) {
  const { conversation_id } = await rowOf(id);
  const rows = await site.db
    .selectFrom('event')
    .selectAll()
    .where('subject_kind', '=', 'conversation')
    .where('subject_id', '=', conversation_id)
    .orderBy('id')
    .execute();
  return rows.map(({ action, from_status, to_status, numbers }) => [action, from_status, to_status, numbers]);
}

function settingsOf(id: number) {
  return site.db
    .selectFrom('conversation')
    .innerJoin('post', 'post.conversation_id', 'conversation.id')
    .select(['conversation.mode', 'conversation.close_after_days', 'conversation.close_after_quiet_days'])
    .where('post.id', '=', id)
    .executeTakeFirstOrThrow();
}

async function tagsOf(id: number): Promise<string[]> {
  const rows = await site.db
    .selectFrom('post_tag')
    .innerJoin('tag', 'tag.id', 'post_tag.tag_id')
    .select('tag.name')
    .where('post_tag.post_id', '=', id)
    .orderBy('tag.slug')
    .execute();
  return rows.map(({ name }) => name);
}

async function authorsOf(id: number): Promise<string[]> {
  const rows = await site.db
    .selectFrom('post_author')
    .innerJoin('account', 'account.id', 'post_author.account_id')
    .select('account.name')
    .where('post_author.post_id', '=', id)
    .orderBy('post_author.position')
    .execute();
  return rows.map(({ name }) => name);
}

async function handleOf(writer: Writer): Promise<string> {
  const { handle } = await site.db
    .selectFrom('account')
    .select('handle')
    .where('id', '=', writer.id)
    .executeTakeFirstOrThrow();
  return handle;
}

function articleOn(html: string): string | undefined {
  return /<article class="post">[\s\S]*<\/article>/.exec(html)?.[0];
}

function listedOn(html: string): string[] {
  return [...html.matchAll(/<h2[^>]*><a href="\/write\/\d+">([^<]*)<\/a>/g)].map(([, title = '']) => title);
}
