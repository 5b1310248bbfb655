import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { begin, fieldsOn, hasButton, open, send, type Writer } from '../support/desk.ts';
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
  site.now = new Date('2026-05-03T12:00:00Z');
});
afterAll(() => site.close());

describe('the second of two who save one post', () => {
  it('is told who was first, is shown both texts, and overwrites nothing', async () => {
    const id = await begin(site, ada, { title: 'Contested', body: 'Text', tags: 'one' });
    const form = fieldsOn((await open(site, owner, `/write/${id}`)).text);
    await send(site, ada, `/write/${id}`, { version: '1', title: 'Ada’s title', body: '\nAda’s text' });

    site.now = new Date('2026-05-03T12:10:00Z');
    const typed = { ...form, title: 'Olga’s title', body: '\nOlga’s text', tags: 'one, two' };
    const answer = await send(site, owner, `/write/${id}`, typed);
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('Ada Author saved it, 12:00.');
    expect(answer.text).toContain('Ada’s title</dd>');
    expect(answer.text).toContain('\nAda’s text</dd>');
    expect(fieldsOn(answer.text)).toMatchObject({ title: 'Olga’s title', body: '\nOlga’s text', tags: 'one, two' });
    expect(await rowOf(id)).toMatchObject({ title: 'Ada’s title', source: '\nAda’s text', version: 2 });
  });

  it('can save the own text over the other one, knowingly', async () => {
    const id = await begin(site, ada, { title: 'Overwritten', body: 'Text' });
    await send(site, ada, `/write/${id}`, { version: '1', body: 'Ada’s text' });
    const conflict = await send(site, owner, `/write/${id}`, { version: '1', body: 'Olga’s text' });
    expect(conflict.text).toContain('>Save mine over it<');
    const saved = await send(site, owner, `/write/${id}`, { ...fieldsOn(conflict.text), action: 'edit' });
    expect(saved.status).toBe(303);
    expect(await rowOf(id)).toMatchObject({ source: 'Olga’s text', version: 3 });
  });

  it('can go on from what is stored', async () => {
    const id = await begin(site, ada, { title: 'Gone on from', body: 'Text' });
    await send(site, ada, `/write/${id}`, { version: '1', body: 'Ada’s text' });
    const conflict = await send(site, owner, `/write/${id}`, { version: '1', body: 'Olga’s text' });
    expect(conflict.text).toContain(`<a href="/write/${id}">Go on from what is stored</a>`);
    expect(fieldsOn((await open(site, owner, `/write/${id}`)).text)).toMatchObject({
      body: 'Ada’s text',
      version: '2',
    });
  });

  it('is told again when a third one comes before the decision', async () => {
    const id = await begin(site, ada, { title: 'Busy', body: 'Text' });
    await send(site, ada, `/write/${id}`, { version: '1', body: 'Second' });
    const conflict = await send(site, owner, `/write/${id}`, { version: '1', body: 'Olga’s text' });
    await send(site, ada, `/write/${id}`, { version: '2', body: 'Third' });
    const again = await send(site, owner, `/write/${id}`, { ...fieldsOn(conflict.text), action: 'edit' });
    expect(again.status).toBe(409);
    expect(again.text).toContain('Third</dd>');
    expect(fieldsOn(again.text)).toMatchObject({ body: 'Olga’s text' });
  });

  it('is told when the form does not say what it was made from', async () => {
    const id = await begin(site, ada, { title: 'Unversioned', body: 'Text' });
    for (const version of ['', '0', 'x', '99999999999']) {
      expect((await send(site, ada, `/write/${id}`, { version, body: 'Other' })).status).toBe(409);
    }
    expect((await send(site, ada, `/write/${id}`, { body: 'Other' })).status).toBe(409);
    expect(await rowOf(id)).toMatchObject({ source: 'Text', version: 1 });
  });

  it('is one of two at the very same moment', async () => {
    const id = await begin(site, ada, { title: 'Raced for', body: 'Text' });
    const answers = await Promise.all([
      send(site, ada, `/write/${id}`, { version: '1', body: 'Ada’s text' }),
      send(site, owner, `/write/${id}`, { version: '1', body: 'Olga’s text' }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
    expect(await rowOf(id)).toMatchObject({ version: 2 });
  });

  it('is told of mistakes in the form first, and of the other text after that', async () => {
    const id = await begin(site, ada, { title: 'Both at once', body: 'Text' });
    await send(site, ada, `/write/${id}`, { version: '1', body: 'Ada’s text' });
    const answer = await send(site, owner, `/write/${id}`, { version: '1', title: '', body: 'Olga’s text' });
    expect(answer.status).toBe(422);
    const corrected = { ...fieldsOn(answer.text), title: 'With a title' };
    expect((await send(site, owner, `/write/${id}`, corrected)).status).toBe(409);
  });

  it('does not lose the version on the way through the preview', async () => {
    const id = await begin(site, ada, { title: 'Previewed', body: 'Text' });
    const preview = await send(site, owner, `/write/${id}/preview`, { version: '1', body: 'Olga’s text' });
    await send(site, ada, `/write/${id}`, { version: '1', body: 'Ada’s text' });
    const back = await send(site, owner, `/write/${id}/text`, fieldsOn(preview.text));
    expect((await send(site, owner, `/write/${id}`, fieldsOn(back.text))).status).toBe(409);
  });
});

describe('a form that is sent twice', () => {
  it('is saved once', async () => {
    const id = await begin(site, ada, { title: 'Clicked twice', body: 'Text', tags: 'b, a' });
    const fields = { ...fieldsOn((await open(site, ada, `/write/${id}`)).text), body: 'New text' };
    const answers = await Promise.all([1, 2, 3].map(() => send(site, ada, `/write/${id}`, fields)));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
    expect(await rowOf(id)).toMatchObject({ version: 2 });
  });

  it('is published and scheduled once', async () => {
    const id = await begin(site, ada, { title: 'Published twice' });
    const publish = { version: '1', action: 'publish' };
    const twice = await Promise.all([1, 2].map(() => send(site, ada, `/write/${id}`, publish)));
    expect(twice.map(({ status }) => status)).toEqual([303, 303]);
    const other = await begin(site, ada, { title: 'Scheduled twice' });
    const schedule = { version: '1', action: 'schedule', publish_at: '2026-06-01T08:00' };
    await send(site, ada, `/write/${other}`, schedule);
    expect((await send(site, ada, `/write/${other}`, schedule)).status).toBe(303);
    const another = await send(site, ada, `/write/${other}`, { ...schedule, publish_at: '2026-06-02T08:00' });
    expect(another.status).toBe(409);
    expect(await rowOf(other)).toMatchObject({ published_at: new Date('2026-06-01T08:00:00Z'), version: 2 });
  });
});

describe('whoever moves a post that has changed in the meantime', () => {
  it('is told, and nothing happens', async () => {
    for (const action of ['publish', 'schedule', 'unpublish']) {
      const id = await begin(site, ada, { title: `Stale ${action}`, body: 'Text' });
      if (action === 'unpublish') await send(site, ada, `/write/${id}`, { version: '1', action: 'publish' });
      const { version } = await rowOf(id);
      await send(site, ada, `/write/${id}`, { version: String(version), body: 'Ada’s text' });
      const before = await rowOf(id);
      const stale = { version: String(version), action, publish_at: '2026-06-01T08:00' };
      const answer = await send(site, owner, `/write/${id}`, stale);
      expect([action, answer.status]).toEqual([action, 409]);
      expect(await rowOf(id)).toEqual(before);
    }
  });

  it('is told who published first', async () => {
    const id = await begin(site, ada, { title: 'Published by another' });
    await send(site, ada, `/write/${id}`, { version: '1', action: 'publish' });
    const answer = await send(site, owner, `/write/${id}`, { version: '1', action: 'publish' });
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('Ada Author published it, 12:00.');
    expect(answer.text).toContain('Text and details are the same as yours.');
  });

  it('is asked again before deleting', async () => {
    const id = await begin(site, ada, { title: 'Nearly deleted' });
    await send(site, ada, `/write/${id}`, { version: '1', body: 'Ada’s text' });
    const answer = await send(site, owner, `/write/${id}/bin`, { version: '1' });
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('Ada Author saved it, 12:00.');
    expect(answer.text).toContain('<input type="hidden" name="version" value="2">');
    expect(await rowOf(id)).toMatchObject({ deleted_at: null });
    expect((await send(site, owner, `/write/${id}/bin`, { version: '2' })).status).toBe(303);
  });

  it('is told that it was restored already', async () => {
    const id = await begin(site, ada, { title: 'Restored before' });
    await send(site, ada, `/write/${id}/bin`, { version: '1' });
    await send(site, ada, `/write/${id}/restore`, { version: '2' });
    const answer = await send(site, owner, `/write/${id}/restore`, { version: '2' });
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('Ada Author restored it from the bin, 12:00.');
  });

  it('keeps a text whose post went into the bin, as a draft of its own if that is wanted', async () => {
    const id = await begin(site, ada, { title: 'Pulled away', body: 'Text' });
    await send(site, owner, `/write/${id}/bin`, { version: '1' });
    const answer = await send(site, ada, `/write/${id}`, { version: '1', body: 'Typed for an hour' });
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('Olga Owner put it into the bin, 12:00.');
    expect(answer.text).toContain('action="/write/new"');
    expect(hasButton(answer.text, 'publish')).toBe(false);
    const own = await begin(site, ada, { ...fieldsOn(answer.text), action: 'edit' });
    expect(await rowOf(own)).toMatchObject({ slug: 'pulled-away-2', source: 'Typed for an hour' });
    expect(await rowOf(id)).toMatchObject({ source: 'Text', deleted_at: site.now });
  });
});

function rowOf(id: number) {
  return site.db.selectFrom('post').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}
