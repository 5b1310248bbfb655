import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mailedLink } from '../../src/following/links.ts';
import { decideOn, openPage, replyTo, sendForm, wordsOf } from '../support/comments.ts';
import { holdCounts, untilWaiting } from '../support/held-back.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import {
  countFollowing,
  doJobs,
  follow,
  followingContext,
  linkIn,
  sendDueDigests,
  takeJobs,
  takeMails,
} from './followers.ts';

const fanny = 'fanny@reader.example';

// Each step is a request of its own, and other work may slow them all.
jest.setTimeout(60_000);

let site: TestSite;
let owner: { id: number; cookie: string };
let day = 0;
let post: { slug: string; conversationId: number };

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
});
afterAll(() => site.close());
beforeEach(async () => {
  await site.db.deleteFrom('follower').execute();
  await site.db.deleteFrom('rate_limit').execute();
  await site.db.deleteFrom('mail').execute();
  await takeJobs(site);
  day += 10;
  at(0, '12:00');
  post = await addPost(site.db, { title: 'Read daily' });
});

/** Lets it be a time of a day. */
function at(days: number, clock: string): void {
  site.now = new Date(Date.UTC(2026, 1, day + days) + Date.parse(`1970-01-01T${clock}Z`));
}

/** A comment of the staff, which is told at once to the jobs. */
async function say(to: { slug: string }, body: string, parent?: number): Promise<number> {
  const answering = parent === undefined ? {} : { parent: String(parent) };
  const { id } = await replyTo(site, `/posts/${to.slug}`, { body, ...answering }, owner);
  await doJobs(site);
  return id;
}

const followDaily = (target: { conversation: number } | { comment: number }, email = fanny) =>
  follow(site, target, { email, pace: 'daily' });

