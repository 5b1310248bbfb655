import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { type Kysely, sql } from 'kysely';
import type { Database } from '../../src/database.ts';
import { findListeners, type ToldComment } from '../../src/following/audience.ts';
import { replyTo } from '../support/comments.ts';
import { addPost } from '../support/posts.ts';
import { createTestSite, type TestSite } from '../support/site.ts';

// Each step is a request of its own, and other work may slow them all.
jest.setTimeout(60_000);

const followers = 20_000;

let site: TestSite;
let comment: ToldComment;

beforeAll(async () => {
  site = await createTestSite();
  const owner = await site.signIn('owner');
  const post = await addPost(site.db, { title: 'Read by many' });
  const path = `/posts/${post.slug}`;
  const root = await replyTo(site, path, {}, owner);
  const { id } = await replyTo(site, path, { parent: String(root.id) }, owner);
  comment = await site.db
    .selectFrom('comment')
    .select(['id', 'conversation_id', 'parent_id', 'browser_id', 'email as writer_email'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  await addFollowers(root.id);
});
afterAll(() => site.close());

/** Followers of the conversation; every second one follows a branch, too, and every third is told of replies. */
async function addFollowers(rootId: number): Promise<void> {
  const { conversation_id } = comment;
  await sql`
    insert into follower (email) select 'reader-' || n || '@reader.example' from generate_series(1, ${followers}::integer) n`.execute(
    site.db,
  );
  await sql`
    insert into subscription (follower_id, scope, conversation_id, comment_id, pace, created_at, confirmed_at)
    select follower.id, kind.scope, ${conversation_id}, kind.comment_id, 'at_once', now(), now()
    from follower, (values ('conversation', null, 1), ('branch', ${rootId}::integer, 2), ('replies', ${rootId}::integer, 3))
      kind (scope, comment_id, every)
    where follower.id % kind.every = 0`.execute(site.db);
  await sql`analyze follower, subscription`.execute(site.db);
}

async function rowsRead(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::integer as count from pg_stat_xact_user_tables
    where relname in ('follower', 'subscription')`.execute(db);
  return rows[0]?.count ?? Number.NaN;
}

it.each([0, followers / 2])(
  'The followers behind number %i are found without looking at all the others',
  async (after) => {
    const { listeners, read } = await site.db.transaction().execute(async (trx) => {
      const before = await rowsRead(trx);
      const found = await findListeners(trx, { comment, after, limit: 50 });
      return { listeners: found, read: (await rowsRead(trx)) - before };
    });
    expect(listeners.map(({ follower_id }) => follower_id)).toEqual(
      Array.from({ length: 50 }, (_, n) => after + n + 1),
    );
    const reasonFor = (id: number) => (id % 3 === 0 ? 'replies' : id % 2 === 0 ? 'branch' : 'conversation');
    expect(listeners.map(({ scope }) => scope)).toEqual(listeners.map(({ follower_id }) => reasonFor(follower_id)));
    expect(read).toBeLessThan(1_000);
  },
);
