import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from '@jest/globals';
import { type PostAction, type PostState, postStates, transitions } from '../../src/posts/publication.ts';
import { type Answer, begin, fieldsOn, hasButton, open, send, type Writer } from '../support/desk.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;
let ada: Writer;

beforeAll(async () => {
  site = await createTestSite();
  ada = await site.signIn('author', 'Ada Author');
});
beforeEach(() => {
  site.now = new Date('2026-05-03T12:00:00Z');
});
afterAll(() => site.close());

describe('publishing', () => {
  it('shows the post to everyone, with the text as it stood in the form', async () => {
    const id = await begin(site, ada, { title: 'Out with it', body: 'Old' });
    expect(await seenByVisitors(id)).toBe(404);
    const answer = await act(id, 'publish', { body: 'New' });
    expect([answer.status, answer.headers.location]).toEqual([303, `/write/${id}`]);
    expect(await seenByVisitors(id)).toBe(200);
    expect(await rowOf(id)).toMatchObject({ source: 'New', published_at: site.now });
    const page = await open(site, ada, `/write/${id}`);
    expect(page.text).toContain('>Published on 3 May 2026 at 12:00, saved 12:00<');
    expect(page.text).toContain('role="status">Published.<');
  });

  it('can be the first thing that is done with a text', async () => {
    const id = await begin(site, ada, { title: 'Straight away', action: 'publish' });
    expect(await seenByVisitors(id)).toBe(200);
    expect(await eventsOf(id)).toEqual(['create → draft', 'publish draft → published']);
  });

  it('does not happen with a mistake in the form', async () => {
    const id = await begin(site, ada, { title: 'Careful' });
    expect((await act(id, 'publish', { title: '' })).status).toBe(422);
    expect(await rowOf(id)).toMatchObject({ title: 'Careful', published_at: null, version: 1 });
  });

  it('keeps its time when the post is edited later', async () => {
    const id = await begin(site, ada, { title: 'Dated', action: 'publish' });
    const first = site.now;
    site.now = new Date('2026-05-10T09:00:00Z');
    await act(id, 'edit', { body: 'A correction' });
    expect(await rowOf(id)).toMatchObject({ published_at: first, updated_at: site.now });
  });
});

describe('unpublishing', () => {
  it('takes the post from its readers, and publishing it again gives it back with its first date', async () => {
    const id = await begin(site, ada, { title: 'Back and forth', action: 'publish' });
    const first = site.now;
    site.now = new Date('2026-05-10T09:00:00Z');
    await act(id, 'unpublish');
    expect(await seenByVisitors(id)).toBe(404);
    expect(await rowOf(id)).toMatchObject({ published_at: null });
    const page = await open(site, ada, `/write/${id}`);
    expect(page.text).toContain('The first one, 3 May 2026');
    expect(page.text).toContain('>Publish again<');
    await act(id, 'publish');
    expect(await seenByVisitors(id)).toBe(200);
    expect(await rowOf(id)).toMatchObject({ published_at: first });
    expect(await eventsOf(id)).toEqual([
      'create → draft',
      'publish draft → published',
      'unpublish published → draft',
      'publish draft → published',
    ]);
  });

  it('does not bind it to that date', async () => {
    const id = await begin(site, ada, { title: 'As good as new', action: 'publish' });
    await act(id, 'unpublish');
    site.now = new Date('2026-05-10T09:00:00Z');
    await act(id, 'publish', { dated: 'now' });
    expect(await rowOf(id)).toMatchObject({ published_at: site.now });
  });

  it('remembers the first of all its dates', async () => {
    const id = await begin(site, ada, { title: 'Often', action: 'publish' });
    const first = site.now;
    await act(id, 'unpublish');
    site.now = new Date('2026-05-10T09:00:00Z');
    await act(id, 'publish', { dated: 'now' });
    await act(id, 'unpublish');
    await act(id, 'publish');
    expect(await rowOf(id)).toMatchObject({ published_at: first });
  });
});

