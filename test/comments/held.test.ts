import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { judgeComment } from '../../src/comments/policies.ts';
import { defaultRules, rulesInForce } from '../../src/rules/rule.ts';
import {
  commentIdsOn,
  commentOn,
  decideOn,
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
let path: string;

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
});
afterAll(() => site.close());
beforeEach(async () => {
  // Each test in an hour of its own, so that nothing looks like a flood.
  site.now = new Date(site.now.getTime() + 3_600_000);
  path = `/posts/${(await addPost(site.db, { title: 'First comments wait' })).slug}`;
});

describe('A comment that is held', () => {
  it('is seen by its writer, in its place, with the reason and what comes next', async () => {
    const above = await replyTo(site, path, { body: 'What do you think?' }, owner);
    const below = await replyTo(site, path, { body: 'Something else.' }, owner);
    const { id, cookie } = await replyTo(site, path, { body: 'I think so.', parent: String(above.id) });
    const { text } = await openPage(site, path, { cookie });
    expect(commentIdsOn(text)).toEqual([above.id, id, below.id]);
    const words = wordsOf(commentOn(text, id));
    expect(words).toContain('I think so.');
    expect(words).toContain('Waiting for a moderator');
    expect(words).toContain('Held: it is the first comment from this browser');
    expect(words).toContain('Somebody will look at it as soon as they can.');
    expect(words).toContain('Only you can see this');
    expect(commentOn(text, id)).not.toContain(`/comments/${id}/reply`);
    expect(wordsOf(text)).toContain('2 thoughts on “First comments wait”');
  });

  it('is where its writer is led after sending it', async () => {
    const { id, cookie } = await replyTo(site, path);
    const led = await openPage(site, `/comments/${id}`, { cookie });
    expect([led.status, led.headers.location]).toEqual([302, `${path}#c${id}`]);
  });

  it('is not there for others: not on the page, not in the count, not by its address, not with any other cookie', async () => {
    const { id, cookie } = await replyTo(site, path, { body: 'A secret so far.' });
    const other = await replyTo(site, path, { body: 'Mine.', name: 'Gregor' });
    const [number = '', signature = ''] = cookie.replace(/.*visitor=([^;]*).*/, '$1').split('.');
    const forged = [
      `visitor=${Number(number) + 1}.${signature}`,
      `visitor=${number}.${Buffer.alloc(32).toString('base64url')}`,
      `visitor=${number}`,
      `visitor=${number}.`,
      `visitor=0${number}.${signature}`,
      `visitor=99999999999.${signature}`,
      `visitor=${number}.${signature.slice(0, -2)}`,
      other.cookie,
    ];
    for (const each of [undefined, ...forged]) {
      const page = await openPage(site, path, { cookie: each });
      expect(page.text).not.toContain('A secret so far.');
      expect(commentIdsOn(page.text)).not.toContain(id);
      expect(wordsOf(page.text)).toContain('No thoughts yet on');
      expect((await openPage(site, `/comments/${id}`, { cookie: each })).status).toBe(404);
      expect((await openPage(site, `/comments/${id}/reply`, { cookie: each })).status).toBe(404);
    }
  });

  it('leaves the page of everybody else as it was, to the byte', async () => {
    await replyTo(site, path, {}, owner);
    const before = await openPage(site, path);
    const { id, cookie } = await replyTo(site, path);
    const own = await openPage(site, path, { cookie });
    expect(own.text).toContain(`id="c${id}"`);
    expect(own.headers['cache-control']).toBe('private, max-age=0, must-revalidate');
    const after = await openPage(site, path);
    expect(after.text).toBe(before.text);
    expect(after.headers.etag).toBe(before.headers.etag);
    expect(after.headers['cache-control']).toBe('public, max-age=0, must-revalidate');
    expect(after.headers.vary).toContain('Cookie');
    expect(after.headers['set-cookie']).toBeUndefined();
  });

  it('says how long decisions usually take, once there were some', async () => {
    for (const minutes of [30, 90, 240]) {
      const { id } = await replyTo(site, path);
      site.now = new Date(site.now.getTime() + minutes * 60_000);
      await decideOn(site, owner, id, { action: 'approve' });
    }
    const { id, cookie } = await replyTo(site, path);
    const words = wordsOf(commentOn((await openPage(site, path, { cookie })).text, id));
    // The median: an hour and a half.
    expect(words).toContain('Decisions here usually take about 2 hours.');
  });

  it('is everybody’s once it is approved', async () => {
    const { id } = await replyTo(site, path, { body: 'Now for all.' });
    await decideOn(site, owner, id, { action: 'approve' });
    const { text } = await openPage(site, path);
    expect(commentIdsOn(text)).toEqual([id]);
    expect(wordsOf(text)).toContain('One thought on');
    expect(wordsOf(text)).not.toContain('Waiting for a moderator');
    expect((await openPage(site, `/comments/${id}`)).headers.location).toBe(`${path}#c${id}`);
  });

  it('is still seen by its writer when what it answers is gone', async () => {
    const above = await replyTo(site, path, {}, owner);
    const { id, cookie } = await replyTo(site, path, { parent: String(above.id), body: 'About what you said.' });
    await decideOn(site, owner, above.id, { action: 'remove' });
    const { text } = await openPage(site, path, { cookie });
    expect(wordsOf(commentOn(text, id))).toContain('About what you said.');
    expect(commentIdsOn((await openPage(site, path)).text)).toEqual([]);
    expect(wordsOf(text)).toContain('in reply to a comment that is not shown');
  });
});