describe('Who follows once a day', () => {
  it('gets one mail after seven, with what came until then, and the rest the day after', async () => {
    await followDaily({ conversation: post.conversationId });
    const first = await say(post, 'Said at noon.');
    at(1, '06:59:59');
    const second = await say(post, 'Said just before seven.');
    await sendDueDigests(site);
    expect(await takeMails(site)).toEqual([]);

    at(1, '07:03');
    const third = await say(post, 'Said just after.');
    await sendDueDigests(site);
    const [mail, ...more] = await takeMails(site);
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ recipient: fanny, subject: '2 new replies on Rejoinder' });
    expect(mail?.body).toContain('Said at noon.\nhttps://blog.example/comments/');
    for (const id of [first, second]) expect(mail?.body).toContain(`https://blog.example/comments/${id}\n`);
    expect(mail?.body).not.toContain(`/comments/${third}\n`);

    for (const clock of ['08:03', '12:03', '23:03']) {
      at(1, clock);
      await sendDueDigests(site);
    }
    expect(await takeMails(site)).toEqual([]);
    at(2, '07:03');
    await sendDueDigests(site);
    expect((await takeMails(site)).map(({ subject }) => subject)).toEqual(['One new reply on Rejoinder']);
  });

  it('gets it however late it is, in the site’s own time zone', async () => {
    await site.db.updateTable('site').set({ time_zone: 'Asia/Tokyo' }).execute();
    await followDaily({ conversation: post.conversationId });
    at(0, '21:59');
    await say(post, 'Before seven in Tokyo.');
    at(2, '03:33');
    await sendDueDigests(site);
    await site.db.updateTable('site').set({ time_zone: 'UTC' }).execute();
    const [mail] = await takeMails(site);
    expect(mail?.body).toMatch(/Olivia Owner, \d+ February 2026 at 06:59:\nBefore seven in Tokyo\./);
  });

  it('gets no mail where nothing is new', async () => {
    await followDaily({ conversation: post.conversationId });
    at(1, '07:03');
    await sendDueDigests(site);
    expect(await takeMails(site)).toEqual([]);
  });

  it('gets nothing at once', async () => {
    await followDaily({ conversation: post.conversationId });
    await say(post, 'Later.');
    expect(await takeMails(site)).toEqual([]);
  });

  it('gets all conversations in one mail, one after the other, and each comment once', async () => {
    const other = await addPost(site.db, { title: 'Another one' });
    await followDaily({ conversation: post.conversationId });
    await followDaily({ conversation: other.conversationId });
    const root = await say(post, 'One.');
    await followDaily({ comment: root });
    await say(other, 'Two.');
    await say(post, 'Three.', root);
    at(1, '07:03');
    await sendDueDigests(site);
    const [mail, ...more] = await takeMails(site);
    expect(more).toEqual([]);
    const body = mail?.body ?? '';
    const order = ['“Read daily”: 2 new replies', 'One.', 'Three.', '“Another one”: one new reply', 'Two.'];
    const places = order.map((words) => body.indexOf(words));
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(places).not.toContain(-1);
    expect(body.split('Three.')).toHaveLength(2);
    expect(body).toContain(`https://blog.example/posts/${other.slug}\n`);
    expect(body).toContain('To end this thread:');
  });

  it('is not told of what was taken back meanwhile', async () => {
    await followDaily({ conversation: post.conversationId });
    const id = await say(post, 'Not for long.');
    await decideOn(site, owner, id, { action: 'remove' });
    at(1, '07:03');
    await sendDueDigests(site);
    expect(await takeMails(site)).toEqual([]);
    expect(await site.db.selectFrom('digest_item').selectAll().execute()).toEqual([]);
  });

  it('is not told what is being erased at that very moment, and nobody waits in vain', async () => {
    const { id, cookie } = await replyTo(site, `/posts/${post.slug}`, { body: 'A secret text.' });
    await followDaily({ conversation: post.conversationId });
    await decideOn(site, owner, id, { action: 'approve' });
    await doJobs(site);
    const kept = await say(post, 'For everybody.');
    at(1, '07:03');
    const counts = await holdCounts(site.db, post.conversationId);
    const erasing = sendForm(site, `/comments/${id}/delete`, {}, { cookie });
    await untilWaiting(site.db, 1);
    const sending = sendDueDigests(site);
    await untilWaiting(site.db, 2);
    counts.release();
    await Promise.all([erasing, sending]);
    const [mail] = await takeMails(site);
    expect(mail?.subject).toBe('One new reply on Rejoinder');
    expect(mail?.body).toContain(`/comments/${kept}\n`);
    expect(mail?.body).not.toContain('A secret text.');
  });

  it('gets fifty comments at most, and is told how many more there are', async () => {
    await followDaily({ conversation: post.conversationId });
    for (let number = 1; number <= 53; number += 1) await say(post, `Number ${number} of many.`);
    at(1, '07:03');
    await sendDueDigests(site);
    const [mail] = await takeMails(site);
    expect(mail?.subject).toBe('53 new replies on Rejoinder');
    expect(mail?.body.match(/Number \d+ of many/g)).toHaveLength(50);
    expect(mail?.body).toContain('… and 3 more.');
  });

  it('gets one digest, though two processes send them at once, or one comes again', async () => {
    const emails = ['one@reader.example', 'two@reader.example', 'three@reader.example'];
    for (const email of emails) await followDaily({ conversation: post.conversationId }, email);
    await say(post, 'For three.');
    at(1, '07:03');
    await Promise.all([sendDueDigests(site), sendDueDigests(site)]);
    await sendDueDigests(site);
    expect((await takeMails(site)).map(({ recipient }) => recipient).sort()).toEqual([...emails].sort());
  });

  it('ends one conversation by its own link, and what waits of it goes, too', async () => {
    const other = await addPost(site.db, { title: 'Another one' });
    await followDaily({ conversation: post.conversationId });
    await followDaily({ conversation: other.conversationId });
    await say(post, 'One.');
    at(1, '07:03');
    await sendDueDigests(site);
    const [mail] = await takeMails(site);
    await say(post, 'Two.');
    await say(other, 'Three.');
    await sendForm(site, linkIn(mail ?? { body: '' }, 'leave'), {});
    at(2, '07:03');
    await sendDueDigests(site);
    const [next] = await takeMails(site);
    expect(next?.body).toContain('Three.');
    expect(next?.body).not.toContain('Two.');
  });

  it('ends while a digest is being sent: neither waits for the other in vain', async () => {
    await followDaily({ conversation: post.conversationId });
    await say(post, 'One.');
    const { id } = await site.db.selectFrom('subscription').select('id').executeTakeFirstOrThrow();
    const link = mailedLink({ ...(await followingContext(site)), siteAddress: '' }, 'leave', [id]);
    let leaving: Promise<unknown> | undefined;
    await site.db.transaction().execute(async (digest) => {
      await digest.selectFrom('follower').select('id').forUpdate().execute();
      leaving = sendForm(site, link, {});
      await untilWaiting(site.db, 1);
      await digest.deleteFrom('digest_item').execute();
    });
    expect(await leaving).toMatchObject({ status: 200 });
    expect(await countFollowing(site)).toEqual({ subscriptions: 0, followers: 0 });
  });

  it('ends all daily mail by the button of a mail program, and by the link at its end', async () => {
    const other = await addPost(site.db, { title: 'Another one' });
    await followDaily({ conversation: post.conversationId });
    await follow(site, { conversation: other.conversationId }, { email: fanny });
    await say(post, 'One.');
    at(1, '07:03');
    await sendDueDigests(site);
    const [mail] = await takeMails(site);
    expect(linkIn(mail ?? { body: '' }, 'leave-digest')).toBe(mail?.unsubscribe);
    const page = await openPage(site, mail?.unsubscribe ?? '');
    expect(wordsOf(page.text)).toContain('Do you want to end the daily mail?');
    expect(await countFollowing(site)).toEqual({ subscriptions: 2, followers: 1 });
    await sendForm(site, mail?.unsubscribe ?? '', { 'List-Unsubscribe': 'One-Click' });
    expect(await countFollowing(site)).toEqual({ subscriptions: 1, followers: 1 });
  });
});
