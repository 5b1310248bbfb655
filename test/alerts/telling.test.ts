import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { takeMails } from '../following/followers.ts';
import { decideOn, openPage, postReply, replyTo, sendForm, wordsOf } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { setRule } from '../support/rules.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import {
  addressOf,
  alertMails,
  choose,
  decidingLinksIn,
  doAlertJob,
  doAlertJobs,
  mailDue,
  takeAlertJobs,
} from './moderators.ts';

jest.setTimeout(60_000);

type Person = Awaited<ReturnType<TestSite['signIn']>>;

let site: TestSite;
let owner: Person;
let moderator: Person;
let author: Person;
let path: string;
let day = 0;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
  moderator = await site.signIn('moderator', 'Mona Moderator');
  author = await site.signIn('author', 'Ada Author');
});
afterAll(() => site.close());
beforeEach(async () => {
  await site.db.updateTable('account').set({ moderation_mail: 'none', alerted_at: null, disabled_at: null }).execute();
  await site.db.updateTable('account').set({ role: 'author' }).where('id', '=', author.id).execute();
  await site.db.updateTable('account').set({ role: 'moderator' }).where('id', '=', moderator.id).execute();
  await site.db.updateTable('site').set({ authors_moderate: true }).execute();
  await setRule(site.db, 'reports', { enabled: false });
  await site.db.deleteFrom('alert').execute();
  await takeAlertJobs(site);
  await takeMails(site);
  day += 10;
  at(0, '12:00');
  path = `/posts/${(await addPost(site.db, { title: 'A talk' })).slug}`;
});

/** Lets it be a time of a day in the future, so that no job of these tests is due by the clock of the machine. */
function at(days: number, clock: string): void {
  site.now = new Date(Date.UTC(2040, 1, day + days) + Date.parse(`1970-01-01T${clock}Z`));
}

describe('The choice', () => {
  it('is none at first, and then no job is added', async () => {
    await replyTo(site, path);
    expect(await takeAlertJobs(site)).toEqual([]);
    expect((await openPage(site, '/account', moderator)).text).toContain('<option value="none" selected>');
  });

  it('is saved on the page of the account, and says what it does', async () => {
    await choose(site, moderator, 'daily');
    const { text } = await openPage(site, '/account', moderator);
    expect(wordsOf(text)).toContain('You get one mail a day about comments that wait.');
    expect(text).toContain('<option value="daily" selected>');
  });

  it('is one of three; anything else is 422, and nothing changes', async () => {
    await choose(site, moderator, 'daily');
    const answer = await sendForm(site, '/account/moderation-mail', { moderation_mail: 'always' }, moderator);
    expect(answer.status).toBe(422);
    expect(wordsOf(answer.text)).toContain('Please choose one of these.');
    expect((await openPage(site, '/account', moderator)).text).toContain('<option value="daily" selected>');
  });

  it('is nobody’s who is not signed in, nor of authors where these do not moderate', async () => {
    expect((await sendForm(site, '/account/moderation-mail', { moderation_mail: 'daily' })).status).toBe(403);
    expect((await openPage(site, '/account', author)).text).toContain('moderation-mail');
    await site.db.updateTable('site').set({ authors_moderate: false }).execute();
    expect((await openPage(site, '/account', author)).text).not.toContain('moderation-mail');
    expect((await sendForm(site, '/account/moderation-mail', { moderation_mail: 'daily' }, author)).status).toBe(403);
  });

  it('changed to at once tells what gathered for the digest', async () => {
    await choose(site, moderator, 'daily');
    await replyTo(site, path);
    expect(await alertMails(site)).toEqual([]);
    await choose(site, moderator, 'at_once');
    expect(await alertMails(site)).toHaveLength(1);
  });
});

