import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { lastEvent, wordsOf } from '../support/comments.ts';
import { begin, fieldsOn, open, send, type Writer } from '../support/desk.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;
let owner: Writer;
let moderator: Writer;
let ada: Writer;
let stranger: Writer;
let id: number;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olga Owner');
  moderator = await site.signIn('moderator', 'Mona Moderator');
  ada = await site.signIn('author', 'Ada Author');
  stranger = await site.signIn('author', 'Sven Stranger');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date('2026-05-03T12:00:00Z');
  id = await begin(site, ada, { title: 'First title', body: 'The quick brown fox.\n\nIt <b>stays</b>.', tags: 'Tea' });
});

/** Saves the form at the desk as it stands, but for these fields, ten minutes later; says by which event. */
async function save(fields: Readonly<Record<string, string>>, writer = ada): Promise<number> {
  site.now = new Date(site.now.getTime() + 600_000);
  const form = fieldsOn((await open(site, writer, `/write/${id}`)).text);
  const answer = await send(site, writer, `/write/${id}`, { action: 'edit', ...form, ...fields });
  if (answer.status !== 303) throw new Error(`${answer.status}: ${wordsOf(answer.text)}`);
  return (await last()).id;
}

const last = () => lastEvent(site.db, 'post', id);
const rowOf = () => site.db.selectFrom('post').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const list = (reader: Writer | undefined = ada, query = '') => open(site, reader, `/write/${id}/history${query}`);
const show = (event: number, reader: Writer | undefined = ada) => open(site, reader, `/write/${id}/history/${event}`);
const bringBack = (event: number, fields: Readonly<Record<string, string>>, writer = ada) =>
  send(site, writer, `/write/${id}/history/${event}`, fields);
const version = async () => ({ version: String((await rowOf()).version) });
const unheard = (html: string) => html.replace(/<span class="visually-hidden">[^<]*<\/span>/g, '');
const markup = (html: string) => unheard(/<div class="comparison"[\s\S]*?<h2/.exec(html)?.[0] ?? '');

describe('The list of earlier versions', () => {
  it('says that there is none yet, and is linked from the desk and from the bin', async () => {
    expect(wordsOf((await list()).text)).toContain('Its text was not changed since earlier versions are kept.');
    const link = `href="/write/${id}/history"`;
    expect((await open(site, ada, `/write/${id}`)).text).toContain(link);
    await send(site, ada, `/write/${id}/bin`, await version());
    expect((await open(site, ada, `/write/${id}`)).text).toContain(link);
    expect((await open(site, ada, '/write/new')).text).not.toContain('/history"');
  });

  it('has each version with who wrote it, when, and until when it was this, the newest first', async () => {
    await save({ title: 'Second title' });
    const third = await save({ title: 'Third title' }, owner);
    await save({ mode: 'closed' }, owner);
    await send(site, ada, '/moderation/undo', { event: String(third) });
    expect(wordsOf((await list()).text)).toMatch(
      new RegExp(
        [
          'Now: Second title Brought back by Ada Author by an undo on 3 May 2026 at 12:30',
          'Third title Written by Olga Owner on 3 May 2026 at 12:20. It was this until 3 May 2026 at 12:30',
          'Second title Written by Ada Author on 3 May 2026 at 12:10. It was this until 3 May 2026 at 12:20',
          'First title Written by Ada Author on 3 May 2026 at 12:00. It was this until 3 May 2026 at 12:10',
        ].join('.*'),
      ),
    );
  });

  it('goes on where it is long', async () => {
    for (let number = 2; number <= 33; number += 1) await save({ title: `Title ${number}` });
    const { text } = await list();
    expect(text).toContain('>Title 32</a>');
    expect(text).not.toContain('>First title</a>');
    const older = /href="([^"]*\?before=\d+)" rel="next"/.exec(text)?.[1] ?? '';
    const rest = (await open(site, ada, older)).text;
    expect(rest).toContain('>First title</a>');
    expect(rest).not.toContain('rel="next"');
  });

  it('and each version are for whoever may write on the post, and for nobody else', async () => {
    const edit = await save({ title: 'Second title' });
    for (const reader of [ada, owner]) {
      expect((await list(reader)).status).toBe(200);
      expect((await show(edit, reader)).status).toBe(200);
    }
    for (const reader of [moderator, stranger]) {
      expect((await list(reader)).status).toBe(404);
      expect((await show(edit, reader)).status).toBe(404);
      expect((await bringBack(edit, await version(), reader)).status).toBe(404);
    }
    const answer = await open(site, undefined, `/write/${id}/history`);
    expect([answer.status, answer.headers.location]).toEqual([303, `/sign-in?next=%2Fwrite%2F${id}%2Fhistory`]);
    expect((await rowOf()).title).toBe('Second title');
  });
});

