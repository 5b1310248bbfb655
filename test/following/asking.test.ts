import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import request from 'supertest';
import { cleanUp } from '../../src/clean-up.ts';
import { proveAddress } from '../commenters/prover.ts';
import { decideOn, fieldOn, openPage, postReply, replyTo, sendForm, wordsOf } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { confirm, countFollowing, doJob, doJobs, follow, linkIn, takeJobs, takeMails } from './followers.ts';

// Each step is a request of its own, and other work may slow them all.
jest.setTimeout(60_000);

let site: TestSite;
let owner: { id: number; cookie: string };
let post: { slug: string; conversationId: number };
let path: string;

beforeAll(async () => {
  site = await createTestSite();
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  await site.db.deleteFrom('follower').execute();
  await site.db.deleteFrom('rate_limit').execute();
  await site.db.deleteFrom('mail').execute();
  post = await addPost(site.db, { title: 'Worth following' });
  path = `/posts/${post.slug}`;
  // Anew each time: the clean-up ends sessions.
  owner = await site.signIn('owner', 'Olivia Owner');
});

/** Sends the form that asks to follow the conversation. */
const ask = (fields: Record<string, string> = {}, cookie?: string) =>
  sendForm(
    site,
    '/following',
    { conversation: String(post.conversationId), email: 'fanny@reader.example', pace: 'at_once', ...fields },
    { cookie },
  );

