import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Kysely, sql } from 'kysely';
import type { Database } from '../../src/database.ts';
import { unconfirmedSpam } from '../../src/moderation/filter.ts';
import { countMatching, findMatching } from '../../src/moderation/matching.ts';
import { carryOn } from '../../src/moderation/sweep.ts';
import { findSweep } from '../../src/moderation/sweep-queries.ts';
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
import { setRule } from '../support/rules.ts';
import { createTestSite, type TestSite } from '../support/site.ts';
import { plantThread } from '../support/threads.ts';

jest.setTimeout(60_000);

const list = '/moderation?status=spam&unconfirmed=1';

let site: TestSite;
let owner: { id: number; cookie: string };
let moderator: { id: number; cookie: string };
let author: { id: number; cookie: string };
let post: { id: number; slug: string; conversationId: number };

beforeAll(async () => {
  site = await createTestSite();
  owner = await site.signIn('owner', 'Olivia Owner');
  moderator = await site.signIn('moderator', 'Mona Moderator');
  author = await site.signIn('author', 'Anna Author');
});
afterAll(() => site.close());
beforeEach(async () => {
  site.now = new Date(site.now.getTime() + 3_600_000);
  await site.db.updateTable('comment').set({ unconfirmed_spam: false }).execute();
  post = await addPost(site.db, { title: 'A talk', authorId: author.id });
});

describe('The first view of the queue', () => {
  it('has one line for what rules took for spam, which leads to it and is counted in no other', async () => {
    expect(await lineOn('/moderation')).toBeUndefined();
    const one = await spam();
    expect(await lineOn('/moderation')).toEqual({ words: 'One looks like spam', href: list });
    const other = await spam();
    const waiting = await replyTo(site, `/posts/${post.slug}`);
    expect(await lineOn('/moderation')).toEqual({ words: '2 look like spam', href: list });
    const { text } = await openPage(site, '/moderation', moderator);
    expect(idsIn(text)).toContain(waiting.id);
    expect(idsIn(text)).not.toContain(one);
    expect(idsIn((await openPage(site, list, moderator)).text)).toEqual([other, one]);
  });

  it.each(['?status=spam', '?status=approved', '?text=a', '?rule=links', '?mine=1', '?after=1', list.slice(11)])(
    'alone has it, not /moderation%s',
    async (query) => {
      await spam();
      expect(await lineOn(`/moderation${query}`)).toBeUndefined();
    },
  );

  it('says no more than that there are more than a thousand', async () => {
    await plantSpam(1_001);
    expect((await lineOn('/moderation'))?.words).toBe('1,000+ look like spam');
  });

  it('tells an author of spam on own posts alone', async () => {
    const elsewhere = await addPost(site.db, { title: 'Elsewhere' });
    await spam(elsewhere.slug);
    expect(await lineOn('/moderation', author)).toBeUndefined();
    const own = await spam();
    expect(await lineOn('/moderation', author)).toMatchObject({ words: 'One looks like spam' });
    expect(idsIn((await openPage(site, list, author)).text)).toEqual([own]);
  });
});

