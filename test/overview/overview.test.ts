import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { changeStatus, lockWithAncestors } from '../../src/comments/transition.ts';
import { type Answer, decideOn, lastEvent, openPage, replyTo, sendForm, wordsOf } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

let site: TestSite;
let owner: { id: number; cookie: string };
let moderator: { id: number; cookie: string };
let path: string;

beforeAll(async () => {
  site = await createTestSite();
  site.now = new Date('2026-03-20T10:00:00Z');
  owner = await site.signIn('owner', 'Olivia <Owner>');
  moderator = await site.signIn('moderator', 'Mona Moderator');
});
afterAll(() => site.close());
// What the tests before did lies too far back to be counted.
beforeEach(async () => {
  site.now = new Date(`${new Date(site.now.getTime() + 60 * 86_400_000).toISOString().slice(0, 10)}T10:00:00Z`);
  await site.db
    .updateTable('comment')
    .set({ status: 'approved', shown: true })
    .where('status', '=', 'pending')
    .execute();
  await site.db.updateTable('conversation_count').set({ waiting: 0 }).execute();
  path = `/posts/${(await addPost(site.db, { title: 'A talk' })).slug}`;
});

describe('The overview', () => {
  it('tells how many wait, and how old the oldest is', async () => {
    expect(wordsOf((await overview()).text)).toContain('Nothing waits.');
    await replyTo(site, path);
    later(3);
    await replyTo(site, path);
    expect(wordsOf((await overview()).text)).toContain('2 comments wait; the oldest was written 3 hours ago.');
  });

  it('tells how long decisions take, the median and 95 of 100, and by day in the table behind the chart', async () => {
    for (const hours of [3, 4, 8]) await decidedAfter(hours);
    const { text } = await overview();
    expect(wordsOf(text)).toContain('Half of 3 comments were decided on within 4 hours, 95 of 100 within 8 hours.');
    expect(rowOf(text, 'decision-time', dayText())).toBe(`${dayText()} 3 4 hours 8 hours`);
    expect(rowOf(text, 'decision-time', dayText(-86_400_000))).toBe(`${dayText(-86_400_000)} 0 – –`);
  });

  it('counts the wait from when a comment began to wait, and no decision on what did not wait', async () => {
    const { id } = await decidedAfter(1);
    later(100);
    await decideOn(site, moderator, id, { action: 'remove' });
    const undone = await lastEvent(site.db, 'comment', id);
    await sendForm(site, '/moderation/undo', { event: String(undone.id) }, moderator);
    expect(wordsOf((await overview()).text)).toContain('One comment was decided on, after 60 minutes.');
  });

  it('counts the wait anew for what was put back into the queue', async () => {
    const { id } = await replyTo(site, path);
    later(10);
    await decideOn(site, moderator, id, { action: 'reject' });
    later(10);
    await decideOn(site, moderator, id, { action: 'restore' });
    later(2);
    await decideOn(site, moderator, id, { action: 'approve' });
    expect(wordsOf((await overview()).text)).toContain('Half of 2 comments were decided on within 6 hours');
  });

  it('tells who decided how often', async () => {
    await decidedAfter(1);
    await decidedAfter(1);
    await decidedAfter(1, owner);
    const { text } = await overview();
    expect(wordsOf(text)).toContain('Mona Moderator made 2 of 3 decisions.');
    expect(rowOf(text, 'workload', 'Olivia')).toBe('Olivia <Owner> 1');
  });

  it('counts as overturned what was undone, unless the undo was undone', async () => {
    const { id } = await decidedAfter(1);
    await decidedAfter(1);
    expect(wordsOf((await overview()).text)).toContain('None of 2 decisions was undone.');
    await undoLast(id);
    expect(wordsOf((await overview()).text)).toContain('One of 2 decisions was undone.');
    await undoLast(id);
    expect(wordsOf((await overview()).text)).toContain('None of 2 decisions was undone.');
  });

  it('counts the appeals that were answered, and those that took a decision back', async () => {
    expect(wordsOf((await overview()).text)).toContain('No appeal was answered.');
    for (const action of ['overturn', 'uphold']) {
      const { id, cookie } = await replyTo(site, path);
      await decideOn(site, owner, id, { action: 'reject' });
      await sendForm(site, `/comments/${id}/appeal`, { text: 'Please look again.' }, { cookie });
      const appeal = await site.db.selectFrom('appeal').select('id').orderBy('id', 'desc').executeTakeFirstOrThrow();
      const answer = { action, reason: 'I looked again.' };
      await sendForm(site, `/moderation/appeals/${appeal.id}/decisions`, answer, moderator);
    }
    const { text } = await overview();
    expect(wordsOf(text)).toContain('1 of 2 appeals were granted.');
    expect(rowOf(text, 'appeals', dayText())).toBe(`${dayText()} 1`);
  });

  it('counts spam by the day on which it came', async () => {
    const { id } = await replyTo(site, path);
    await decideOn(site, moderator, id, { action: 'spam' });
    const { text } = await overview();
    expect(wordsOf(text)).toContain('One spam comment came, on');
    expect(rowOf(text, 'spam', dayText())).toBe(`${dayText()} 1`);
  });

  it('counts what a rule took for spam, what a moderator confirmed once, and what has expired since', async () => {
    await replyTo(site, path, { topic: 'Filled in.' });
    const { id: confirmed } = await replyTo(site, path, { topic: 'Filled in.' });
    await decideOn(site, moderator, confirmed, { action: 'spam' });
    const { id: expired } = await replyTo(site, path, { topic: 'Filled in.' });
    await site.db.transaction().execute(async (trx) => {
      const locked = await lockWithAncestors(trx, [expired]);
      await changeStatus(trx, locked.values(), { action: 'expire', actorId: undefined, now: site.now });
    });
    const { text } = await overview();
    expect(rowOf(text, 'spam', dayText())).toBe(`${dayText()} 3`);
  });

  it('tells of thirty days and no more', async () => {
    await decidedAfter(1);
    later(29 * 24);
    expect(wordsOf((await overview()).text)).toContain('One comment was decided on');
    later(24);
    const { text } = await overview();
    expect(wordsOf(text)).toContain('No comment that waited was decided on.');
    expect(text).not.toContain('<img');
  });

  it('puts days where the site’s clock has them', async () => {
    site.now = new Date(`${site.now.toISOString().slice(0, 10)}T23:30:00Z`);
    await decidedAfter(0);
    const [day, next] = [dayText(), dayText(86_400_000)];
    expect(rowOf((await overview()).text, 'workload', 'Mona')).toBe('Mona Moderator 1');
    expect(rowOf((await overview()).text, 'decision-time', day)).toMatch(/ 1 a minute a minute$/);
    await site.db.updateTable('site').set({ time_zone: 'Asia/Tokyo' }).execute();
    expect(rowOf((await overview()).text, 'decision-time', next)).toMatch(/ 1 a minute a minute$/);
    await site.db.updateTable('site').set({ time_zone: 'UTC' }).execute();
  });

  it('has each chart at an address of its own, private, an image that asks nobody for anything', async () => {
    await decidedAfter(2, owner);
    const { id } = await replyTo(site, path);
    await decideOn(site, moderator, id, { action: 'spam' });
    await undoLast((await decidedAfter(1)).id);
    const { text } = await overview();
    const images = [...text.matchAll(/<img src="([^"]*)" width="\d+" height="\d+" alt="([^"]*)"/g)];
    expect(images.map(([, href]) => href)).toEqual(
      ['decision-time', 'workload', 'overturned', 'spam'].map((name) => `/moderation/overview/${name}.svg`),
    );
    for (const [, href = '', alt = ''] of images) {
      const { status, headers, text: svg } = await openImage(href);
      expect([status, headers['content-type']]).toEqual([200, 'image/svg+xml']);
      expect(headers['cache-control']).toMatch(/^private/);
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 328 /);
      expect(svg).toContain('prefers-color-scheme:dark');
      expect(svg).not.toMatch(/NaN|Infinity|undefined|<Owner>/);
      // What it says in words is what stands over it.
      expect(alt).toContain(/aria-label="([^"]*)"/.exec(svg)?.[1] ?? 'nothing');
    }
  });

  it('has no chart of another name, and none where there is nothing to draw', async () => {
    for (const name of ['nothing', 'constructor', 'spam']) {
      expect((await openPage(site, `/moderation/overview/${name}.svg`, owner)).status).toBe(404);
    }
  });
});