describe('Who wants to follow', () => {
  it('finds a link below an open conversation, and a form without scripts behind it', async () => {
    const page = await openPage(site, path);
    const link = `/following/new?conversation=${post.conversationId}`;
    expect(page.text).toContain(`href="${link}"`);
    const form = await openPage(site, link);
    expect(wordsOf(form.text)).toContain('You will be told of every reply on “Worth following”.');
    expect(fieldOn(form.text, 'conversation')).toBe(String(post.conversationId));
  });

  it('finds one on the page of a thread, too', async () => {
    const { id } = await replyTo(site, path, { body: 'A thread begins.' }, owner);
    expect((await openPage(site, `/comments/${id}/thread`)).text).toContain(`href="/comments/${id}/follow"`);
    const form = await openPage(site, `/comments/${id}/follow`);
    expect(wordsOf(form.text)).toContain('below the comment of Olivia Owner on “Worth following”');
    expect(fieldOn(form.text, 'comment')).toBe(String(id));
  });

  it('finds nothing where there is nothing to read', async () => {
    const { id } = await replyTo(site, path);
    const draft = await addPost(site.db, { title: 'Not yet', publishedAt: null });
    expect((await openPage(site, `/comments/${id}/follow`)).status).toBe(404);
    expect((await openPage(site, `/following/new?conversation=${draft.conversationId}`)).status).toBe(404);
    expect((await openPage(site, '/following/new?conversation=2147483648')).status).toBe(404);
    expect((await openPage(site, '/following/new')).status).toBe(404);
    expect((await ask({ conversation: String(draft.conversationId) })).status).toBe(404);
  });

  it('is asked by mail first, in words of the site alone', async () => {
    const asked = await ask();
    expect([asked.status, asked.headers.location]).toEqual([303, '/following/asked']);
    expect(wordsOf((await openPage(site, '/following/asked')).text)).toContain('Look into your mail');
    await doJobs(site);
    const [mail, ...more] = await takeMails(site);
    expect(more).toEqual([]);
    expect(mail).toMatchObject({
      recipient: 'fanny@reader.example',
      subject: 'Please confirm: mail from Rejoinder',
      body: expect.stringContaining('* Every reply on “Worth following”\n'),
      unsubscribe: expect.stringMatching(/^\/following\/leave\//),
    });
  });

  it('gets the form back as it was typed where the address is none', async () => {
    const answer = await ask({ email: 'fanny at home', pace: 'daily' });
    expect(answer.status).toBe(422);
    expect(fieldOn(answer.text, 'email')).toBe('fanny at home');
    expect(answer.text).toContain('<option value="daily" selected>');
    expect(wordsOf(answer.text)).toContain('This does not look like an e-mail address');
    expect(wordsOf((await ask({ email: ' ' })).text)).toContain('please enter the address that the mail should go to');
    expect(await countFollowing(site)).toEqual({ subscriptions: 0, followers: 0 });
  });

  it('is not asked in a browser that has proved the address', async () => {
    const cookie = await proveAddress(site, 'fanny@reader.example');
    await takeMails(site);
    const asked = await ask({}, cookie);
    expect([asked.status, asked.headers.location]).toEqual([303, '/following/begun']);
    await doJobs(site);
    expect(await takeMails(site)).toEqual([]);
    const row = await site.db.selectFrom('subscription').select('confirmed_at').executeTakeFirstOrThrow();
    expect(row.confirmed_at).toEqual(site.now);
  });

  it('is asked in such a browser for any other address', async () => {
    const cookie = await proveAddress(site, 'fanny@reader.example');
    await takeMails(site);
    const asked = await ask({ email: 'victim@reader.example' }, cookie);
    expect(asked.headers.location).toBe('/following/asked');
  });
});

describe('The mail that asks', () => {
  it('has a link that shows a button, and does nothing by itself', async () => {
    await ask({ pace: 'daily' });
    await doJobs(site);
    const [mail = fail()] = await takeMails(site);
    const page = await openPage(site, linkIn(mail, 'confirm'));
    expect(page.status).toBe(200);
    expect(page.headers['cache-control']).toBe('no-store');
    expect(wordsOf(page.text)).toContain('Every reply on “Worth following”, once a day');
    expect(page.text).toContain('<button>Yes, tell me by mail</button>');
    const before = await site.db.selectFrom('subscription').select('confirmed_at').executeTakeFirstOrThrow();
    expect(before.confirmed_at).toBeNull();

    const answer = await sendForm(site, linkIn(mail, 'confirm'), {});
    expect([answer.status, answer.headers.location]).toEqual([303, linkIn(mail, 'confirm')]);
    expect(wordsOf((await openPage(site, linkIn(mail, 'confirm'))).text)).toContain('You will be told by mail');
    const after = await site.db.selectFrom('subscription').select('confirmed_at').executeTakeFirstOrThrow();
    expect(after.confirmed_at).toEqual(site.now);
  });

  it('is written once, however often its job is done', async () => {
    await ask();
    const [job = fail()] = await takeJobs(site);
    await doJob(site, job);
    await doJob(site, job);
    expect(await takeMails(site)).toHaveLength(1);
  });

  it('is written again for who asks again, and not for who follows already; the answer is the same', async () => {
    const first = await ask();
    await doJobs(site);
    const second = await ask();
    await doJobs(site);
    const mails = await takeMails(site);
    expect(mails).toHaveLength(2);
    expect(linkIn(mails[0] ?? fail(), 'confirm')).toBe(linkIn(mails[1] ?? fail(), 'confirm'));
    await sendForm(site, linkIn(mails[0] ?? fail(), 'confirm'), {});
    const third = await ask({ pace: 'daily' });
    expect([first, second, third].map(({ status, headers }) => [status, headers.location])).toEqual(
      Array(3).fill([303, '/following/asked']),
    );
    await doJobs(site);
    expect(await takeMails(site)).toEqual([]);
    // Nor has a stranger changed how often mail comes.
    expect(await site.db.selectFrom('subscription').select('pace').execute()).toEqual([{ pace: 'at_once' }]);
  });

  it('cannot be sent to one address more than five times an hour, nor out of one network more than twenty times', async () => {
    const answers = [];
    for (let time = 0; time < 6; time += 1) answers.push(await ask());
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303, 303, 303, 429]);
    const last = answers.at(-1) ?? fail();
    expect(Number(last.headers['retry-after'])).toBeGreaterThan(0);
    expect(fieldOn(last.text, 'email')).toBe('fanny@reader.example');
    expect(wordsOf(last.text)).toContain('Many mails were asked for of late.');

    const others = [];
    for (let person = 0; person < 15; person += 1) others.push(await ask({ email: `reader-${person}@reader.example` }));
    expect(others.map(({ status }) => status)).toEqual([...Array(14).fill(303), 429]);
  });

  it('cannot be sent to one mailbox more than ten times a day, whatever follows a plus sign', async () => {
    const answers = [];
    for (let time = 0; time < 11; time += 1) {
      await sql`delete from rate_limit where key like 'follow-address:%' or key like 'follow-network:%'`.execute(
        site.db,
      );
      answers.push(await ask({ email: time % 2 ? `fanny+${time}@reader.example` : 'fanny@reader.example' }));
    }
    expect(answers.map(({ status }) => status)).toEqual([...Array(10).fill(303), 429]);
    expect(wordsOf(answers.at(-1)?.text ?? '')).toMatch(/Please try again in 24 hours\./);
  });

  it('counts what follows a plus sign as the same mailbox within the hour, too', async () => {
    for (let time = 0; time < 5; time += 1) await ask({ email: `fanny+${time}@reader.example` });
    expect((await ask()).status).toBe(429);
    expect((await ask({ email: 'other@reader.example' })).status).toBe(303);
  });

  it('leads to a page that says so once its seven days are over', async () => {
    await ask();
    await doJobs(site);
    const [mail = fail()] = await takeMails(site);
    await cleanUp(site.db, { now: new Date(site.now.getTime() + 6.9 * 86_400_000) });
    expect(await countFollowing(site)).toEqual({ subscriptions: 1, followers: 1 });
    await cleanUp(site.db, { now: new Date(site.now.getTime() + 7.1 * 86_400_000) });
    expect(await countFollowing(site)).toEqual({ subscriptions: 0, followers: 0 });
    expect((await openPage(site, linkIn(mail, 'confirm'))).status).toBe(410);
    const answer = await sendForm(site, linkIn(mail, 'confirm'), {});
    expect([answer.status, wordsOf(answer.text)]).toEqual([410, expect.stringContaining('This link is over')]);
  });

  it('does not vanish with the clean-up once it was answered', async () => {
    await follow(site, { conversation: post.conversationId }, { email: 'fanny@reader.example' });
    await cleanUp(site.db, { now: new Date(site.now.getTime() + 400 * 86_400_000) });
    expect(await countFollowing(site)).toEqual({ subscriptions: 1, followers: 1 });
  });

  it('ends what it asked about by its other link', async () => {
    await ask();
    await doJobs(site);
    const [mail = fail()] = await takeMails(site);
    await sendForm(site, mail.unsubscribe, {});
    expect(await countFollowing(site)).toEqual({ subscriptions: 0, followers: 0 });
  });
});