describe('scheduling', () => {
  afterEach(async () => {
    await site.db.updateTable('site').set({ time_zone: 'UTC' }).execute();
  });

  it('publishes at that moment, without anything being done', async () => {
    const id = await begin(site, ada, { title: 'Later', action: 'schedule', publish_at: '2026-05-04T08:00' });
    expect(await seenByVisitors(id)).toBe(404);
    site.now = new Date('2026-05-04T07:59:59.999Z');
    expect(await seenByVisitors(id)).toBe(404);
    site.now = new Date('2026-05-04T08:00:00Z');
    expect(await seenByVisitors(id)).toBe(200);
    expect(await eventsOf(id)).toEqual(['create → draft', 'schedule draft → scheduled']);
  });

  it('goes by the time zone of the site, and names it', async () => {
    await useZone('America/New_York');
    const id = await begin(site, ada, { title: 'Zoned', action: 'schedule', publish_at: '2026-05-04T08:00' });
    expect(await rowOf(id)).toMatchObject({ published_at: new Date('2026-05-04T12:00:00Z') });
    const page = await open(site, ada, `/write/${id}`);
    expect(page.text).toContain('>Scheduled for 4 May 2026 at 08:00 (America/New_York), saved 08:00<');
    expect(fieldsOn(page.text).publish_at).toBe('2026-05-04T08:00');
    expect(page.text).toContain('Publish at (America/New_York)');
  });

  test.each([
    ['a time that the clock change skips, as the later one', '2027-03-28T02:30', '2027-03-28T01:30:00Z', '03:30'],
    ['a time that the clock change repeats, as the earlier one', '2026-10-25T02:30', '2026-10-25T00:30:00Z', '02:30'],
  ])('takes %s, and says so', async (_what, publish_at, at, shown) => {
    await useZone('Europe/Berlin');
    const id = await begin(site, ada, { title: 'Clock change', action: 'schedule', publish_at });
    expect(await rowOf(id)).toMatchObject({ published_at: new Date(at) });
    const page = await open(site, ada, `/write/${id}`);
    expect(page.text).toMatch(new RegExp(`role="status">Scheduled for [^<]* at ${shown} \\(Europe/Berlin\\)\\.<`));
  });

  test.each([
    ['', 'Choose a date and a time for it to appear.'],
    ['tomorrow', 'Choose a date and a time for it to appear.'],
    ['2026-05-03T12:00', 'That time is over.'],
    ['2020-01-01T00:00', 'That time is over.'],
  ])('refuses “%s”, with everything that was typed', async (publish_at, reason) => {
    const id = await begin(site, ada, { title: 'When?' });
    const answer = await act(id, 'schedule', { publish_at, body: 'Typed text' });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(reason);
    expect(answer.text).toContain('id="publish_at-error"');
    expect(fieldsOn(answer.text)).toMatchObject({ publish_at, body: 'Typed text' });
    expect(await rowOf(id)).toMatchObject({ published_at: null, version: 1 });
  });

  it('can be changed, also by saving the form with another date', async () => {
    const id = await begin(site, ada, { title: 'Moved', action: 'schedule', publish_at: '2026-05-04T08:00' });
    await act(id, 'schedule', { publish_at: '2026-05-05T08:00' });
    expect(await rowOf(id)).toMatchObject({ published_at: new Date('2026-05-05T08:00:00Z') });
    await act(id, 'edit', { publish_at: '2026-05-06T08:00', body: 'Changed as well' });
    expect(await rowOf(id)).toMatchObject({
      published_at: new Date('2026-05-06T08:00:00Z'),
      source: 'Changed as well',
    });
    await act(id, 'edit', { publish_at: '2026-05-06T08:00', body: 'Only the text' });
    expect(await eventsOf(id)).toEqual([
      'create → draft',
      'schedule draft → scheduled',
      'schedule scheduled → scheduled',
      'edit scheduled → scheduled',
      'schedule scheduled → scheduled',
      'edit scheduled → scheduled',
    ]);
  });

  it('takes its own button: a draft says that it does not keep the date', async () => {
    const id = await begin(site, ada, { title: 'Undecided', publish_at: '2026-05-20T08:00' });
    expect(await rowOf(id)).toMatchObject({ published_at: null });
    const warning = 'Saving the draft does not keep the date.';
    expect((await open(site, ada, `/write/${id}`)).text).toContain(warning);
    await act(id, 'schedule', { publish_at: '2026-05-20T08:00' });
    expect((await open(site, ada, `/write/${id}`)).text).not.toContain(warning);
  });

  it('can be called off', async () => {
    const id = await begin(site, ada, { title: 'Called off', action: 'schedule', publish_at: '2026-05-04T08:00' });
    await act(id, 'unpublish');
    site.now = new Date('2026-05-05T00:00:00Z');
    expect(await seenByVisitors(id)).toBe(404);
    await act(id, 'publish');
    expect(await rowOf(id)).toMatchObject({ published_at: site.now });
  });

  it('gives way to publishing now', async () => {
    const id = await begin(site, ada, { title: 'Sooner', action: 'schedule', publish_at: '2026-06-04T08:00' });
    await act(id, 'publish');
    expect(await rowOf(id)).toMatchObject({ published_at: site.now });
  });

  it('of what the clock published meanwhile is told, and keeps the text', async () => {
    const id = await begin(site, ada, { title: 'Too late', action: 'schedule', publish_at: '2026-05-04T08:00' });
    site.now = new Date('2026-05-04T09:00:00Z');
    const answer = await act(id, 'schedule', { publish_at: '2026-05-05T08:00', body: 'Typed text' });
    expect(answer.status).toBe(409);
    expect(fieldsOn(answer.text)).toMatchObject({ body: 'Typed text' });
    expect(await rowOf(id)).toMatchObject({ source: '', version: 2 });
  });
});