describe('What a rule took for spam', () => {
  it('is listed with the sentence of the rule, can be confirmed, and says in words what is listed', async () => {
    const id = await spam();
    const { text } = await openPage(site, list, moderator);
    expect(wordsOf(text)).toContain('Taken for spam: a field that people do not see was filled in.');
    expect(wordsOf(text)).toContain('Taken for spam by a rule, and nobody has decided on it since');
    expect(wordsOf(text)).toContain('One comment matches.');
    expect(text).toMatch(/name="unconfirmed" value="1" checked/);
    expect(actionsOf(text, id)).toEqual(['approve', 'reject', 'spam', 'restore']);
  });

  it('is no more once a moderator has confirmed it: it stays spam, with an event, and is confirmed once', async () => {
    const id = await spam();
    expect((await decideOn(site, moderator, id, { action: 'spam', reason: 'Ads.' })).status).toBe(303);
    expect(await lineOn('/moderation')).toBeUndefined();
    expect(await lastEvent(site.db, 'comment', id)).toMatchObject({
      ...{ action: 'spam', from_status: 'spam', to_status: 'spam', actor_id: moderator.id, rule: null },
    });
    const { text } = await openPage(site, `/moderation?status=spam&post=${post.id}`, moderator);
    expect(actionsOf(text, id)).toEqual(['approve', 'reject', 'restore']);
    expect((await decideOn(site, owner, id, { action: 'spam' })).status).toBe(409);
    expect(await statusOf(site.db, id)).toBe('spam');
  });

  it.each(['approve', 'reject', 'restore', 'spam'])(
    'leaves the line by “%s”, and is there again after the undo of that',
    async (action) => {
      const id = await spam();
      await decideOn(site, moderator, id, { action });
      expect(await unconfirmed()).toEqual([]);
      await undo((await lastEvent(site.db, 'comment', id)).id);
      expect([await unconfirmed(), await statusOf(site.db, id)]).toEqual([[id], 'spam']);
      await undo((await lastEvent(site.db, 'comment', id)).id);
      expect(await unconfirmed()).toEqual([]);
    },
  );

  it('is what an edit was taken for as well, and never what a moderator marked', async () => {
    await setRule(site.db, 'words', { settings: { held: 'perhaps', spam: 'casino' } });
    const marked = await replyTo(site, `/posts/${post.slug}`, { body: 'Perhaps.' });
    await decideOn(site, moderator, marked.id, { action: 'spam' });
    await decideOn(site, moderator, marked.id, { action: 'approve' });
    await undo((await lastEvent(site.db, 'comment', marked.id)).id);
    expect([await statusOf(site.db, marked.id), await unconfirmed()]).toEqual(['spam', []]);
    const edited = await replyTo(site, `/posts/${post.slug}`);
    await sendForm(site, `/comments/${edited.id}/edit`, { body: 'To the casino.', version: '0' }, edited);
    expect([await statusOf(site.db, edited.id), await unconfirmed()]).toEqual(['spam', [edited.id]]);
  });

  it.each(['rule=words', 'age=older', 'text=x'])(
    'can be filtered further by %s, and other tabs forget it',
    async (query) => {
      await spam();
      const { text } = await openPage(site, `${list}&${query}&than=1`, moderator);
      expect(text).toContain('href="/moderation?');
      expect(text).not.toMatch(/href="\/moderation\?status=(approved|rejected)[^"]*unconfirmed/);
    },
  );

  it('is nothing that the database takes for anything but spam', async () => {
    const { id } = await replyTo(site, `/posts/${post.slug}`);
    const write = site.db.updateTable('comment').set({ unconfirmed_spam: true }).where('id', '=', id);
    await expect(write.execute()).rejects.toThrow('comment_unconfirmed_is_spam');
  });
});

describe('A sweep of what rules took for spam', () => {
  it.each(['spam', 'approve', 'reject'])(
    'by “%s” clears the line, and its undo restores all exactly',
    async (action) => {
      await plantSpam(350);
      const marked = await replyTo(site, `/posts/${post.slug}`);
      await decideOn(site, moderator, marked.id, { action: 'spam' });
      const before = await stateOfAll();
      const question = await openPage(
        site,
        `/moderation/sweeps/new?status=spam&unconfirmed=1&action=${action}`,
        moderator,
      );
      expect(wordsOf(question.text)).toContain(
        action === 'spam' ? 'Confirm that 350 comments are spam?' : '350 comments?',
      );
      const begun = await sendForm(site, '/moderation/sweeps', { ...fieldsOf(question.text), action }, moderator);
      await finish(begun.headers.location);
      expect(await unconfirmed()).toEqual([]);
      expect(await lineOn('/moderation')).toBeUndefined();
      // What a person had marked is none of it.
      expect(await statusOf(site.db, marked.id)).toBe('spam');
      const [{ id: first } = { id: 0 }] = before.comments;
      const undoing = await undo((await lastEvent(site.db, 'comment', first)).id);
      await finish(undoing.headers.location);
      expect(await stateOfAll()).toEqual(before);
    },
  );

  it('is refused where there is nothing to confirm: for all that is spam', async () => {
    expect((await openPage(site, '/moderation/sweeps/new?status=spam&action=spam', moderator)).status).toBe(404);
    expect((await openPage(site, '/moderation/sweeps/new?status=spam&unconfirmed=1&action=spam')).status).toBe(303);
  });
});