describe('A comment that was rejected', () => {
  it('is told to its writer alone, with the reason and without the note', async () => {
    const { id, cookie } = await replyTo(site, path, { body: 'Rather rude.' });
    await decideOn(site, owner, id, { action: 'reject', reason: 'Please be <kind>.', note: 'The third one today.' });
    const words = wordsOf(commentOn((await openPage(site, path, { cookie })).text, id));
    expect(words).toContain('Not published');
    expect(words).toContain('Rather rude.');
    expect(words).toContain('The reason given: Please be <kind>.');
    expect(words).not.toContain('third one');
    expect((await openPage(site, `/comments/${id}`, { cookie })).status).toBe(302);
    expect((await openPage(site, `/comments/${id}`)).status).toBe(404);
    expect((await openPage(site, path)).text).not.toContain('Rather rude.');
  });

  it('is told, too, where it had been published and was removed', async () => {
    const { id, cookie } = await replyTo(site, path, { body: 'A shade too loud.' });
    await decideOn(site, owner, id, { action: 'approve' });
    await decideOn(site, owner, id, { action: 'remove', reason: 'Please be calm.' });
    const words = wordsOf(commentOn((await openPage(site, path, { cookie })).text, id));
    expect(words).toContain('A moderator took this comment down.');
    expect(words).toContain('The reason given: Please be calm.');
    expect((await openPage(site, path)).text).not.toContain('A shade too loud.');
  });

  it('is not told where it was taken for spam', async () => {
    const { id, cookie } = await replyTo(site, path, { body: 'Buy this.' });
    await decideOn(site, owner, id, { action: 'spam' });
    expect((await openPage(site, path, { cookie })).text).not.toContain('Buy this.');
    expect((await openPage(site, `/comments/${id}`, { cookie })).status).toBe(404);
  });
});

describe('A later page of a conversation', () => {
  it('tells nobody of a comment that waits: behind it begins what begins at the top', async () => {
    const { id, cookie } = await replyTo(site, path, { body: 'Not for all yet.' });
    const page = (asker: { cookie?: string }) => openPage(site, `${path}?after=${id}`, asker);
    expect((await page({ cookie })).text).not.toContain('You are further down');
    expect((await page({})).text).not.toContain('You are further down');
  });
});

describe('What is stored with a comment', () => {
  it('are the facts, every opinion and the rule, and the same verdict comes of them again', async () => {
    const links = 'https://a.example https://b.example https://c.example';
    const { id } = await replyTo(site, path, { body: links, website: 'https://g.example' });
    const judgement = await site.db
      .selectFrom('judgement')
      .selectAll()
      .where('comment_id', '=', id)
      .executeTakeFirstOrThrow();
    expect(judgement).toMatchObject({
      rule: 'links',
      verdict: 'pending',
      facts: {
        staffRole: null,
        mode: 'first_held',
        links: 4,
        approvedBefore: 0,
        recentFromBrowser: 0,
        recentFromNetwork: 0,
      },
      opinions: [
        { rule: 'links', status: 'pending', numbers: { links: 4, allowed: 2 } },
        { rule: 'first_comment', status: 'pending', numbers: { needed: 1 } },
        { rule: 'standard', status: 'approved' },
      ],
    });
    const { rule, status, opinions } = judgeComment(judgement.facts, {
      rules: rulesInForce(defaultRules),
      words: '',
    });
    expect({ rule, verdict: status, opinions }).toEqual({
      rule: judgement.rule,
      verdict: judgement.verdict,
      opinions: judgement.opinions,
    });
  });

  it('is told by an event of ids and numbers', async () => {
    const { id } = await replyTo(site, path);
    const event = await site.db
      .selectFrom('event')
      .selectAll()
      .where('subject_kind', '=', 'comment')
      .where('subject_id', '=', id)
      .executeTakeFirstOrThrow();
    expect(event).toMatchObject({
      action: 'post',
      from_status: null,
      to_status: 'pending',
      actor_id: null,
      rule: 'first_comment',
      numbers: {},
    });
  });
});

