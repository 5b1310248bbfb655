import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Asker,
  decideOn,
  type Fields,
  openPage,
  postReply,
  replyTo,
  sendForm,
  statusOf,
  wordsOf,
} from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;
let moderator: { id: number; cookie: string };
let author: { id: number; cookie: string };
let path: string;
let commentId: number;

beforeAll(async () => {
  site = await createTestSite();
  moderator = await site.signIn('moderator', 'Mona Moderator');
  author = await site.signIn('author', 'Anna Author');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  const post = await addPost(site.db, { title: 'A talk', mode: 'open', authorId: author.id });
  path = `/posts/${post.slug}`;
  commentId = (await replyTo(site, path)).id;
});
afterEach(() => allow({ authors_remove: true, authors_pin: true, authors_close: true, authors_moderate: true }));

const above = 'A moderator decided this, and so it is for a moderator to change it.';

describe('On own posts', () => {
  type Column = 'authors_remove' | 'authors_pin' | 'authors_close' | 'authors_moderate';
  const acts: [name: string, power: Column, path: () => string, fields: Fields][] = [
    ['approve', 'authors_moderate', () => `/moderation/comments/${commentId}/decisions`, { action: 'spam' }],
    ['remove', 'authors_remove', () => `/moderation/comments/${commentId}/decisions`, { action: 'remove' }],
    ['remove several', 'authors_remove', () => '/moderation/decisions', { action: 'remove', ids: 'this' }],
    ['pin', 'authors_pin', () => `/comments/${commentId}/pin`, {}],
    ['close', 'authors_close', () => `${path}/closures`, {}],
    ['close a branch', 'authors_close', () => `/comments/${commentId}/closures`, {}],
    ['slow down', 'authors_close', () => `${path}/pace`, { minutes: '5' }],
  ];

  it.each(acts)('authors %s, as far as the owner allows it', async (_name, power, to, fields) => {
    const sent = () => sendForm(site, to(), fields.ids ? { ...fields, ids: String(commentId) } : fields, author);
    await allow({ [power]: false });
    expect((await sent()).status).toBe(403);
    await allow({ authors_moderate: false, [power]: true });
    expect((await sent()).status).toBe(power === 'authors_moderate' ? 303 : 403);
    await allow({ authors_moderate: true });
    if (power !== 'authors_moderate') expect((await sent()).status).toBe(303);
  });

  it('authors are offered only what they may', async () => {
    const queue = () => openPage(site, '/moderation?status=approved', author).then(({ text }) => text);
    const tools = () => openPage(site, `/comments/${commentId}/thread`, author).then(({ text }) => text);
    expect(await queue()).toContain('value="remove"');
    await allow({ authors_remove: false, authors_pin: false });
    expect(await queue()).not.toContain('value="remove"');
    expect(await tools()).not.toContain('/pin"');
    expect(await tools()).toContain('/closures"');
    await allow({ authors_close: false });
    expect(await tools()).not.toContain('/closures"');
  });
});

describe('What a moderator decided stands above the author', () => {
  it('of a comment, alone or among several, until a rule holds it anew', async () => {
    await decideOn(site, moderator, commentId, { action: 'remove', reason: 'Rude.' });
    const refused = await decideOn(site, author, commentId, { action: 'restore' });
    expect(refused.status).toBe(409);
    expect(wordsOf(refused.text)).toContain('Removed by Mona Moderator');
    await sendForm(site, '/moderation/decisions', { action: 'restore', ids: String(commentId) }, author);
    expect(await statusOf(site.db, commentId)).toBe('removed');
    const queue = await openPage(site, '/moderation?status=removed', author);
    expect(queue.text).toContain(`id="item-${commentId}"`);
    expect((await decideOn(site, moderator, commentId, { action: 'restore' })).status).toBe(303);
    const { id: other } = await replyTo(site, path);
    expect((await decideOn(site, author, other, { action: 'remove' })).status).toBe(303);
    expect((await decideOn(site, author, other, { action: 'restore' })).status).toBe(303);
  });

  it('of a closing', async () => {
    await sendForm(site, `${path}/closures`, { reason: 'Enough.' }, moderator);
    await isAbove(`${path}/closures/current/reopen`, {});
    expect((await postReply(site, path)).status).toBe(403);
    await sendForm(site, `${path}/closures/current/reopen`, {}, moderator);
    await sendForm(site, `${path}/closures`, {}, author);
    expect((await sendForm(site, `${path}/closures/current/reopen`, {}, author)).status).toBe(303);
  });

  it('of a date at which it closes', async () => {
    const begins_at = new Date(site.now.getTime() + 86_400_000).toISOString().slice(0, 16);
    await sendForm(site, `${path}/closures`, { begins_at }, moderator);
    await isAbove(`${path}/closures`, {});
    await isAbove(`${path}/closures/current/reopen`, {});
  });

  it('of a pin', async () => {
    await sendForm(site, `/comments/${commentId}/pin`, {}, moderator);
    const { id: other } = await replyTo(site, path);
    await isAbove(`/comments/${other}/pin`, {});
    await isAbove(`/comments/${commentId}/unpin`, {});
  });

  it('of the pace', async () => {
    await sendForm(site, `${path}/pace`, { minutes: '60' }, moderator);
    await isAbove(`${path}/pace`, { minutes: '0' });
  });
});

async function isAbove(to: string, fields: Fields, asker: Asker = author) {
  const { status, text } = await sendForm(site, to, fields, asker);
  expect([status, wordsOf(text).includes(above)]).toEqual([403, true]);
}

async function allow(powers: Record<string, boolean>) {
  await site.db.updateTable('site').set(powers).execute();
}
