import { type Kysely, type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import { behindAllKeys, deepestKeyLevel, endOfBranch } from '../comments/thread.ts';
import type { Database } from '../database.ts';
import { published } from '../posts/query-parts.ts';

/** Which comments stand on one page of a feed, the newest first. */
export interface NewestComments {
  readonly ids: readonly number[];
  /** The id before which the next page begins; undefined where none follows. */
  readonly nextBefore: number | undefined;
}

/** Where a branch of a conversation begins. */
export interface BranchRoot {
  readonly id: number;
  readonly conversation_id: number;
  /** Its sort key, see comments/thread.ts. */
  readonly path: Buffer;
}

/** Entries on one page of a feed. */
export const commentsPerFeed = 50;

/** Rows that are looked at for one page at most, so that none costs more as the site grows. */
const mostLookedAt = 5_000;

// Higher than every id.
const beforeNothing = 2_147_483_647;
const levelBytes = behindAllKeys.length;

/**
 * The newest comments of the site. Those of posts that are not public now are passed over; where thousands of them come
 * in a row, a page ends early, and the next one goes on behind them.
 *
 * @param before only comments with a lower id, here as below.
 */
export async function newestOfSite(
  db: Kysely<Database>,
  { before = beforeNothing, now }: { before?: number | undefined; now: Date },
): Promise<NewestComments> {
  const latest = db
    .selectFrom('comment')
    .select(['id', 'conversation_id'])
    .where('status', '=', 'approved')
    .where('id', '<', before)
    .orderBy('id', 'desc')
    .limit(mostLookedAt);
  const rows = await db
    .selectFrom(latest.as('latest'))
    .select('latest.id')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('post')
          .select('post.id')
          .whereRef('post.conversation_id', '=', 'latest.conversation_id')
          .where(published('any', now)),
      ),
    )
    .orderBy('latest.id', 'desc')
    .limit(commentsPerFeed + 1)
    .execute();
  return toPage(rows, rows.length > commentsPerFeed ? undefined : await lastOf(latest));
}

/** The newest comments of one conversation. */
export async function newestOfConversation(
  db: Kysely<Database>,
  { conversationId, before = beforeNothing }: { conversationId: number; before?: number | undefined },
): Promise<NewestComments> {
  const rows = await approvedBefore(db, { conversationId, before })
    .limit(commentsPerFeed + 1)
    .execute();
  return toPage(rows, undefined);
}

/**
 * The newest comments of one branch: where it begins, and what answers that or its answers. No index has a branch in the
 * order of time, so a branch is read whole and sorted. In one that is too large for that, the latest comments of the
 * conversation are looked through instead: a page of it may end early, and the next one goes on behind.
 */
export async function newestOfBranch(
  db: Kysely<Database>,
  { root, before = beforeNothing }: { root: BranchRoot; before?: number | undefined },
): Promise<NewestComments> {
  const { size, rows } = await sortBranch(db, { root, before });
  return size > mostLookedAt ? lookThroughLatest(db, { root, before }) : toPage(rows, undefined);
}

async function sortBranch(
  db: Kysely<Database>,
  { root, before }: { root: BranchRoot; before: number },
): Promise<{ size: number; rows: { id: number }[] }> {
  const branch = db
    .selectFrom('comment')
    .select(['id', 'status'])
    .where('shown', '=', true)
    .where(belongsTo(root))
    .orderBy('path')
    .limit(mostLookedAt + 1);
  const { size, ids } = await db
    // Materialised, so that it is read along the thread and not, for the sake of the order, along all ids.
    .with(
      (cte) => cte('branch').materialized(),
      () => branch,
    )
    .selectNoFrom(({ selectFrom, fn }) => [
      selectFrom('branch').select(fn.countAll<number>().as('size')).as('size'),
      fn<number[]>('array', [
        selectFrom('branch')
          .select('id')
          .where('status', '=', 'approved')
          .where('id', '<', before)
          .orderBy('id', 'desc')
          .limit(commentsPerFeed + 1),
      ]).as('ids'),
    ])
    .executeTakeFirstOrThrow();
  return { size: Number(size), rows: ids.map((id) => ({ id })) };
}

async function lookThroughLatest(
  db: Kysely<Database>,
  { root, before }: { root: BranchRoot; before: number },
): Promise<NewestComments> {
  const latest = approvedBefore(db, { conversationId: root.conversation_id, before }).limit(mostLookedAt);
  const rows = await db
    .selectFrom(latest.as('comment'))
    .select('comment.id')
    .where(belongsTo(root))
    .orderBy('comment.id', 'desc')
    .limit(commentsPerFeed + 1)
    .execute();
  return toPage(rows, rows.length > commentsPerFeed ? undefined : await lastOf(latest));
}

// Below the last level of the sort keys, a comment's key does not tell what it answers: there, answers alone are found.
function belongsTo({ id, conversation_id, path }: BranchRoot): RawBuilder<SqlBool> {
  if (path.length >= deepestKeyLevel * levelBytes) return sql`(comment.id = ${id} or comment.parent_id = ${id})`;
  return sql`comment.conversation_id = ${conversation_id} and comment.path >= ${path} and comment.path < ${endOfBranch(path)}`;
}

function approvedBefore(db: Kysely<Database>, { conversationId, before }: { conversationId: number; before: number }) {
  return db
    .selectFrom('comment')
    .select(['id', 'conversation_id', 'parent_id', 'path'])
    .where('conversation_id', '=', conversationId)
    .where('status', '=', 'approved')
    .where('id', '<', before)
    .orderBy('id', 'desc');
}

/** @param end where the rows that were looked at end before the comments do: the last of them. */
function toPage(rows: readonly { readonly id: number }[], end: number | undefined): NewestComments {
  const ids = rows.slice(0, commentsPerFeed).map(({ id }) => id);
  return { ids, nextBefore: rows.length > commentsPerFeed ? ids.at(-1) : end };
}

/** The last of the rows that may be looked at; undefined where there are fewer. */
async function lastOf<Row extends { readonly id: number }>(
  latest: SelectQueryBuilder<Database, 'comment', Row>,
): Promise<number | undefined> {
  const row = await latest
    .limit(1)
    .offset(mostLookedAt - 1)
    .executeTakeFirst();
  return row?.id;
}
