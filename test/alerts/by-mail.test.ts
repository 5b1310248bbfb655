import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import request from 'supertest';
import { hashPassword } from '../../src/accounts/passwords.ts';
import { hashToken, newToken } from '../../src/accounts/tokens.ts';
import { decidingLink } from '../../src/alerts/right.ts';
import { takeMails } from '../following/followers.ts';
import {
  decideOn,
  fieldOn,
  lastEvent,
  newText,
  openPage,
  replyTo,
  sendForm,
  statusOf,
  until,
  wordsOf,
} from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, fromOwnPage, type TestSite } from '../support/site.ts';
import { alertContext, alertMails, choose, decidingLinksIn, takeAlertJobs } from './moderators.ts';

jest.setTimeout(60_000);

type Person = Awaited<ReturnType<TestSite['signIn']>>;

let site: TestSite;
let owner: Person;
let moderator: Person;
let author: Person;
let path: string;
let id: number;
let cookie: string;
let link: string;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
});
afterAll(() => site.close());
beforeEach(async () => {
  await site.db.updateTable('account').set({ moderation_mail: 'none' }).execute();
  await site.db.updateTable('site').set({ authors_moderate: true }).execute();
  await site.db.deleteFrom('rate_limit').execute();
  await takeAlertJobs(site);
  await takeMails(site);
  moderator = await site.signIn('moderator', 'Mona Moderator');
  author = await site.signIn('author', 'Ada Author');
  const post = await addPost(site.db, { title: 'A talk', authorId: author.id });
  path = `/posts/${post.slug}`;
  [{ id, cookie }, link] = await mailedTo(moderator);
});

/** A comment that waits, and the link to decide on it that somebody got. */
async function mailedTo(person: Person): Promise<[{ id: number; cookie: string }, string]> {
  await choose(site, person, 'at_once');
  await site.db.updateTable('account').set({ alerted_at: null }).execute();
  const comment = await replyTo(site, path, {
    body: `Is *this* right? [See](https://elsewhere.example/). ${newText()}`,
  });
  const [mail] = await alertMails(site);
  await site.db.updateTable('account').set({ moderation_mail: 'none' }).execute();
  const [found] = decidingLinksIn(mail ?? { body: '' });
  if (!found) throw new Error('No link to decide.');
  return [comment, found];
}

/** The fields of the form on the page behind a link, for one of its buttons. */
async function filledIn(action: string, reason = ''): Promise<Record<string, string>> {
  const { text } = await openPage(site, link);
  return { action, reason, seen: fieldOn(text, 'seen') ?? '' };
}

function eventsOf(commentId: number) {
  return site.db
    .selectFrom('event')
    .select('id')
    .where('subject_kind', '=', 'comment')
    .where('subject_id', '=', commentId)
    .execute();
}

function changeAccount(person: Person, change: Record<string, unknown>) {
  return site.db.updateTable('account').set(change).where('id', '=', person.id).execute();
}