describe('deleting', () => {
  it('asks first, on a page of its own, from which what was typed comes back', async () => {
    const id = await begin(site, ada, { title: 'Doomed', body: 'Text' });
    const asked = await send(site, ada, `/write/${id}/delete`, { version: '1', body: 'Typed text' });
    expect(asked.status).toBe(200);
    expect(asked.text).toContain('Delete “Doomed”?');
    expect(asked.text).toContain('<input type="hidden" name="body" value="Typed text">');
    expect(asked.text).toContain(`action="/write/${id}/text"`);
    expect((await open(site, ada, `/write/${id}/delete`)).text).toContain(`<a href="/write/${id}">Keep it</a>`);
    expect(await rowOf(id)).toMatchObject({ deleted_at: null, version: 1 });
  });

  it('hides the post, and restoring makes it a draft that can have its first date again', async () => {
    const id = await begin(site, ada, { title: 'Thrown away', body: 'Text', action: 'publish' });
    const first = site.now;
    site.now = new Date('2026-05-10T09:00:00Z');
    const answer = await send(site, ada, `/write/${id}/bin`, { version: '2' });
    expect([answer.status, answer.headers.location]).toEqual([303, '/write']);
    expect((await open(site, ada, '/write')).text).toContain('“Thrown away” is in the bin.');
    expect(await seenByVisitors(id)).toBe(410);
    const bin = await open(site, ada, `/write/${id}`);
    expect(bin.status).toBe(200);
    expect(bin.text).toContain('>In the bin since 10 May 2026 at 09:00<');
    expect(bin.text).toContain('Text');

    const restored = await send(site, ada, `/write/${id}/restore`, { version: '3' });
    expect([restored.status, restored.headers.location]).toEqual([303, `/write/${id}`]);
    expect(await seenByVisitors(id)).toBe(404);
    expect(await rowOf(id)).toMatchObject({ published_at: null, deleted_at: null, source: 'Text' });
    await act(id, 'publish');
    expect(await rowOf(id)).toMatchObject({ published_at: first });
    expect(await eventsOf(id)).toEqual([
      'create → draft',
      'publish draft → published',
      'delete published → binned',
      'restore binned → draft',
      'publish draft → published',
    ]);
  });

  it('keeps what was scheduled from ever appearing, and so does restoring it afterwards', async () => {
    const id = await begin(site, ada, { title: 'Never seen', action: 'schedule', publish_at: '2026-05-04T08:00' });
    await send(site, ada, `/write/${id}/bin`, { version: '2' });
    expect(await seenByVisitors(id)).toBe(404);
    site.now = new Date('2026-05-05T00:00:00Z');
    expect(await seenByVisitors(id)).toBe(404);
    await send(site, ada, `/write/${id}/restore`, { version: '3' });
    expect(await seenByVisitors(id)).toBe(404);
    await act(id, 'publish');
    expect(await rowOf(id)).toMatchObject({ published_at: site.now });
  });

  it('is done once when its form is sent twice', async () => {
    const id = await begin(site, ada, { title: 'Once' });
    const twice = [1, 2].map(() => send(site, ada, `/write/${id}/bin`, { version: '1' }));
    expect((await Promise.all(twice)).map(({ status }) => status)).toEqual([303, 303]);
    expect(await eventsOf(id)).toEqual(['create → draft', 'delete draft → binned']);
  });
});