describe('A link to leave', () => {
  let leave: string;

  beforeEach(async () => {
    await follow(site, { conversation: post.conversationId }, { email: 'fanny@reader.example' });
    await replyTo(site, path, { body: 'News.' }, owner);
    await doJobs(site);
    const [mail = fail()] = await takeMails(site, 'fanny@reader.example');
    leave = mail.unsubscribe;
    expect(linkIn(mail, 'leave')).toBe(leave);
  });

  it('shows a button, and ends nothing by itself', async () => {
    const page = await openPage(site, leave);
    expect(wordsOf(page.text)).toContain('Every reply on “Worth following”');
    expect(page.text).toContain('<button>End it</button>');
    expect(await countFollowing(site)).toEqual({ subscriptions: 1, followers: 1 });
  });

  it('takes the POST of a mail provider: without cookies, origin or redirect (RFC 8058)', async () => {
    const answer = await request(site.app).post(leave).type('form').send('List-Unsubscribe=One-Click');
    expect(answer.status).toBe(200);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(await countFollowing(site)).toEqual({ subscriptions: 0, followers: 0 });
    await replyTo(site, path, { body: 'More news.' }, owner);
    expect(await doJobs(site)).toEqual([]);
  });

  it('takes it as a form of several parts, too', async () => {
    const answer = await request(site.app).post(leave).field('List-Unsubscribe', 'One-Click');
    expect(answer.status).toBe(200);
    expect(await countFollowing(site)).toEqual({ subscriptions: 0, followers: 0 });
  });

  it('says the same when it comes again', async () => {
    const [first, second] = [await sendForm(site, leave, {}), await sendForm(site, leave, {})];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(wordsOf(second.text)).toContain('You will not be told any more');
    expect(wordsOf((await openPage(site, leave)).text)).toContain('You will not be told any more');
  });

  it('ends just this', async () => {
    const { id } = await replyTo(site, path, { body: 'A thread.' }, owner);
    await doJobs(site);
    await takeMails(site);
    await follow(site, { comment: id }, { email: 'fanny@reader.example' });
    await sendForm(site, leave, {});
    expect(await countFollowing(site)).toEqual({ subscriptions: 1, followers: 1 });
  });

  it('is nobody’s to make up', async () => {
    const [ids = '', signature = ''] = leave.replace('/following/leave/', '').split('.');
    const forged = [
      `/following/leave/${Number(ids) + 1}.${signature}`,
      `/following/leave/${ids}`,
      `/following/leave/${ids}.`,
      `/following/leave/${ids}.${Buffer.alloc(16).toString('base64url')}`,
      `/following/confirm/${ids}.${signature}`,
      `/following/leave-digest/${ids}.${signature}`,
    ];
    for (const each of forged) {
      expect([each, (await openPage(site, each)).status]).toEqual([each, 404]);
      expect([each, (await sendForm(site, each, {})).status]).toEqual([each, 404]);
    }
    expect(await countFollowing(site)).toEqual({ subscriptions: 1, followers: 1 });
  });
});

