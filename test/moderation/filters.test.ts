import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Kysely, sql } from 'kysely';
import type { Database } from '../../src/database.ts';
import { readFilter } from '../../src/moderation/filter.ts';
import { findMatching, stretch } from '../../src/moderation/matching.ts';
import { type Asker, decideOn, openPage, replyTo, sendForm, statusOf, wordsOf } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { setRule } from '../support/rules.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { plantThread } from '../support/threads.ts';

jest.setTimeout(60_000);

let site: TestSite;
let owner: { id: number; cookie: string };
let author: { id: number; cookie: string };
let post: { id: number; slug: string; conversationId: number };
let path: string;

beforeAll(async () => {
  site = await createTestSite({ TRUST_PROXY: 'loopback' });
  owner = await site.signIn('owner', 'Olivia Owner');
  author = await site.signIn('author', 'Anna Author');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 100 * 3_600_000);
  post = await addPost(site.db, { title: 'A talk', authorId: author.id, mode: 'all_held' });
  path = `/posts/${post.slug}`;
  // What other tests left would be listed too.
  await site.db.updateTable('comment').set({ status: 'rejected' }).where('status', '=', 'pending').execute();
  await site.db.updateTable('conversation_count').set({ waiting: 0 }).execute();
});

const open = (query: string, asker: Asker = owner) => openPage(site, `/moderation${query}`, asker);
const listed = async (query: string, asker: Asker = owner) => idsIn((await open(query, asker)).text);
const write = async (fields: Parameters<typeof replyTo>[2] = {}, asker: Asker = {}) =>
  replyTo(site, path, fields, asker);