describe('Whose overview it is', () => {
  it('a visitor is sent to sign in, from the charts, too', async () => {
    for (const address of ['/moderation/overview', '/moderation/overview/spam.svg']) {
      expect((await openPage(site, address)).headers.location).toBe(`/sign-in?next=${encodeURIComponent(address)}`);
    }
  });

  it('an author’s is of own posts; there is none where authors do not moderate', async () => {
    const author = await site.signIn('author', 'Ada Author');
    await decidedAfter(1);
    await replyTo(site, path);
    await decideOn(site, moderator, (await replyTo(site, path)).id, { action: 'spam' });
    const empty = wordsOf((await overview(author)).text);
    expect(empty).toContain('Nothing waits.');
    expect(empty).toContain('Nobody decided on anything.');
    expect(empty).toContain('No spam came.');
    expect(empty).not.toContain('Mona Moderator');

    path = `/posts/${(await addPost(site.db, { title: 'Hers', authorId: author.id })).slug}`;
    await decidedAfter(1);
    expect(wordsOf((await overview(author)).text)).toContain('Mona Moderator made the only decision.');
    await site.db.updateTable('site').set({ authors_moderate: false }).execute();
    expect((await overview(author)).status).toBe(404);
    expect((await openPage(site, '/moderation/overview/workload.svg', author)).status).toBe(404);
    await site.db.updateTable('site').set({ authors_moderate: true }).execute();
  });
});

function overview(who = owner): Promise<Answer> {
  return openPage(site, '/moderation/overview', who);
}

// What is no text comes as bytes.
async function openImage(href: string): Promise<Answer> {
  const { default: request } = await import('supertest');
  const answer = await request(site.app).get(href).set('Cookie', owner.cookie).buffer(true);
  const { status, headers, body } = answer;
  return { status, headers, text: Buffer.from(body).toString('utf8'), cookie: '' };
}

function later(hours: number): void {
  site.now = new Date(site.now.getTime() + hours * 3_600_000);
}

async function decidedAfter(hours: number, who = moderator): Promise<{ id: number }> {
  const written = site.now;
  const { id } = await replyTo(site, path);
  later(hours);
  await decideOn(site, who, id, { action: 'approve' });
  site.now = hours < 24 ? written : site.now;
  return { id };
}

async function undoLast(id: number): Promise<void> {
  const { id: event } = await lastEvent(site.db, 'comment', id);
  await sendForm(site, '/moderation/undo', { event: String(event) }, owner);
}

function dayText(ahead = 0): string {
  const day = new Date(site.now.getTime() + ahead);
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(day);
}

/** The row of a chart's table that begins with a word. */
function rowOf(text: string, chart: string, head: string): string {
  const section = new RegExp(`<section aria-labelledby="chart-${chart}">[\\s\\S]*?</section>`).exec(text)?.[0] ?? '';
  const rows = [...section.matchAll(/<tr>[\s\S]*?<\/tr>/g)].map(([row]) => wordsOf(row));
  return rows.find((row) => row.startsWith(head)) ?? '';
}