describe('The list of what rules took for spam', () => {
  it('goes through no more than it shows, however much spam there is of any kind', async () => {
    const confirmed = await plantSpam(4_000);
    await site.db.updateTable('comment').set({ unconfirmed_spam: false }).where('id', 'in', confirmed).execute();
    const ids = await plantSpam(2_000);
    await site.db.updateTable('comment').set({ held_by: 'words' }).where('id', 'in', ids.slice(0, 30)).execute();
    await sql`analyze comment`.execute(site.db);
    const everyone = { viewer: { id: owner.id }, reach: 'all' } as const;
    const onOwn = { viewer: { id: author.id }, reach: 'own' } as const;
    const filters = [
      { owner: everyone, filter: unconfirmedSpam, expected: ids.slice(-21) },
      { owner: onOwn, filter: unconfirmedSpam, expected: ids.slice(-21) },
      { owner: everyone, filter: { ...unconfirmedSpam, postId: post.id }, expected: ids.slice(-21) },
      { owner: everyone, filter: { ...unconfirmedSpam, rule: 'words' as const }, expected: ids.slice(9, 30) },
    ];
    for (const { expected, ...each } of filters) {
      await site.db.transaction().execute(async (trx) => {
        const search = { ...each, subject: undefined, at: site.now };
        const before = await rowsRead(trx);
        const found = await findMatching(trx, { ...search, after: undefined, wanted: 21 });
        expect(found.ids).toEqual(expected.toReversed());
        expect((await rowsRead(trx)) - before).toBeLessThanOrEqual(100);
      });
    }
    await site.db.transaction().execute(async (trx) => {
      const before = await rowsRead(trx);
      const search = { owner: everyone, filter: unconfirmedSpam, subject: undefined, at: site.now };
      expect(await countMatching(trx, { ...search, most: 1_001 })).toBe(1_001);
      expect((await rowsRead(trx)) - before).toBeLessThanOrEqual(1_001);
    });
  });
});

/** A reply that a rule takes for spam. @returns its id. */
async function spam(slug = post.slug): Promise<number> {
  return (await replyTo(site, `/posts/${slug}`, { topic: 'Filled in by a program.' })).id;
}

/** Much that a rule took for spam, past the form. */
async function plantSpam(count: number): Promise<number[]> {
  const ids = await plantThread(
    site.db,
    post.conversationId,
    Array.from({ length: count }, () => ({ parent: undefined, status: 'spam' }) as const),
  );
  await sql`update comment set unconfirmed_spam = true, held_by = 'bait' where id = any(${ids})`.execute(site.db);
  await sql`
    insert into event (subject_kind, subject_id, conversation_id, action, to_status, rule, created_at)
    select 'comment', id, ${post.conversationId}, 'post', 'spam', 'bait', ${site.now} from unnest(${ids}::integer[]) id`.execute(
    site.db,
  );
  return ids;
}

async function lineOn(path: string, asker: Asker = moderator): Promise<{ words: string; href: string } | undefined> {
  const { text } = await openPage(site, path, asker);
  const line = /<p class="queue-spam"><a href="([^"]*)">([^<]*)</.exec(text);
  return line ? { href: (line[1] ?? '').replaceAll('&amp;', '&'), words: line[2] ?? '' } : undefined;
}

function actionsOf(text: string, id: number): string[] {
  const item = new RegExp(`<li class="queue-item" id="c${id}">[\\s\\S]*?</li>`).exec(text)?.[0] ?? '';
  return [...item.matchAll(/name="action" value="(\w+)"/g)].map(([, action]) => action ?? '');
}

function idsIn(text: string): number[] {
  return [...text.matchAll(/<li class="queue-item" id="c(\d+)"/g)].map(([, id]) => Number(id));
}

function undo(event: number): ReturnType<typeof sendForm> {
  return sendForm(site, '/moderation/undo', { event: String(event) }, moderator);
}

function fieldsOf(text: string): Fields {
  const form = /<form method="post" action="\/moderation\/sweeps">[\s\S]*?<\/form>/.exec(text)?.[0] ?? '';
  return Object.fromEntries(
    [...form.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)].map(([, name, value]) => [name, value]),
  );
}

async function finish(location: string | undefined): Promise<void> {
  const sweepId = Number(/^\/moderation\/sweeps\/(\d+)$/.exec(location ?? '')?.[1]);
  while ((await findSweep(site.db, sweepId))?.state === 'running')
    await carryOn(site.db, { sweepId, now: () => site.now });
}

async function unconfirmed(): Promise<number[]> {
  const rows = await site.db.selectFrom('comment').select('id').where('unconfirmed_spam', '=', true).execute();
  return rows.map(({ id }) => id);
}

async function stateOfAll() {
  const comments = await site.db
    .selectFrom('comment')
    .select(['id', 'status', 'shown', 'held_by', 'unconfirmed_spam'])
    .where('conversation_id', '=', post.conversationId)
    .orderBy('id')
    .execute();
  const counts = await site.db
    .selectFrom('conversation_count')
    .select(['readable', 'waiting'])
    .where('conversation_id', '=', post.conversationId)
    .executeTakeFirstOrThrow();
  return { comments, counts };
}

/** Rows of comments that this connection has fetched of late, by whatever way. */
async function rowsRead(trx: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ read: number }>`
    select (seq_tup_read + coalesce(idx_tup_fetch, 0))::integer as read
    from pg_stat_xact_user_tables where relname = 'comment'`.execute(trx);
  return rows[0]?.read ?? 0;
}