describe('The mail', () => {
  it('says for a comment post, name, text, rule and links, and has a button that ends it', async () => {
    await choose(site, moderator, 'at_once');
    const { id } = await replyTo(site, path, { name: 'Greta Guest', body: 'Look *here*.' });
    const [mail, ...more] = await alertMails(site);
    expect(more).toEqual([]);
    expect(mail?.recipient).toBe(await addressOf(site, moderator));
    expect(mail?.subject).toBe('Waiting: Greta Guest on “A talk”');
    expect(mail?.body).toMatch(/^Greta Guest on “A talk”, \d+ \w+ 2040 at 12:00:\n> Look here\.$/m);
    expect(mail?.body).toContain('first comment');
    expect(mail?.body).toContain(`https://blog.example/moderation/comments/${id}\n`);
    expect(decidingLinksIn(mail ?? { body: '' })).toHaveLength(1);
    expect(mail?.unsubscribe).toMatch(/^\/moderation\/by-mail\/leave\//);
  });

  it('quotes 600 characters of a text, on one line that is marked as somebody else’s', async () => {
    await choose(site, moderator, 'at_once');
    await replyTo(site, path, { body: `First.\n\n${'word '.repeat(400)}` });
    const [mail] = await alertMails(site);
    const quoted = mail?.body.split('\n').find((line) => line.startsWith('> ')) ?? '';
    expect(quoted).toMatch(/^> First\. word .*word…$/);
    expect(quoted.length).toBeLessThanOrEqual(602);
  });

  it('comes at once, then ten minutes later at the earliest, with what gathered', async () => {
    await choose(site, moderator, 'at_once');
    await replyTo(site, path);
    expect(await alertMails(site)).toHaveLength(1);
    at(0, '12:01');
    await replyTo(site, path, { name: 'Second Guest' });
    const later = await doAlertJobs(site);
    at(0, '12:09:59');
    await replyTo(site, path, { name: 'Third Guest' });
    later.push(...(await doAlertJobs(site)));
    expect(await takeMails(site)).toEqual([]);
    expect(later.map(({ run_at }) => run_at.toISOString().slice(11, 19))).toEqual(['12:10:00', '12:10:00']);
    at(0, '12:10');
    for (const job of later) await doAlertJob(site, job);
    const mails = await alertMails(site);
    expect(mails.map(({ subject }) => subject)).toEqual(['2 comments wait on Rejoinder']);
    for (const name of ['Second Guest', 'Third Guest']) expect(mails[0]?.body).toContain(`${name} on “A talk”`);
    expect(decidingLinksIn(mails[0] ?? { body: '' })).toHaveLength(2);
  });

  it('puts off with one job, however many comments come meanwhile', async () => {
    await choose(site, moderator, 'at_once');
    await replyTo(site, path);
    await alertMails(site);
    for (const _ of [1, 2, 3]) {
      await replyTo(site, path);
      const [gathering] = await takeAlertJobs(site);
      if (gathering) await doAlertJob(site, gathering);
    }
    expect(await takeAlertJobs(site)).toHaveLength(1);
  });

  it('tells only what still waits when it is made', async () => {
    await choose(site, moderator, 'at_once');
    const decided = await replyTo(site, path, { name: 'Decided Guest' });
    const deleted = await replyTo(site, path, { name: 'Deleted Guest' });
    await replyTo(site, path, { name: 'Waiting Guest' });
    await decideOn(site, owner, decided.id, { action: 'approve' });
    await sendForm(site, `/comments/${deleted.id}/delete`, {}, { cookie: deleted.cookie });
    const [mail] = await alertMails(site);
    expect(mail?.subject).toBe('Waiting: Waiting Guest on “A talk”');
    expect(mail?.body).not.toMatch(/Decided|Deleted/);
  });

  it('is none where nothing waits any more', async () => {
    await choose(site, moderator, 'at_once');
    const { id } = await replyTo(site, path);
    const [gathering] = await takeAlertJobs(site);
    if (gathering) await doAlertJob(site, gathering);
    await decideOn(site, owner, id, { action: 'reject' });
    expect(await alertMails(site)).toEqual([]);
    expect(await site.db.selectFrom('alert').selectAll().execute()).toEqual([]);
  });

  it('tells what was decided before anybody was told, once it waits again', async () => {
    await choose(site, moderator, 'at_once');
    const { id } = await replyTo(site, path);
    await decideOn(site, owner, id, { action: 'reject' });
    expect(await alertMails(site)).toEqual([]);
    await decideOn(site, owner, id, { action: 'restore' });
    const [mail] = await alertMails(site);
    expect(mail?.body).toContain('Restored by Olivia Owner on');
  });

  it('tells a comment once to each moderator, though it waits once more', async () => {
    await choose(site, moderator, 'at_once');
    const { id } = await replyTo(site, path);
    expect(await alertMails(site)).toHaveLength(1);
    await decideOn(site, owner, id, { action: 'reject' });
    await decideOn(site, owner, id, { action: 'restore' });
    at(1, '12:00');
    expect(await alertMails(site)).toEqual([]);
    await mailDue(site);
    expect(await takeMails(site)).toEqual([]);
  });

  it('is never about spam', async () => {
    await choose(site, moderator, 'at_once');
    const { id } = await replyTo(site, path);
    await decideOn(site, owner, id, { action: 'spam' });
    expect(await alertMails(site)).toEqual([]);
  });

  it('is never about what readers see at once', async () => {
    await choose(site, moderator, 'at_once');
    await replyTo(site, path, {}, owner);
    expect(await takeAlertJobs(site)).toEqual([]);
  });

  it('tells what reports have taken back to the queue', async () => {
    await choose(site, moderator, 'at_once');
    const { id } = await replyTo(site, path, {}, owner);
    await setRule(site.db, 'reports', { enabled: true, settings: { people: 1 } });
    const { status } = await sendForm(site, `/comments/${id}/report`, { text: 'It is wrong.', kind: 'other' });
    expect(status).toBe(303);
    const [mail] = await alertMails(site);
    expect(mail?.subject).toBe('Waiting: Olivia Owner on “A talk”');
    expect(mail?.body).toContain('report');
  });

  it('quotes fifty comments at most, and says how many more there are', async () => {
    await choose(site, moderator, 'daily');
    for (let count = 0; count < 52; count += 1) {
      const { status } = await postReply(site, path);
      expect(status).toBe(303);
    }
    await doAlertJobs(site);
    at(1, '07:04');
    await mailDue(site);
    const [mail, ...more] = await takeMails(site);
    expect(more).toEqual([]);
    expect(mail?.subject).toBe('52 comments wait on Rejoinder');
    expect(decidingLinksIn(mail ?? { body: '' })).toHaveLength(50);
    expect(mail?.body).toContain('… and 2 more, in the queue.');
  });
});

describe('Who is told', () => {
  it('is an author of what is said on own posts only, and a moderator of all', async () => {
    const own = await addPost(site.db, { title: 'Mine', authorId: author.id });
    for (const person of [author, moderator]) await choose(site, person, 'at_once');
    await replyTo(site, path);
    await replyTo(site, `/posts/${own.slug}`);
    const mails = await alertMails(site);
    expect(mails.map(({ subject }) => subject).sort()).toEqual([
      '2 comments wait on Rejoinder',
      'Waiting: Greta Guest on “Mine”',
    ]);
    expect(mails.find(({ subject }) => subject.includes('Mine'))?.recipient).toBe(await addressOf(site, author));
  });

  it.each([
    ['is disabled', { disabled_at: new Date() }],
    ['wants none any more', { moderation_mail: 'none' as const }],
    ['may not decide on the post any more', { role: 'author' as const }],
  ])('is nobody who %s when the mail is made', async (_what, change) => {
    await choose(site, moderator, 'at_once');
    await replyTo(site, path);
    const [gathering] = await takeAlertJobs(site);
    if (gathering) await doAlertJob(site, gathering);
    await site.db.updateTable('account').set(change).where('id', '=', moderator.id).execute();
    expect(await alertMails(site)).toEqual([]);
  });

  it('is no author where authors do not moderate any more', async () => {
    const own = await addPost(site.db, { title: 'Mine', authorId: author.id });
    await choose(site, author, 'at_once');
    await site.db.updateTable('site').set({ authors_moderate: false }).execute();
    await replyTo(site, `/posts/${own.slug}`);
    expect(await alertMails(site)).toEqual([]);
  });
});

describe('A digest', () => {
  it('comes once a day after seven, with what waits from before', async () => {
    await choose(site, moderator, 'daily');
    await replyTo(site, path, { name: 'Noon Guest' });
    expect(await alertMails(site)).toEqual([]);
    at(1, '06:59:59');
    await mailDue(site);
    expect(await takeMails(site)).toEqual([]);
    at(1, '07:00:01');
    await replyTo(site, path, { name: 'Late Guest' });
    await doAlertJobs(site);
    for (const clock of ['07:04', '08:04', '23:04']) {
      at(1, clock);
      await mailDue(site);
    }
    const mails = await takeMails(site);
    expect(mails.map(({ subject }) => subject)).toEqual(['Waiting: Noon Guest on “A talk”']);
    at(2, '07:04');
    await mailDue(site);
    expect((await takeMails(site)).map(({ subject }) => subject)).toEqual(['Waiting: Late Guest on “A talk”']);
  });
});

describe('After a crash', () => {
  it('jobs that are done again mail nothing twice', async () => {
    await choose(site, moderator, 'at_once');
    await replyTo(site, path);
    const [gathering] = await takeAlertJobs(site);
    if (!gathering) throw new Error('Nothing gathers.');
    await doAlertJob(site, gathering);
    await doAlertJob(site, gathering);
    const mailing = await takeAlertJobs(site);
    expect(mailing).toHaveLength(1);
    await Promise.all([...mailing, ...mailing].map((job) => doAlertJob(site, job)));
    expect(await alertMails(site)).toHaveLength(1);
    at(0, '13:00');
    for (const job of [gathering, ...mailing]) await doAlertJob(site, job);
    expect(await alertMails(site)).toEqual([]);
  });

  it('what a lost job would have told at once is told within the hour', async () => {
    await choose(site, moderator, 'at_once');
    await replyTo(site, path);
    const [gathering] = await takeAlertJobs(site);
    if (gathering) await doAlertJob(site, gathering);
    await takeAlertJobs(site);
    await mailDue(site);
    expect(await takeMails(site)).toHaveLength(1);
  });
});

describe('The button that ends it', () => {
  it('asks when it is opened, and ends the mail when a mail program presses it', async () => {
    await choose(site, moderator, 'at_once');
    await replyTo(site, path);
    const [mail] = await alertMails(site);
    const link = mail?.unsubscribe ?? '';
    const page = await openPage(site, link);
    expect(wordsOf(page.text)).toContain('Do you want to end this mail?');
    expect(page.headers['cache-control']).toBe('private, no-store');
    expect((await openPage(site, '/account', moderator)).text).toContain('<option value="at_once" selected>');
    expect((await sendForm(site, link, { 'List-Unsubscribe': 'One-Click' })).status).toBe(200);
    expect((await openPage(site, '/account', moderator)).text).toContain('<option value="none" selected>');
  });

  it('is no link to decide, and a link to decide ends no mail', async () => {
    await choose(site, moderator, 'at_once');
    await replyTo(site, path);
    const [mail] = await alertMails(site);
    const token = mail?.unsubscribe.split('/').at(-1) ?? '';
    expect((await openPage(site, `/moderation/by-mail/${token}`)).status).toBe(404);
    const [link = ''] = decidingLinksIn(mail ?? { body: '' });
    expect((await sendForm(site, link.replace('by-mail/', 'by-mail/leave/'), {})).status).toBe(404);
    expect((await openPage(site, '/account', moderator)).text).toContain('<option value="at_once" selected>');
  });
});