describe('The page behind the link', () => {
  it('shows the comment, why it waits, and three buttons, to who is not signed in', async () => {
    const { status, text } = await openPage(site, link);
    expect(status).toBe(200);
    const words = wordsOf(text);
    expect(words).toContain('Decide on the comment by Greta Guest');
    expect(text).toContain('Is <em>this</em> right?');
    expect(words).toContain('first comment');
    expect(words).toContain('You decide as Mona Moderator');
    expect([...text.matchAll(/name="action" value="(\w+)"/g)].map(([, action]) => action)).toEqual([
      'approve',
      'reject',
      'spam',
    ]);
  });

  it('says for a reply whom it answers', async () => {
    const parent = await replyTo(site, path, { body: 'The parent.' }, owner);
    await choose(site, moderator, 'at_once');
    await site.db.updateTable('account').set({ alerted_at: null }).execute();
    await replyTo(site, path, { parent: String(parent.id) });
    const [mail] = await alertMails(site);
    const [replyLink = ''] = decidingLinksIn(mail ?? { body: '' });
    const { text } = await openPage(site, replyLink);
    expect(wordsOf(text)).toContain('In reply to Olivia Owner');
    expect(text).toContain('The parent.');
  });

  it.each(['get', 'head'] as const)('changes nothing by being opened, however often: %s', async (method) => {
    const before = await eventsOf(id);
    for (const _ of [1, 2, 3]) {
      const answer = await request(site.app)[method](link);
      expect(answer.status).toBe(200);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    expect(await statusOf(site.db, id)).toBe('pending');
    expect(await eventsOf(id)).toEqual(before);
    expect((await sendForm(site, link, await filledIn('approve'))).status).toBe(303);
  });

  it('is private, kept by nobody, found by no search engine, and tells nobody else its address', async () => {
    const { headers, text } = await openPage(site, link);
    expect(headers['cache-control']).toBe('private, no-store');
    expect(headers['referrer-policy']).toBe('same-origin');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(text).toContain('<meta name="robots" content="noindex">');
    const loaded = [...text.matchAll(/<(?:link rel="(?:stylesheet|icon)"|script|img)[^>]* (?:href|src)="([^"]*)"/g)];
    expect(loaded.length).toBeGreaterThan(0);
    for (const [, address] of loaded) expect(address).toMatch(/^\/(?!\/)/);
  });

  it('says once it is decided what was done, without a form', async () => {
    await decideOn(site, owner, id, { action: 'reject', reason: 'Off topic.' });
    const { status, text } = await openPage(site, link);
    expect(status).toBe(200);
    const words = wordsOf(text);
    expect(words).toContain('Rejected by Olivia Owner on');
    expect(words).toContain('It now stands as: Rejected.');
    expect(words).toContain('Reason given: Off topic.');
    expect(text).not.toContain('name="action"');
  });
});

describe('A decision by mail', () => {
  it.each([
    ['approve', 'approved'],
    ['reject', 'rejected'],
    ['spam', 'spam'],
  ])('to %s is done in the name of the account, with its reason', async (action, status) => {
    const answer = await sendForm(site, link, await filledIn(action, ' Because. '));
    expect([answer.status, answer.headers.location]).toEqual([303, link]);
    expect(await statusOf(site.db, id)).toBe(status);
    expect(await lastEvent(site.db, 'comment', id)).toMatchObject({
      ...{ action, actor_id: moderator.id, reason: 'Because.', from_status: 'pending', to_status: status },
    });
    expect(wordsOf((await openPage(site, link)).text)).toContain('by Mona Moderator on');
  });

  it('is in the name of the account that got the mail, whoever is signed in', async () => {
    await sendForm(site, link, await filledIn('approve'), owner);
    expect((await lastEvent(site.db, 'comment', id)).actor_id).toBe(moderator.id);
  });

  it('by who is second is 409 with what was done, and gives the reason back', async () => {
    const fields = await filledIn('approve', 'My <reason>.');
    await decideOn(site, owner, id, { action: 'reject', reason: 'Off topic.' });
    const { status, text, headers } = await sendForm(site, link, fields);
    expect([status, await statusOf(site.db, id)]).toEqual([409, 'rejected']);
    expect(wordsOf(text)).toContain('Rejected by Olivia Owner on');
    expect(wordsOf(text)).toContain('Reason given: Off topic.');
    expect(text).toContain('My &lt;reason&gt;.');
    expect(headers['cache-control']).toBe('private, no-store');
  });

  it('is 409, too, where the writer deleted the comment meanwhile; then the page is gone', async () => {
    const fields = await filledIn('approve');
    await sendForm(site, `/comments/${id}/delete`, {}, { cookie });
    expect((await sendForm(site, link, fields)).status).toBe(409);
    expect((await openPage(site, link)).status).toBe(410);
  });

  it('is 409 where the comment was edited since it was looked at', async () => {
    const fields = await filledIn('approve');
    await sendForm(site, `/comments/${id}/edit`, { body: 'Something else entirely.' }, { cookie });
    expect([(await sendForm(site, link, fields)).status, await statusOf(site.db, id)]).toEqual([409, 'pending']);
  });

  it('sent twice, or three times at once, is done once, and all answers are the same', async () => {
    const fields = await filledIn('reject', 'Off topic.');
    const answers = await Promise.all([1, 2, 3].map(() => sendForm(site, link, fields)));
    answers.push(await sendForm(site, link, fields));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303, 303]);
    expect(await eventsOf(id)).toHaveLength(2);
  });

  it('is the only one: what does not wait any more it leaves alone, whatever the form says that it saw', async () => {
    await sendForm(site, link, await filledIn('approve'));
    const { id: seen } = await lastEvent(site.db, 'comment', id);
    for (const fields of [
      { action: 'spam', seen: String(seen) },
      { action: 'spam', seen: '' },
    ]) {
      expect((await sendForm(site, link, fields)).status).toBe(409);
    }
    expect(await statusOf(site.db, id)).toBe('approved');
  });

  it.each([
    ['remove', ''],
    ['restore', ''],
    ['delete', ''],
    ['', ''],
    ['reject', 'r'.repeat(501)],
  ])('that cannot be taken is 422 with what was typed, and nothing is done: %s', async (action, reason) => {
    const fields = await filledIn(action, reason);
    const { status, text } = await sendForm(site, link, fields);
    expect([status, await statusOf(site.db, id)]).toEqual([422, 'pending']);
    expect(text).toContain('role="alert"');
    expect(fieldOn(text, 'reason')).toBe(reason);
  });

  it('takes neither a note nor a reply', async () => {
    await sendForm(site, link, { ...(await filledIn('approve')), note: 'A note.', reply: 'A reply.' });
    expect((await lastEvent(site.db, 'comment', id)).note).toBeNull();
    expect((await openPage(site, path)).text).not.toContain('A reply.');
  });

  it('is not taken from another site', async () => {
    const fields = await filledIn('approve');
    const answer = await request(site.app).post(link).set({ 'Sec-Fetch-Site': 'cross-site' }).type('form').send(fields);
    expect([answer.status, await statusOf(site.db, id)]).toEqual([403, 'pending']);
  });

  it('does not lead away from a browser that tells nothing of where it comes from', async () => {
    const answer = await request(site.app)
      .post(link)
      .set(fromOwnPage)
      .type('form')
      .send(await filledIn('approve'));
    expect(answer.headers.location).toBe(link);
  });
});