describe('the buttons and the answers', () => {
  const actions: PostAction[] = ['edit', 'publish', 'schedule', 'unpublish'];
  const fields: Partial<Record<PostAction, Record<string, string>>> = {
    schedule: { publish_at: '2026-06-01T08:00' },
  };

  test.each(postStates)('for a post that is %s are those of the table', async (state) => {
    const page = await open(site, ada, `/write/${await postThatIs(state)}`);
    for (const action of actions) {
      expect([action, hasButton(page.text, action)]).toEqual([action, transitions[state][action] !== undefined]);
    }
    expect(page.text.includes('/delete"')).toBe(transitions[state].delete !== undefined);
    expect(page.text.includes('/restore"')).toBe(transitions[state].restore !== undefined);
  });

  const cells = postStates.flatMap((state) => actions.map((action) => [state, action] as const));
  test.each(cells)('to a post that is %s, %s', async (state, action) => {
    const id = await postThatIs(state);
    const to = transitions[state][action];
    const before = await rowOf(id);
    const answer = await act(id, action, { ...fields[action], body: `Typed for ${action}` });
    expect(answer.status).toBe(to ? 303 : 409);
    if (to) return expect((await eventsOf(id)).at(-1)).toBe(`${action} ${state} → ${to}`);
    expect(fieldsOn(answer.text)).toMatchObject({ body: `Typed for ${action}` });
    expect(await rowOf(id)).toEqual(before);
  });

  test.each(postStates)('to a post that is %s, delete and restore', async (state) => {
    for (const [action, path] of [
      ['delete', 'bin'],
      ['restore', 'restore'],
    ] as const) {
      const id = await postThatIs(state);
      const { version } = await rowOf(id);
      const repeated = state === 'binned' && action === 'delete';
      const answer = await send(site, ada, `/write/${id}/${path}`, { version: String(version) });
      expect([action, answer.status]).toEqual([action, transitions[state][action] ? 303 : 409]);
      if (repeated) expect(answer.text).toContain('In the bin since');
    }
  });
});

async function postThatIs(state: PostState): Promise<number> {
  const id = await begin(site, ada, { title: `A post that is ${state}` });
  if (state === 'scheduled') await act(id, 'schedule', { publish_at: '2026-05-20T08:00' });
  if (state === 'published') await act(id, 'publish');
  if (state === 'binned') await send(site, ada, `/write/${id}/bin`, { version: '1' });
  return id;
}

async function act(id: number, action: PostAction, fields: Record<string, string> = {}): Promise<Answer> {
  const { version } = await rowOf(id);
  return send(site, ada, `/write/${id}`, { version: String(version), action, ...fields });
}

async function useZone(time_zone: string): Promise<void> {
  await site.db.updateTable('site').set({ time_zone }).execute();
}

function rowOf(id: number) {
  return site.db.selectFrom('post').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

async function seenByVisitors(id: number): Promise<number> {
  return (await open(site, undefined, `/posts/${(await rowOf(id)).slug}`)).status;
}

async function eventsOf(id: number): Promise<string[]> {
  const rows = await site.db
    .selectFrom('event')
    .selectAll()
    .where('subject_kind', '=', 'post')
    .where('subject_id', '=', id)
    .orderBy('id')
    .execute();
  expect(rows.map(({ actor_id }) => actor_id)).toEqual(rows.map(() => ada.id));
  return rows.map(({ action, from_status, to_status }) =>
    [action, from_status, '→', to_status].filter(Boolean).join(' '),
  );
}
