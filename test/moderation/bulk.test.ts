import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import {
  type Asker,
  decideOn,
  type Fields,
  lastEvent,
  openPage,
  replyTo,
  sendForm,
  statusOf,
  wordsOf,
} from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;
let owner: { id: number; cookie: string };
let moderator: { id: number; cookie: string };
let author: { id: number; cookie: string };
let path: string;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
  moderator = await site.signIn('moderator', 'Mona Moderator');
  author = await site.signIn('author', 'Anna Author');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  path = `/posts/${(await addPost(site.db, { title: 'A talk', authorId: author.id })).slug}`;
});

describe('A decision about several comments', () => {
  it('is one: all events share a batch, an actor and their words', async () => {
    const ids = await write(3);
    const answer = await decide({ ids, action: 'spam', reason: 'Ads.', note: 'Same sender.' });
    expect(answer.status).toBe(303);
    expect(await statusesOf(ids)).toEqual(['spam', 'spam', 'spam']);
    const events = await Promise.all(ids.map((id) => lastEvent(site.db, 'comment', Number(id))));
    expect(new Set(events.map(({ batch }) => batch)).size).toBe(1);
    expect(events[0]?.batch).toMatch(/^[\da-f-]{36}$/);
    for (const event of events) {
      expect(event).toMatchObject({ action: 'spam', actor_id: moderator.id, reason: 'Ads.', note: 'Same sender.' });
    }
    expect(wordsOf((await openPage(site, '/moderation', moderator)).text)).toContain('3 comments were marked as spam.');
  });

  it('counts a comment once that is named twice', async () => {
    const [id = ''] = await write(1);
    expect((await decide({ ids: [id, id, id], action: 'approve' })).status).toBe(303);
    expect(wordsOf((await openPage(site, '/moderation', moderator)).text)).toContain('One comment was approved.');
  });

  it('is carried out for the rest, where others were first with some: these are shown', async () => {
    const ids = await write(3);
    const seen = await seenOn('/moderation', ids);
    await decideOn(site, owner, ids[1] ?? '', { action: 'reject', reason: 'Rude.' });
    const { status, text } = await decide({ ids, action: 'approve', seen, note: 'My note.' });
    expect([status, await statusesOf(ids)]).toEqual([409, ['approved', 'rejected', 'approved']]);
    const words = wordsOf(text);
    expect(words).toContain('Rejected by Olivia Owner on');
    expect(words).toContain('Reason given: Rude.');
    expect(words).toContain('The rest of your decision was carried out: 2 comments.');
    expect(text).toContain('My note.');
  });

  it('is told also where only the statuses do not allow it any more', async () => {
    const ids = await write(2);
    await decideOn(site, owner, ids[0] ?? '', { action: 'approve' });
    expect((await decide({ ids, action: 'reject' })).status).toBe(409);
    expect(await statusesOf(ids)).toEqual(['approved', 'rejected']);
  });

  it('leaves out what is beyond one’s reach, and what does not exist, without a word', async () => {
    const [own = ''] = await write(1);
    const other = await addPost(site.db, { title: 'Not mine' });
    const elsewhere = String((await replyTo(site, `/posts/${other.slug}`)).id);
    const answer = await decide({ ids: [own, elsewhere, '2147483647'], action: 'approve' }, author);
    expect(answer.status).toBe(303);
    expect(await statusesOf([own, elsewhere])).toEqual(['approved', 'pending']);
    expect(wordsOf((await openPage(site, '/moderation', author)).text)).toContain('One comment was approved.');
    expect((await decide({ ids: [elsewhere], action: 'approve' }, author)).status).toBe(404);
    expect((await decide({ ids: ['2147483647'], action: 'approve' })).status).toBe(404);
  });

  it.each<[Fields]>([
    [{ action: 'approve' }],
    [{ action: 'approve', ids: ['x', '0', '99999999999', ''] }],
    [{ action: 'nonsense', ids: '1' }],
    [{ ids: '1' }],
  ])('of nothing, or of nothing that one can do, is 422: %j', async (fields) => {
    expect((await decide(fields)).status).toBe(422);
  });

  it('with too long a reason is 422, with what was typed, and nothing is done', async () => {
    const ids = await write(2);
    const { status, text } = await decide({ ids, action: 'spam', reason: 'r'.repeat(501), note: 'Keep me.' });
    expect([status, await statusesOf(ids)]).toEqual([422, ['pending', 'pending']]);
    expect(text).toContain('Keep me.');
  });

  it('that comes twice is done once', async () => {
    const ids = await write(3);
    const seen = await seenOn('/moderation', ids);
    const answers = await Promise.all([1, 2, 3].map(() => decide({ ids, action: 'approve', seen })));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
    const { count } = await site.db
      .selectFrom('event')
      .select(({ fn }) => fn.countAll().as('count'))
      .where('subject_kind', '=', 'comment')
      .where('action', '=', 'approve')
      .where('subject_id', 'in', ids.map(Number))
      .executeTakeFirstOrThrow();
    expect(Number(count)).toBe(3);
  });

  it('of two moderators at once about the same ones: each comment is decided once', async () => {
    const ids = await write(6);
    const seen = await seenOn('/moderation', ids);
    const answers = await Promise.all([
      decide({ ids: ids.slice(0, 4), action: 'approve', seen }),
      decide({ ids: ids.slice(2).reverse(), action: 'spam', seen }, owner),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
    const events = await site.db
      .selectFrom('event')
      .select('subject_id')
      .where('subject_kind', '=', 'comment')
      .where('from_status', '=', 'pending')
      .where('subject_id', 'in', ids.map(Number))
      .execute();
    expect(events.map(({ subject_id }) => String(subject_id)).sort()).toEqual([...ids].sort());
  });

  it('is no visitor’s, and nobody’s by way of another site', async () => {
    const ids = await write(2);
    expect((await decide({ ids, action: 'approve' }, {})).status).toBe(403);
    const forged = await request(site.app)
      .post('/moderation/decisions')
      .set({ 'Sec-Fetch-Site': 'cross-site', Cookie: moderator.cookie })
      .type('form')
      .send(`ids=${ids[0]}&action=approve`);
    expect(forged.status).toBe(403);
    expect(await statusesOf(ids)).toEqual(['pending', 'pending']);
  });
});

async function write(count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) ids.push(String((await replyTo(site, path)).id));
  return ids;
}

function decide(fields: Fields, asker: Asker = moderator) {
  return sendForm(site, '/moderation/decisions', fields, asker);
}

function statusesOf(ids: readonly string[]): Promise<string[]> {
  return Promise.all(ids.map((id) => statusOf(site.db, Number(id))));
}

// What the form over the whole list says that its moderator has seen.
async function seenOn(first: string, ids: readonly string[]): Promise<string[]> {
  const seen = new Map<string, string>();
  for (let next: string | undefined = first; next !== undefined; ) {
    const { text } = await openPage(site, next, owner);
    for (const [, id = '', event = ''] of text.matchAll(/name="seen" value="(\d+):(\d+)"/g)) seen.set(id, event);
    next = /<a href="([^"]*)" rel="next"/.exec(text)?.[1];
  }
  return ids.map((id) => {
    const event = seen.get(id);
    if (!event) throw new Error(`Comment ${id} is not in the queue.`);
    return `${id}:${event}`;
  });
}