describe('A right', () => {
  /** What a link answers that gives no right: the same to reading and to deciding, and nothing of the comment. */
  async function expectNone(status: 404 | 410, where = link): Promise<void> {
    const answers = [await openPage(site, where), await sendForm(site, where, { action: 'approve' })];
    expect((await request(site.app).head(where)).status).toBe(status);
    for (const answer of answers) {
      expect(answer.status).toBe(status);
      expect(answer.headers['cache-control']).toContain('no-store');
      expect(wordsOf(answer.text)).toContain('This link does not work');
      expect(answer.text).not.toMatch(/Greta Guest|right\?|A talk/);
    }
    expect(await statusOf(site.db, id)).toBe('pending');
  }

  it('ends after 72 hours', async () => {
    const begun = site.now;
    site.now = new Date(begun.getTime() + 72 * 3_600_000 - 2_000);
    expect((await openPage(site, link)).status).toBe(200);
    site.now = new Date(begun.getTime() + 72 * 3_600_000);
    await expectNone(410);
    site.now = begun;
  });

  it('cannot be changed: neither account nor comment nor time nor signature', async () => {
    const token = link.split('/').at(-1) ?? '';
    const [named = '', signature = ''] = token.split('.');
    const [accountId, commentId, seconds] = named.split('-').map(Number) as [number, number, number];
    const other = await replyTo(site, path, { body: 'Another comment that waits.' });
    const tampered = [
      `${owner.id}-${commentId}-${seconds}.${signature}`,
      `${accountId}-${other.id}-${seconds}.${signature}`,
      `${accountId}-2147483647-${seconds}.${signature}`,
      `${accountId}-${commentId}-${seconds + 3600}.${signature}`,
      `${accountId}-${commentId}-0${seconds}.${signature}`,
      `${accountId}-${commentId}-${seconds}.${'A'.repeat(22)}`,
      `${accountId}-${commentId}-${seconds}.`,
      `${accountId}-${commentId}-${seconds}`,
      `${token}.x`,
      `9999999-${commentId}-${seconds}.${signature}`,
      'x',
      '__proto__',
    ];
    for (const each of tampered) await expectNone(404, `/moderation/by-mail/${each}`);
    expect(await statusOf(site.db, other.id)).toBe('pending');
    expect((await openPage(site, link)).status).toBe(200);
  });

  it('is signed with a key of its own', async () => {
    const right = { accountId: moderator.id, commentId: id, expiresAt: new Date(site.now.getTime() + 3_600_000) };
    const { mailed_rights_key: key } = await site.db
      .selectFrom('account')
      .select('mailed_rights_key')
      .where('id', '=', moderator.id)
      .executeTakeFirstOrThrow();
    const maker = { ...(await alertContext(site)), siteAddress: '' };
    expect((await openPage(site, decidingLink(maker, right, key))).status).toBe(200);
    await expectNone(404, decidingLink({ ...maker, secret: Buffer.alloc(32, 1) }, right, key));
  });

  it('ends when its account is disabled, and does not come back with it', async () => {
    expect((await sendForm(site, `/people/${moderator.id}/disable`, {}, owner)).status).toBe(303);
    await expectNone(404);
    expect((await sendForm(site, `/people/${moderator.id}/enable`, {}, owner)).status).toBe(303);
    await expectNone(404);
  });

  it('is none for an account that is disabled, however that came about', async () => {
    await changeAccount(moderator, { disabled_at: new Date() });
    await expectNone(410);
  });

  it('ends when a moderator becomes an author, but for own posts', async () => {
    const [ownComment, ownLink] = await mailedTo(author);
    await changeAccount(moderator, { role: 'author' });
    await expectNone(410);
    expect((await openPage(site, ownLink)).status).toBe(200);
    expect(await statusOf(site.db, ownComment.id)).toBe('pending');
  });

  it('ends when an author is no author of the post any more, or authors do not moderate', async () => {
    [{ id }, link] = await mailedTo(author);
    await site.db.updateTable('site').set({ authors_moderate: false }).execute();
    await expectNone(410);
    await site.db.updateTable('site').set({ authors_moderate: true }).execute();
    expect((await openPage(site, link)).status).toBe(200);
    await site.db
      .updateTable('post_author')
      .set({ account_id: owner.id })
      .where('account_id', '=', author.id)
      .execute();
    await expectNone(410);
  });

  it('ends when its person signs out everywhere else', async () => {
    expect((await sendForm(site, '/account/sessions/end-others', {}, moderator)).status).toBe(303);
    await expectNone(404);
  });

  it('ends when its person changes the password', async () => {
    await changeAccount(moderator, { password_hash: await hashPassword('the present password') });
    const fields = { present: 'the present password', password: 'quite another password' };
    expect((await sendForm(site, '/account/password', fields, moderator)).status).toBe(303);
    await expectNone(404);
  });

  it('ends when the password is set anew by a mailed link', async () => {
    const token = newToken();
    const row = { token_hash: hashToken(token), account_id: moderator.id, created_at: site.now, used_at: null };
    const expires_at = new Date(site.now.getTime() + 3_600_000);
    await site.db
      .insertInto('password_reset')
      .values({ ...row, expires_at })
      .execute();
    const reset = await sendForm(site, `/password-reset/${token}`, { password: 'quite another password' });
    expect(reset.status).toBe(303);
    await expectNone(404);
  });

  it('stays when somebody else does, and when one session alone ends', async () => {
    await sendForm(site, '/account/sessions/end-others', {}, owner);
    await sendForm(site, '/sign-out', {}, moderator);
    expect((await openPage(site, link)).status).toBe(200);
  });

  it('stays when its person wants no more mail', async () => {
    await choose(site, moderator, 'none');
    expect((await openPage(site, link)).status).toBe(200);
  });

  it('is not guessed: wrong links from one network are counted, those that work are not', async () => {
    const statuses: number[] = [];
    await until(async () => {
      const { status, headers } = await openPage(site, `${link.slice(0, -3)}AAA`);
      statuses.push(status);
      if (status === 429) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      return status === 429;
    });
    expect(statuses).toHaveLength(51);
    expect((await openPage(site, link)).status).toBe(200);
  });
});