describe('An earlier version', () => {
  it('tells in words, too, what was removed and what was added, and where the rest goes on', async () => {
    const { text } = await show(await save({ body: 'The quick red fox.', title: 'Second title' }));
    expect(wordsOf(text)).toMatch(/The quick \[removed:\] ?brown ?\[added:\] ?red ?\[the same:\] ?fox\./);
    expect(wordsOf(text)).toMatch(/\[removed:\] ?First title ?\[added:\] ?Second title/);
  });

  it('is shown with its text and what the next one changed of it', async () => {
    const first = await save({
      body: 'The quick red fox.\n\nIt <b>stays</b>.',
      tags: 'Tea, Milk',
      title: 'Second title',
    });
    await save({ body: 'Something else.' });
    const { text } = await show(first);
    expect(markup(text)).toContain('The quick <del>brown</del><ins>red</ins> fox.');
    expect(markup(text)).toContain('It &lt;b&gt;stays&lt;/b&gt;.');
    expect(unheard(text)).toContain('<del>First title</del> <ins>Second title</ins>');
    expect(unheard(text)).toContain('<del>Tea</del> <ins>Milk, Tea</ins>');
    expect(wordsOf(text)).toContain('What the next version changed');
    expect(/<pre class="kept-text"[^>]*>([\s\S]*?)<\/pre>/.exec(text)?.[1]).toContain('The quick brown fox.');
  });

  it('is compared with what is now, where no other came between', async () => {
    const edit = await save({ body: 'The quick brown fox.' });
    expect(wordsOf((await show(edit)).text)).toContain('What was changed then, as it is now');
  });

  it('is no version of another post', async () => {
    const edit = await save({ title: 'Second title' });
    const other = await begin(site, ada, { title: 'Another' });
    expect((await open(site, ada, `/write/${other}/history/${edit}`)).status).toBe(404);
    expect((await send(site, ada, `/write/${other}/history/${edit}`, { version: '1', partly: 'yes' })).status).toBe(
      404,
    );
    expect(fieldsOn((await open(site, ada, `/write/${other}`)).text)).toMatchObject({ title: 'Another', version: '1' });
    for (const name of ['0', 'x', '999999'])
      expect((await open(site, ada, `/write/${id}/history/${name}`)).status).toBe(404);
  });

  it('is brought back as an edit like any other, which can be undone', async () => {
    const edit = await save({ title: 'Second title', body: 'Second.', tags: 'Milk' });
    const answer = await bringBack(edit, await version());
    expect([answer.status, answer.headers.location]).toEqual([303, `/write/${id}`]);
    expect(await rowOf()).toMatchObject({ title: 'First title', version: 3 });
    const event = await last();
    expect(event).toMatchObject({ action: 'edit', actor_id: ada.id, undoes: null });
    const desk = (await open(site, ada, `/write/${id}`)).text;
    expect(wordsOf(desk)).toContain('It is again what it was until 3 May 2026 at 12:10.');
    expect(desk).toContain(`name="event" value="${event.id}"`);
    expect((await send(site, ada, '/moderation/undo', { event: String(event.id) })).status).toBe(303);
    expect(await rowOf()).toMatchObject({ title: 'Second title', source: 'Second.' });
  });

  it('is brought back once, where the form is sent twice', async () => {
    const edit = await save({ title: 'Second title' });
    const form = await version();
    const answers = await Promise.all([bringBack(edit, form), bringBack(edit, form)]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    expect((await rowOf()).version).toBe(3);
  });

  it('is not brought back over what somebody saved meanwhile', async () => {
    const edit = await save({ title: 'Second title' });
    const form = await version();
    await save({ title: 'Third title' }, owner);
    const answer = await bringBack(edit, form);
    expect(answer.status).toBe(409);
    expect(wordsOf(answer.text)).toContain('Olga Owner saved it');
    expect((await rowOf()).title).toBe('Third title');
    const again = /name="version" value="(\d+)"/.exec(answer.text)?.[1] ?? '';
    expect((await bringBack(edit, { version: again })).status).toBe(303);
    expect((await bringBack(edit, {})).status).toBe(303);
    expect((await rowOf()).title).toBe('First title');
  });

  it('is not brought back into the bin', async () => {
    const edit = await save({ title: 'Second title' });
    await send(site, ada, `/write/${id}/bin`, await version());
    const page = await show(edit);
    expect(wordsOf(page.text)).toContain('It lies in the bin.');
    expect(page.text).not.toContain('name="version"');
    expect((await bringBack(edit, await version())).status).toBe(409);
    expect((await rowOf()).title).toBe('Second title');
  });

  it('comes back without its address, where another post has that by now', async () => {
    const { slug } = await rowOf();
    const edit = await save({ title: 'Second title', slug: `second-${id}` });
    await addPost(site.db, { title: 'Taker', slug });
    const answer = await bringBack(edit, await version());
    expect(answer.status).toBe(409);
    expect(wordsOf(answer.text)).toContain(`Another post or page has the address “${slug}”`);
    expect((await rowOf()).title).toBe('Second title');
    expect((await bringBack(edit, { ...(await version()), partly: 'yes' })).status).toBe(303);
    expect(await rowOf()).toMatchObject({ title: 'First title', slug: `second-${id}` });
  });

  it('comes back with the authors of now, where an author brings it back', async () => {
    const handleOf = async (writer: Writer) =>
      (await site.db.selectFrom('account').select('handle').where('id', '=', writer.id).executeTakeFirstOrThrow())
        .handle;
    const authors = () =>
      site.db.selectFrom('post_author').select('account_id').where('post_id', '=', id).orderBy('position').execute();
    const both = `${await handleOf(stranger)}, ${await handleOf(ada)}`;
    const edit = await save({ title: 'Second title', authors: both }, owner);
    await bringBack(edit, await version());
    expect([(await rowOf()).title, (await authors()).length]).toEqual(['First title', 2]);
    await bringBack(edit, await version(), owner);
    expect(await authors()).toEqual([{ account_id: ada.id }]);
  });
});

describe('An author who has no account any more that could write', () => {
  /** Somebody writes along, is taken off with the edit that is returned, and is disabled then. */
  const leave = async () => {
    const gone = await site.signIn('author', 'Gustav Gone');
    const handles = await site.db.selectFrom('account').select(['id', 'handle']).execute();
    const called = (writer: Writer) => handles.find((each) => each.id === writer.id)?.handle ?? '';
    await save({ authors: `${called(ada)}, ${called(gone)}` }, owner);
    const edit = await save({ title: 'Second title', authors: called(ada) }, owner);
    await site.db.updateTable('account').set({ disabled_at: site.now }).where('id', '=', gone.id).execute();
    return edit;
  };

  it('is in the way of whoever may change who the authors are', async () => {
    const edit = await leave();
    const answer = await bringBack(edit, await version(), owner);
    expect([answer.status, wordsOf(answer.text)]).toEqual([409, expect.stringContaining('Gustav Gone')]);
    expect((await rowOf()).title).toBe('Second title');
  });

  it('is not in the way of an author, who may not', async () => {
    const edit = await leave();
    expect((await bringBack(edit, await version())).status).toBe(303);
    expect((await rowOf()).title).toBe('First title');
  });
});

describe('After saving, the page offers to undo', () => {
  const notice = async (path = `/write/${id}`) =>
    /<div class="notice">[\s\S]*?<\/div>/.exec((await open(site, ada, path)).text)?.[0] ?? '';

  it('what was saved, published or begun', async () => {
    expect(wordsOf(await notice())).toBe('Saved as a draft. Undo');
    const edit = await save({ title: 'Second title', action: 'publish' });
    const said = await notice();
    expect(wordsOf(said)).toBe('Published. Undo');
    expect(said).toContain(`name="event" value="${edit}"`);
    await send(site, ada, '/moderation/undo', { event: String(edit), back: `/write/${id}` });
    expect(wordsOf(await notice())).toBe('It was undone. Undo');
    expect(await rowOf()).toMatchObject({ title: 'First title', published_at: null });
  });

  it('what was put into the bin', async () => {
    await notice();
    await send(site, ada, `/write/${id}/bin`, await version());
    const said = await notice('/write');
    expect(wordsOf(said)).toBe('“First title” is in the bin. Undo');
    await send(site, ada, '/moderation/undo', { event: String((await last()).id), back: '/write' });
    expect((await rowOf()).deleted_at).toBeNull();
  });

  it('a comment setting that was changed alone, and the text without it where both were', async () => {
    await save({ mode: 'closed' });
    expect(wordsOf(await notice())).toBe('Saved. Undo');
    await save({ mode: 'open', title: 'Second title' });
    expect(wordsOf(await notice())).toBe('Saved. Undo all but the comment settings');
    await save({ mode: 'site', closing: 'never' });
    expect(wordsOf(await notice())).toBe('Saved.');
    await save({});
    expect(wordsOf(await notice())).toBe('Saved.');
  });
});