describe('The page of one’s own', () => {
  it('lists what the proved addresses follow, for its own person only', async () => {
    await follow(site, { conversation: post.conversationId }, { email: 'fanny@reader.example' });
    const cookie = await proveAddress(site, 'fanny@reader.example');
    const { text } = await openPage(site, '/mine', { cookie });
    expect(wordsOf(text)).toContain('Every reply on “Worth following”');
    const other = await proveAddress(site, 'other@reader.example');
    expect((await openPage(site, '/mine', { cookie: other })).text).not.toContain('Worth following');
  });

  it('changes how often mail comes, and ends it', async () => {
    await follow(site, { conversation: post.conversationId }, { email: 'fanny@reader.example' });
    const { id } = await site.db.selectFrom('subscription').select('id').executeTakeFirstOrThrow();
    const cookie = await proveAddress(site, 'fanny@reader.example');
    const changed = await sendForm(site, `/following/${id}/pace`, { pace: 'daily' }, { cookie });
    expect([changed.status, changed.headers.location]).toEqual([303, '/mine#following']);
    expect(await site.db.selectFrom('subscription').select('pace').execute()).toEqual([{ pace: 'daily' }]);
    await sendForm(site, `/following/${id}/end`, {}, { cookie });
    expect(await countFollowing(site)).toEqual({ subscriptions: 0, followers: 0 });
  });

  it('lets nobody change what others follow', async () => {
    await follow(site, { conversation: post.conversationId }, { email: 'fanny@reader.example' });
    const { id } = await site.db.selectFrom('subscription').select('id').executeTakeFirstOrThrow();
    const other = await proveAddress(site, 'other@reader.example');
    expect((await sendForm(site, `/following/${id}/pace`, { pace: 'daily' }, { cookie: other })).status).toBe(404);
    await sendForm(site, `/following/${id}/end`, {}, { cookie: other });
    expect((await sendForm(site, `/following/${id}/pace`, { pace: 'daily' })).status).toBe(403);
    expect((await sendForm(site, `/following/${id}/end`, {})).status).toBe(403);
    expect(await site.db.selectFrom('subscription').select('pace').execute()).toEqual([{ pace: 'at_once' }]);
  });
});