describe('The queue', () => {
  it('lists what one browser wrote, whatever the name, and what came with the address that is proved there', async () => {
    const first = await write({ name: 'Greta' });
    const second = await write({ name: 'Somebody else' }, first);
    const other = await write({ name: 'Greta' });
    const mailed = await write({ email: 'greta@reader.example' });
    for (const id of [second.id, mailed.id]) {
      await site.db
        .updateTable('comment')
        .set({ email: 'greta@reader.example', email_proved: true })
        .where('id', '=', id)
        .execute();
    }
    expect(await listed(`?by=${first.id}`)).toEqual([first.id, second.id]);
    expect(await listed(`?by=${second.id}`)).toEqual([first.id, second.id, mailed.id]);
    expect(await listed(`?by=${other.id}`)).toEqual([other.id]);
    expect(wordsOf((await open(`?by=${first.id}`)).text)).toContain('By the writer of a comment signed “Greta”');
  });

  it('takes an address that was only typed for no sign of who somebody is', async () => {
    const [one, other] = [await write({ email: 'a@b.example' }), await write({ email: 'a@b.example' })];
    expect(await listed(`?by=${one.id}`)).toEqual([one.id]);
    expect(await listed(`?by=${other.id}`)).toEqual([other.id]);
  });

  it('lists what came from one network, and what says the same', async () => {
    const one = await write({ body: 'Buy now.' }, { network: '192.0.2.1' });
    const neighbour = await write({ body: 'Something else.' }, { network: '192.0.2.1' });
    const same = await write({ body: 'Buy now.' }, { network: '198.51.100.7' });
    expect(await listed(`?network=${one.id}`)).toEqual([one.id, neighbour.id]);
    expect(await listed(`?same=${one.id}`)).toEqual([one.id, same.id]);
    await decideOn(site, owner, same.id, { action: 'spam' });
    expect(await listed(`?same=${one.id}&status=spam`)).toEqual([same.id]);
    expect(await listed(`?same=${one.id}&status=approved`)).toEqual([]);
  });

  it('lists what one rule held, also when an edit was what it held', async () => {
    await site.db.updateTable('conversation').set({ mode: 'open' }).where('id', '=', post.conversationId).execute();
    const links = 'https://a.example https://b.example https://c.example';
    const held = await write({ body: links });
    const edited = await write({ body: 'Nothing yet.' });
    expect(await listed('?rule=links')).toEqual([held.id]);
    const answer = await sendForm(site, `/comments/${edited.id}/edit`, { body: `${links} now`, version: '0' }, edited);
    expect(answer.status).toBe(303);
    expect(await listed('?rule=links')).toEqual([held.id, edited.id]);
    expect(await listed('?rule=first_comment')).toEqual([]);
    expect(await listed('?rule=nonsense')).toEqual([held.id, edited.id]);
  });

  it('lists what reports held', async () => {
    await site.db.updateTable('conversation').set({ mode: 'open' }).where('id', '=', post.conversationId).execute();
    await setRule(site.db, 'reports', { enabled: true, settings: { people: 1 } });
    const [reported, other] = [await write(), await write()];
    expect(await statusOf(site.db, reported.id)).toBe('approved');
    await sendForm(site, `/comments/${reported.id}/report`, { kind: 'abuse', text: 'That hurts.' });
    await setRule(site.db, 'reports', { enabled: false });
    expect(await listed('?rule=reports')).toEqual([reported.id]);
    expect(await listed('?rule=links')).toEqual([]);
    const { text } = await openPage(site, '/moderation?rule=reports', owner);
    expect(text).toContain('Held because of reports');
    await decideOn(site, owner, reported.id, { action: 'reject' });
    expect(await listed('?rule=reports&status=rejected')).toEqual([reported.id]);
    expect(await statusOf(site.db, other.id)).toBe('approved');
  });

  it.each([
    ['harmless words', 'Said better.'],
    ['what another rule would hold', 'https://a.example https://b.example https://c.example'],
  ])('lists what reports held under that, also where its writer edits it to %s meanwhile', async (_what, body) => {
    await site.db.updateTable('conversation').set({ mode: 'open' }).where('id', '=', post.conversationId).execute();
    await setRule(site.db, 'reports', { enabled: true, settings: { people: 1 } });
    const reported = await write();
    await sendForm(site, `/comments/${reported.id}/report`, { kind: 'abuse', text: 'That hurts.' });
    await setRule(site.db, 'reports', { enabled: false });
    expect((await sendForm(site, `/comments/${reported.id}/edit`, { body }, reported)).status).toBe(303);
    expect(await statusOf(site.db, reported.id)).toBe('pending');
    expect(await listed('?rule=reports')).toEqual([reported.id]);
    expect(await listed('?rule=waiting')).toEqual([]);
    const again = await sendForm(site, `/comments/${reported.id}/edit`, { body: 'Once more.' }, reported);
    expect([again.status, await listed('?rule=reports')]).toEqual([303, [reported.id]]);
  });

  it('lists what is older or newer than so many hours or days, exactly', async () => {
    const start = site.now;
    const at = async (hours: number) => {
      site.now = new Date(start.getTime() + hours * 3_600_000);
      return (await write()).id;
    };
    const ids = [await at(0), await at(30), await at(49), await at(50)];
    expect(await listed('?age=older&than=1&unit=hours')).toEqual(ids.slice(0, 3));
    expect(await listed('?age=newer&than=1&unit=hours')).toEqual(ids.slice(3));
    expect(await listed('?age=older&than=2&unit=days')).toEqual(ids.slice(0, 1));
    expect(await listed('?age=newer&than=2&unit=days')).toEqual(ids.slice(1));
    expect(await listed('?age=newer&than=5000&unit=days')).toEqual(ids);
    expect(await listed('?age=older&than=5000&unit=days')).toEqual([]);
    await decideOn(site, owner, ids[1] ?? 0, { action: 'spam' });
    expect(await listed('?age=newer&than=2&unit=days&status=spam')).toContain(ids[1]);
    expect(await listed('?age=older&than=2&unit=days&status=spam')).not.toContain(ids[1]);
  });

  it('lists what has some letters in the text or the name, which mean themselves', async () => {
    const one = await write({ body: 'Cheap CASINO here.' });
    const other = await write({ name: 'Mr Casino' });
    const percent = await write({ body: 'It was 100% wrong_ly said.' });
    expect(await listed('?text=casino')).toEqual([one.id, other.id]);
    expect(await listed('?text=100%25')).toEqual([percent.id]);
    expect(await listed('?text=0%25+w')).toEqual([percent.id]);
    expect(await listed('?text=wrong_ly')).toEqual([percent.id]);
    expect(await listed('?text=c%25o')).toEqual([]);
    expect(await listed('?text=%5C')).toEqual([]);
    expect(wordsOf((await open('?text=%3Cb%3E')).text)).toContain('With “<b>” in the text or the name');
  });

  it('leaves out nothing that is older, however many came at one time, and whenever it was taken over', async () => {
    const waiting = Array.from({ length: 150 }, () => ({ parent: undefined, status: 'pending' }) as const);
    const elsewhere = await addPost(site.db, { title: 'Elsewhere' });
    const many = await plantThread(site.db, elsewhere.conversationId, waiting);
    const daysAgo = (days: number) => new Date(site.now.getTime() - days * 86_400_000);
    await site.db
      .updateTable('comment')
      .set({ created_at: daysAgo(3) })
      .where('id', 'in', many)
      .execute();
    const [old] = await plantThread(site.db, post.conversationId, waiting.slice(0, 1));
    await site.db
      .updateTable('comment')
      .set({ created_at: daysAgo(30) })
      .where('id', '=', old ?? 0)
      .execute();
    expect(await listed(`?age=older&than=2&unit=days&post=${post.id}`)).toEqual([old]);
    expect(wordsOf((await open(`?age=older&than=2&unit=days`)).text)).toContain('151 comments match.');
    expect(wordsOf((await open(`?age=newer&than=4&unit=days`)).text)).toContain('150 comments match.');
  });

  it('takes several filters together, and keeps them from page to page and from tab to tab', async () => {
    const other = await addPost(site.db, { title: 'Elsewhere' });
    const ids = await plantThread(site.db, post.conversationId, waiting(25));
    await plantThread(site.db, other.conversationId, waiting(5));
    await write({ body: 'Not meant.' });
    const first = await open(`?post=${post.id}&text=comment`);
    const next = /<a href="([^"]*)" rel="next"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(next).toBe(`/moderation?post=${post.id}&text=comment&after=${ids[19]}`);
    const second = await openPage(site, next, owner);
    expect([...idsIn(first.text), ...idsIn(second.text)]).toEqual(ids);
    expect(second.text).toContain(
      `name="back" value="/moderation?post=${post.id}&amp;text=comment&amp;after=${ids[19]}"`,
    );
    expect(first.text).toContain(`href="/moderation?status=spam&amp;post=${post.id}&amp;text=comment"`);
    const back = `/moderation?post=${post.id}&text=comment`;
    expect((await decideOn(site, owner, ids[0] ?? 0, { action: 'spam', back })).headers.location).toBe(back);
  });

  it('says how many match: exactly by status and post, beyond a thousand only that there are more', async () => {
    const ids = await plantThread(site.db, post.conversationId, waiting(1_001));
    await site.db.updateTable('comment').set({ held_by: 'links' }).where('id', 'in', ids).execute();
    const says = async (query: string) => wordsOf((await open(query)).text);
    expect(await says(`?post=${post.id}`)).toContain('1,001 comments match.');
    expect(await says('?rule=links')).toContain('1,000+ comments match.');
    await decideOn(site, owner, ids[0] ?? 0, { action: 'approve' });
    expect(await says('?rule=links')).toContain(' 1,000 comments match.');
    expect(await says(`?status=approved&post=${post.id}`)).toContain('One comment matches.');
    expect(await says(`?by=${ids[5]}`)).toContain('Nothing matches.');
  });

  it('looks so far and no further for words, says so, and goes on from there', async () => {
    const ids = await plantThread(site.db, post.conversationId, waiting(stretch + 10));
    const wanted = [ids[3] ?? 0, ids[stretch + 5] ?? 0];
    await site.db.updateTable('comment').set({ source: 'A needle.' }).where('id', 'in', wanted).execute();
    const first = await open('?text=needle');
    expect(idsIn(first.text)).toEqual([wanted[0]]);
    expect(wordsOf(first.text)).toContain('One of the 1,000 comments that were looked through here matches');
    const further = /<a href="([^"]*)" rel="next">Look through the next ones/.exec(first.text)?.[1] ?? '';
    const second = await openPage(site, further.replaceAll('&amp;', '&'), owner);
    expect(idsIn(second.text)).toEqual([wanted[1]]);
    expect(second.text).not.toContain('Look through the next ones');
  });

  it('shows an author nothing of others by any filter, nor that a comment elsewhere exists', async () => {
    const other = await addPost(site.db, { title: 'Elsewhere', mode: 'all_held' });
    const mine = await write({ body: 'Here and there.' });
    const elsewhere = await replyTo(site, `/posts/${other.slug}`, { body: 'Here and there.' }, mine);
    expect(await listed(`?by=${mine.id}`)).toEqual([mine.id, elsewhere.id]);
    for (const query of [`?by=${mine.id}`, `?same=${mine.id}`, `?network=${mine.id}`, '?rule=all_held', '?text=here']) {
      expect([query, await listed(query, author)]).toEqual([query, [mine.id]]);
    }
    expect(await listed(`?post=${other.id}`, author)).toEqual([]);
    for (const kind of ['by', 'same', 'network']) {
      expect(await listed(`?${kind}=${elsewhere.id}`, author)).toEqual([]);
      expect(wordsOf((await open(`?${kind}=${elsewhere.id}`, author)).text)).not.toContain('Greta');
    }
  });

  it.each([
    '?by=0',
    '?by=x&rule=',
    '?age=older',
    '?age=older&than=0',
    '?age=later&than=3',
    '?post=99999999999',
    '?text=',
  ])('takes %s for no filter at all', async (query) => {
    const { id } = await write();
    expect(await listed(query)).toEqual([id]);
  });

  it('goes through nothing that was decided long ago, though Postgres may take it for as near', async () => {
    await plantThread(site.db, post.conversationId, Array(4_000).fill({ parent: undefined, status: 'approved' }));
    const ids = await plantThread(site.db, post.conversationId, waiting(2_000));
    await site.db.updateTable('comment').set({ held_by: 'links' }).where('id', 'in', ids).execute();
    await sql`analyze comment`.execute(site.db);
    const viewer = { id: owner.id };
    for (const query of [{}, { rule: 'links' }, { post: String(post.id) }]) {
      await site.db.transaction().execute(async (trx) => {
        const search = { owner: { viewer, reach: 'all' }, filter: readFilter(query), subject: undefined } as const;
        const before = await rowsRead(trx);
        const found = await findMatching(trx, { ...search, at: site.now, after: undefined, wanted: 21 });
        expect(found.ids).toEqual(ids.slice(0, 21));
        expect((await rowsRead(trx)) - before).toBeLessThanOrEqual(100);
      });
    }
  });
});