describe('“First” comment', () => {
  it('means the first of this browser: once one was approved, the next ones are published at once', async () => {
    const { id, cookie } = await replyTo(site, path);
    const waiting = await replyTo(site, path, {}, { cookie });
    expect(await statusOf(site.db, waiting.id)).toBe('pending');
    await decideOn(site, owner, id, { action: 'approve' });
    const next = await replyTo(site, path, {}, { cookie });
    expect(await statusOf(site.db, next.id)).toBe('approved');
  });

  it('is not told by a name or an address that somebody types', async () => {
    const person = { name: 'Petra Proven', email: 'petra@guests.example', website: 'https://petra.example' };
    const { id } = await replyTo(site, path, person);
    await decideOn(site, owner, id, { action: 'approve' });
    const somebody = await replyTo(site, path, person);
    expect(await statusOf(site.db, somebody.id)).toBe('pending');
  });

  it('is not told by a cookie that nobody signed', async () => {
    const { id, cookie } = await replyTo(site, path);
    await decideOn(site, owner, id, { action: 'approve' });
    const somebody = await replyTo(site, path, {}, { cookie: cookie.replace(/\.[^;]*/, '.forged') });
    expect(await statusOf(site.db, somebody.id)).toBe('pending');
  });

  it('stays the first one after a comment that was approved and then removed', async () => {
    const { id, cookie } = await replyTo(site, path);
    await decideOn(site, owner, id, { action: 'approve' });
    await decideOn(site, owner, id, { action: 'remove' });
    expect(await statusOf(site.db, (await replyTo(site, path, {}, { cookie })).id)).toBe('pending');
  });
});

describe('The mode', () => {
  it.each([
    ['open', false, 'approved'],
    ['open', true, 'approved'],
    ['first_held', false, 'pending'],
    ['first_held', true, 'approved'],
    ['all_held', false, 'pending'],
    ['all_held', true, 'pending'],
  ] as const)('%s: for a browser that is known (%p) the next comment is %s', async (mode, known, status) => {
    const { slug } = await addPost(site.db, { title: 'A post', mode });
    const first = await replyTo(site, path);
    if (known) await decideOn(site, owner, first.id, { action: 'approve' });
    const { id } = await replyTo(site, `/posts/${slug}`, {}, { cookie: first.cookie });
    expect(await statusOf(site.db, id)).toBe(status);
    const staff = await replyTo(site, `/posts/${slug}`, {}, owner);
    expect(await statusOf(site.db, staff.id)).toBe('approved');
  });
});

describe('A visitor’s address', () => {
  it('is on no page at all, those of the staff included', async () => {
    const email = 'very.private@guests.example';
    const { id, cookie } = await replyTo(site, path, { email, body: 'Write to me.' });
    const look = async (each: string, asker?: { cookie: string }) => (await openPage(site, each, asker)).text;
    const pages = [
      await look(path, { cookie }),
      await look('/moderation', owner),
      await look('/moderation?status=pending', owner),
      (await decideOn(site, owner, id, { action: 'approve' })).text,
      (await decideOn(site, owner, id, { action: 'reject', seen: '1' })).text,
      await look(path),
      await look(path, owner),
      await look(`/comments/${id}/reply`),
      await look('/moderation?status=approved', owner),
      await look('/feed.xml'),
    ];
    expect(pages.some((page) => page.includes('Write to me.'))).toBe(true);
    for (const page of pages) expect(page).not.toContain('very.private');
  });
});

describe('A write without the signs of a browser', () => {
  it('is taken, but as a stranger’s: no cookie grants anything', async () => {
    const { id, cookie } = await replyTo(site, path);
    await decideOn(site, owner, id, { action: 'approve' });
    const known = await replyTo(site, path, {}, { cookie });
    const send = (body: string) =>
      request(site.app).post(`${path}/comments`).set('Cookie', cookie).type('form').send({ name: 'Greta', body });
    const answer = await send('By a program.');
    const posted = Number(/\d+$/.exec(answer.headers.location ?? '')?.[0]);
    expect([await statusOf(site.db, known.id), await statusOf(site.db, posted)]).toEqual(['approved', 'pending']);
  });

  it('from another site is refused', async () => {
    const answer = await request(site.app)
      .post(`${path}/comments`)
      .set('Sec-Fetch-Site', 'cross-site')
      .type('form')
      .send({ name: 'Greta', body: 'From elsewhere.' });
    expect(answer.status).toBe(403);
    expect((await sendForm(site, `${path}/comments`, { name: 'Greta', body: 'From elsewhere.' })).status).toBe(303);
  });
});
