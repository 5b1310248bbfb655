import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { expireSpam } from '../../src/comments/expire-spam.ts';
import { proveAddress } from '../commenters/prover.ts';
import { decideOn, type Fields, lastEvent, openPage, replyTo, sendForm, statusOf } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { setRule } from '../support/rules.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { countFollowing, doJobs, follow, takeJobs, takeMails } from './followers.ts';

jest.setTimeout(60_000);

const victim = 'victim@reader.example';

let site: TestSite;
let moderator: { id: number; cookie: string };
let post: { id: number; slug: string; conversationId: number };
let path: string;

beforeAll(async () => {
  site = await createTestSite();
  moderator = await site.signIn('moderator', 'Mona Moderator');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  post = await addPost(site.db, { title: 'A talk', mode: 'open' });
  path = `/posts/${post.slug}`;
  await site.db.deleteFrom('follower').execute();
  await site.db.deleteFrom('rate_limit').execute();
  await site.db.updateTable('account').set({ moderation_mail: 'at_once' }).where('id', '=', moderator.id).execute();
  await setRule(site.db, 'words', { settings: { held: '', spam: 'casino' } });
  await clear();
});

describe('What a rule took for spam', () => {
  it.each<[string, Fields]>([
    ['replies to it', { follow: 'replies' }],
    ['its conversation', { follow: 'conversation', pace: 'daily' }],
    ['what is decided about it', { tell_decision: 'on' }],
    ['everything', { follow: 'conversation', tell_decision: 'on' }],
  ])(
    'asks nobody by mail whether they want to be told of %s, and keeps no address of a follower',
    async (_, wanted) => {
      await spam({ email: victim, ...wanted });
      expect(await countFollowing(site)).toEqual({ subscriptions: 0, followers: 0 });
      expect(await mailsAndJobs()).toEqual([]);
    },
  );

  it('makes nobody a follower, even where the address was proved', async () => {
    const cookie = await proveAddress(site, victim);
    await clear();
    await replyTo(site, path, { email: victim, follow: 'conversation', topic: 'Filled in.' }, { cookie });
    expect(await countFollowing(site)).toEqual({ subscriptions: 0, followers: 0 });
    expect(await mailsAndJobs()).toEqual([]);
  });

  it('is told to no follower of its conversation, and of what it answers', async () => {
    const above = await replyTo(site, path);
    await follow(site, { conversation: post.conversationId }, { email: 'follower@reader.example' });
    await follow(site, { comment: above.id }, { email: 'branch@reader.example', pace: 'daily' });
    await clear();
    const { id } = await spam({ parent: String(above.id) });
    expect(await mailsAndJobs()).toEqual([]);
    // Were it none, all of them would be told.
    await decideOn(site, moderator, id, { action: 'approve' });
    await doJobs(site);
    expect((await takeMails(site)).map(({ recipient }) => recipient)).toEqual(['follower@reader.example']);
  });

  it('is told to no moderator as something that waits, be it new or edited', async () => {
    await spam();
    expect(await mailsAndJobs()).toEqual([]);
    const edited = await replyTo(site, path);
    await sendForm(site, `/comments/${edited.id}/edit`, { body: 'To the casino.', version: '0' }, edited);
    expect(await statusOf(site.db, edited.id)).toBe('spam');
    expect(await mailsAndJobs()).toEqual([]);
    await decideOn(site, moderator, edited.id, { action: 'restore' });
    expect((await takeJobs(site)).map(({ name }) => name)).toEqual(['gather_alerts']);
  });

  it('tells its writer nothing by mail when a moderator confirms it, or takes that back', async () => {
    await site.db.updateTable('conversation').set({ mode: 'all_held' }).where('id', '=', post.conversationId).execute();
    const held = await replyTo(site, path, { email: victim, tell_decision: 'on' });
    await site.db.updateTable('subscription').set({ confirmed_at: site.now }).execute();
    await clear();
    await site.db.updateTable('conversation').set({ mode: 'open' }).where('id', '=', post.conversationId).execute();
    await sendForm(site, `/comments/${held.id}/edit`, { body: 'To the casino.', version: '0' }, held);
    await decideOn(site, moderator, held.id, { action: 'spam' });
    const event = await lastEvent(site.db, 'comment', held.id);
    await sendForm(site, '/moderation/undo', { event: String(event.id) }, moderator);
    await doJobs(site);
    expect([await statusOf(site.db, held.id), await takeMails(site)]).toEqual(['spam', []]);
  });

  it('asks nobody by mail whether they want the answer to an appeal', async () => {
    const { id, cookie } = await spam();
    expect((await openPage(site, `/comments/${id}/appeal`, { cookie })).text).not.toContain('name="email"');
    const typed = { text: 'I am no program.', email: victim };
    expect((await sendForm(site, `/comments/${id}/appeal`, typed, { cookie })).status).toBe(303);
    expect(await site.db.selectFrom('appeal').select('text').where('comment_id', '=', id).execute()).toEqual([
      { text: 'I am no program.' },
    ]);
    expect(await countFollowing(site)).toEqual({ subscriptions: 0, followers: 0 });
    expect(await mailsAndJobs()).toEqual([]);
  });

  it('ends what its writer followed with it once it expires', async () => {
    const { id } = await replyTo(site, path, { email: victim, follow: 'replies' });
    expect(await countFollowing(site)).toEqual({ subscriptions: 1, followers: 1 });
    await decideOn(site, moderator, id, { action: 'spam' });
    site.now = new Date(site.now.getTime() + 31 * 86_400_000);
    await expireSpam(site.db, { now: site.now });
    expect(await countFollowing(site)).toEqual({ subscriptions: 0, followers: 0 });
  });
});

/** A reply that a rule takes for spam. */
const spam = (fields: Fields = {}) => replyTo(site, path, { topic: 'Filled in.', ...fields });

async function clear(): Promise<void> {
  await takeJobs(site);
  await takeMails(site);
}

async function mailsAndJobs(): Promise<unknown[]> {
  return [...(await takeJobs(site)), ...(await takeMails(site))];
}