describe('The page of a comment', () => {
  it('shows what it answers, what stands beside it, who wrote it, and what waits that is like it', async () => {
    const above = await replyTo(site, path, { body: 'The beginning.' }, owner);
    const under = { parent: String(above.id) };
    const before = await write({ ...under, body: 'Before it.' });
    await decideOn(site, owner, before.id, { action: 'approve' });
    const it = await write({ ...under, body: 'Buy now.', name: 'Sally' }, { network: '192.0.2.9' });
    const after = await write({ ...under, body: 'After it.' });
    await write({ body: 'More of it.' }, { ...it, network: '198.51.100.9' });
    await write({ body: 'Buy now.' }, { network: '203.0.113.9' });
    await write({ body: 'Buy now.' }, { network: '203.0.113.10' });
    const { text, status } = await openPage(site, `/moderation/comments/${it.id}`, owner);
    const words = wordsOf(text);
    expect(status).toBe(200);
    expect(words).toContain('The beginning.');
    expect([before.id, it.id, after.id].map((id) => text.indexOf(`id="c${id}"`)).every((at) => at > 0)).toBe(true);
    expect(words).toContain('Before, from this browser: 0 approved, 0 rejected, 0 spam, 0 removed, 1 waiting.');
    expect(words).toContain('Since ');
    expect(words).toContain('One other by the same writer waits');
    expect(words).toContain('2 others with the same text wait');
    expect(words).not.toContain('from the same network');
    expect(text).toContain(`href="/moderation?same=${it.id}"`);
    expect(text).toContain(`action="/moderation/comments/${it.id}/decisions"`);
  });

  it('shows the nearest, however much there is around', async () => {
    const alone = await write();
    const ids = await plantThread(site.db, post.conversationId, [
      ...Array.from({ length: 20 }, (_, index) => ({
        parent: index === 0 ? undefined : index - 1,
        status: 'approved' as const,
      })),
      ...Array.from({ length: 50 }, () => ({ parent: 19, status: 'pending' as const })),
    ]);
    const words = wordsOf((await openPage(site, `/moderation/comments/${ids[40]}`, owner)).text);
    expect(words).toContain('There is more above.');
    const { text } = await openPage(site, `/moderation/comments/${ids[40]}`, owner);
    expect(text.match(/class="neighbour"/g)).toHaveLength(9);
    expect((await openPage(site, `/moderation/comments/${alone.id}`, owner)).text).not.toContain(
      'There is more above.',
    );
  });

  it('is for those who may decide on it', async () => {
    const other = await addPost(site.db, { title: 'Elsewhere', mode: 'all_held' });
    const elsewhere = await replyTo(site, `/posts/${other.slug}`);
    const mine = await write();
    expect((await openPage(site, `/moderation/comments/${elsewhere.id}`, author)).status).toBe(404);
    expect((await openPage(site, `/moderation/comments/${mine.id}`, author)).status).toBe(200);
    expect((await openPage(site, `/moderation/comments/${mine.id}`)).status).toBe(303);
    expect((await openPage(site, '/moderation/comments/2147483647', owner)).status).toBe(404);
  });
});

function waiting(count: number) {
  return Array.from({ length: count }, () => ({ parent: undefined, status: 'pending' }) as const);
}

function idsIn(text: string): number[] {
  return [...text.matchAll(/<li class="queue-item" id="c(\d+)"/g)].map(([, id]) => Number(id));
}

/** Rows of comments that this connection has fetched of late, by whatever way. */
async function rowsRead(trx: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ read: number }>`
    select (seq_tup_read + coalesce(idx_tup_fetch, 0))::integer as read
    from pg_stat_xact_user_tables where relname = 'comment'`.execute(trx);
  return rows[0]?.read ?? 0;
}
