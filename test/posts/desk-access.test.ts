import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import request from 'supertest';
import { type Answer, open, send, type Writer } from '../support/desk.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;
const people: Record<string, Writer | undefined> = {};

beforeAll(async () => {
  site = await createTestSite();
  people.visitor = undefined;
  people.author = await site.signIn('author', 'Ada Author');
  people['other author'] = await site.signIn('author', 'Bob Author');
  people.moderator = await site.signIn('moderator', 'Mia Moderator');
  people.owner = await site.signIn('owner', 'Olga Owner');
});
afterAll(() => site.close());

/** What can be asked for, each with the answer to someone who may. */
const requests: Record<string, { allowed: number; ask: (writer: Writer | undefined, id: number) => Promise<Answer> }> =
  {
    'open the form': { allowed: 200, ask: (writer, id) => open(site, writer, `/write/${id}`) },
    'ask before deleting': { allowed: 200, ask: (writer, id) => open(site, writer, `/write/${id}/delete`) },
    save: { allowed: 303, ask: (writer, id) => sendTo(writer, `/write/${id}`, { body: 'Changed' }) },
    publish: { allowed: 303, ask: (writer, id) => sendTo(writer, `/write/${id}`, { action: 'publish' }) },
    schedule: {
      allowed: 303,
      ask: (writer, id) => sendTo(writer, `/write/${id}`, { action: 'schedule', publish_at: '2099-01-01T10:00' }),
    },
    preview: { allowed: 200, ask: (writer, id) => sendTo(writer, `/write/${id}/preview`, {}) },
    'get the text back': { allowed: 200, ask: (writer, id) => sendTo(writer, `/write/${id}/text`, {}) },
    'ask with a text before deleting': { allowed: 200, ask: (writer, id) => sendTo(writer, `/write/${id}/delete`, {}) },
    delete: { allowed: 303, ask: (writer, id) => sendTo(writer, `/write/${id}/bin`, {}) },
  };

function sendTo(writer: Writer | undefined, path: string, fields: Record<string, string>): Promise<Answer> {
  return send(site, writer, path, { version: '1', ...fields });
}

describe('on an author’s post', () => {
  const reading = ['open the form', 'ask before deleting'];
  const cells = Object.entries(requests).flatMap(([what, { allowed }]) => [
    { who: 'visitor', what, status: reading.includes(what) ? 303 : 403, changes: false },
    { who: 'author', what, status: allowed, changes: allowed === 303 },
    { who: 'other author', what, status: 404, changes: false },
    { who: 'moderator', what, status: 404, changes: false },
    { who: 'owner', what, status: allowed, changes: allowed === 303 },
  ]);
  test.each(cells)('$who, $what: $status', async ({ who, what, status, changes }) => {
    const { id } = await addPost(site.db, { title: 'Guarded', authorId: people.author?.id ?? 0, publishedAt: null });
    const answer = await requests[what]?.ask(people[who], id);
    expect(answer?.status).toBe(status);
    if (who === 'visitor' && status === 303) expect(answer?.headers.location).toMatch(/^\/sign-in\?/);
    const { version } = await site.db
      .selectFrom('post')
      .select('version')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(version > 1).toBe(changes);
  });

  test.each([
    ['visitor', 403],
    ['author', 303],
    ['other author', 404],
    ['moderator', 404],
    ['owner', 303],
  ])('%s, restore: %i', async (who, status) => {
    const { id } = await addPost(site.db, { title: 'Binned', authorId: people.author?.id ?? 0 });
    await sendTo(people.author, `/write/${id}/bin`, {});
    expect((await send(site, people[who], `/write/${id}/restore`, { version: '2' })).status).toBe(status);
  });
});

describe('at the desk', () => {
  test.each([
    ['author', ['Ada’s own']],
    ['other author', ['Bob’s own']],
    ['moderator', []],
    ['owner', ['Ada’s own', 'Bob’s own']],
  ])('%s sees %j', async (who, titles) => {
    await site.db.updateTable('post').set({ deleted_at: site.now }).execute();
    await addPost(site.db, { title: 'Ada’s own', authorId: people.author?.id ?? 0 });
    await addPost(site.db, { title: 'Bob’s own', authorId: people['other author']?.id ?? 0 });
    const { text } = await open(site, people[who], '/write');
    expect(['Ada’s own', 'Bob’s own'].filter((title) => text.includes(title))).toEqual(titles);
    expect(text.includes('by Ada Author')).toBe(who === 'owner');
  });

  it('a moderator writes posts of their own', async () => {
    expect((await open(site, people.moderator, '/write/new')).status).toBe(200);
    const answer = await send(site, people.moderator, '/write/new', { title: 'By a moderator' });
    expect(answer.status).toBe(303);
    expect((await open(site, people.moderator, answer.headers.location ?? '')).status).toBe(200);
  });

  it('a visitor is sent to sign in, and back', async () => {
    for (const path of ['/write', '/write/new?kind=page']) {
      const answer = await open(site, undefined, path);
      expect([answer.status, answer.headers.location]).toEqual([303, `/sign-in?next=${encodeURIComponent(path)}`]);
    }
    expect((await send(site, undefined, '/write/new', { title: 'From nobody' })).status).toBe(403);
  });

  it('a form from another site does nothing', async () => {
    const { cookie } = people.author ?? { cookie: '' };
    const write = () =>
      request(site.app).post('/write/new').set('Cookie', cookie).type('form').send({ title: 'Forged' });
    expect((await write().set('Sec-Fetch-Site', 'cross-site')).status).toBe(403);
    expect((await write()).status).toBe(403);
    expect(await site.db.selectFrom('post').select('id').where('title', '=', 'Forged').execute()).toEqual([]);
  });

  test.each(['0', '999999', '99999999999', 'abc', '1%00', 'new/bin', 'new/delete'])(
    'there is nothing at /write/%s',
    async (path) => {
      const answer = await open(site, people.owner, `/write/${path}`);
      expect([400, 404]).toContain(answer.status);
    },
  );

  it('there is nothing to do to a post that is not there yet', async () => {
    for (const path of ['/write/new/bin', '/write/new/restore', '/write/new/delete', '/write/999999']) {
      expect((await send(site, people.owner, path, { title: 'Nothing' })).status).toBe(404);
    }
  });
});