describe('The form for a reply', () => {
  const chosen = { email: 'greta@reader.example', follow: 'replies', tell_decision: 'on' };

  it('asks guests what they want to be told, and staff nothing', async () => {
    const guest = await openPage(site, path);
    expect(wordsOf(guest.text)).toContain('Be told by mail');
    expect(guest.text).toContain('name="follow" value="" checked');
    expect((await openPage(site, path, owner)).text).not.toContain('name="follow"');
  });

  it('stores it with the reply, and asks in one mail about all of it', async () => {
    const { id } = await replyTo(site, path, { ...chosen, pace: 'daily' });
    await doJobs(site);
    const [mail = fail(), ...more] = await takeMails(site);
    expect(more).toEqual([]);
    expect(mail.body).toContain('* Replies to your comment on “Worth following”, once a day\n');
    expect(mail.body).toContain('* What moderators decide about your comment on “Worth following”\n');
    await sendForm(site, linkIn(mail, 'confirm'), {});
    const rows = await site.db
      .selectFrom('subscription')
      .select(['scope', 'comment_id', 'pace', 'confirmed_at'])
      .orderBy('id')
      .execute();
    expect(rows).toEqual([
      { scope: 'replies', comment_id: id, pace: 'daily', confirmed_at: site.now },
      { scope: 'decision', comment_id: id, pace: 'at_once', confirmed_at: site.now },
    ]);
  });

  it('needs an address for it: without one the form comes back as it was typed', async () => {
    const answer = await postReply(site, path, { body: 'Hear me.', follow: 'conversation', pace: 'daily' });
    expect(answer.status).toBe(422);
    expect(fieldOn(answer.text, 'body')).toBe('Hear me.');
    expect(answer.text).toContain('name="follow" value="conversation" checked');
    expect(answer.text).toContain('<option value="daily" selected>');
    expect(answer.text).toMatch(/<details class="follow-choices" open>/);
    expect(wordsOf(answer.text)).toContain('please enter the address that the mail should go to');
  });

  it('needs no confirmation in a browser that has proved the address', async () => {
    const cookie = await proveAddress(site, 'greta@reader.example');
    await takeMails(site);
    await replyTo(site, path, { ...chosen, follow: 'conversation' }, { cookie });
    await doJobs(site);
    expect(await takeMails(site)).toEqual([]);
    const rows = await site.db.selectFrom('subscription').select(['scope', 'confirmed_at']).orderBy('id').execute();
    expect(rows.map(({ scope, confirmed_at }) => [scope, confirmed_at !== null])).toEqual([
      ['conversation', true],
      ['decision', true],
    ]);
  });

  it('does not ask about a decision on what is published at once', async () => {
    const first = await replyTo(site, path);
    await decideOn(site, owner, first.id, { action: 'approve' });
    await replyTo(site, path, { email: 'greta@reader.example', tell_decision: 'on' }, first);
    await doJobs(site);
    expect(await takeMails(site)).toEqual([]);
    expect(await countFollowing(site)).toEqual({ subscriptions: 0, followers: 0 });
  });

  it('comes back as it was typed where too many mails were asked for, and posts the reply without the choice', async () => {
    for (let time = 0; time < 5; time += 1) await ask({ email: 'greta@reader.example' });
    const answer = await postReply(site, path, { body: 'Not lost.', ...chosen });
    expect(answer.status).toBe(429);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(fieldOn(answer.text, 'body')).toBe('Not lost.');
    expect(wordsOf(answer.text)).toContain('Many mails were asked for of late.');
    expect((await postReply(site, path, { body: 'Not lost.', email: chosen.email })).status).toBe(303);
  });

  it('gives a repeat its first answer, whatever the limits say meanwhile', async () => {
    const fields = { ...chosen, name: 'Greta', body: 'Twice, by accident.' };
    const first = await replyTo(site, path, fields);
    for (let time = 0; time < 6; time += 1) await ask({ email: 'greta@reader.example' });
    expect((await replyTo(site, path, fields)).id).toBe(first.id);
  });

  it('forgets what its writer wanted to hear when the comment is deleted', async () => {
    const { id, cookie } = await replyTo(site, path, chosen);
    await confirm(site, 'greta@reader.example');
    expect(await countFollowing(site)).toEqual({ subscriptions: 2, followers: 1 });
    const deleted = await sendForm(site, `/comments/${id}/delete`, {}, { cookie });
    expect(deleted.status).toBe(303);
    expect(await countFollowing(site)).toEqual({ subscriptions: 0, followers: 0 });
  });
});

function fail(): never {
  throw new Error('There is none.');
}
