import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import type { Reach } from '../accounts/permissions.ts';
import { stands } from '../comments/editing-queries.ts';
import type { CommentStatus } from '../comments/lifecycle.ts';
import type { Database } from '../database.ts';
import { lastEventOfComment } from '../events/queries.ts';
import { prepared } from '../prepared.ts';

/** Whose queue it is: of all posts, or of one's own. */
export interface QueueOwner {
  readonly viewer: { readonly id: number };
  readonly reach: Reach;
}

/** A comment as the queue lists it, with what it stands beside. */
export type QueueRow = Awaited<ReturnType<typeof listQueue>>[number];

/** Rows that a page of the queue has. */
export const queueRows = 20;

/** Comments as the queue lists them, in its order: what waits comes oldest first, all else newest first. */
export function listQueue(db: Kysely<Database>, { ids, status }: { ids: readonly number[]; status: CommentStatus }) {
  return (
    db
      .selectFrom('comment')
      .innerJoin('post', 'post.conversation_id', 'comment.conversation_id')
      .leftJoin('comment as parent', 'parent.id', 'comment.parent_id')
      .modifyFront(prepared)
      .select([
        'comment.id',
        'comment.parent_id',
        'comment.status',
        'comment.unconfirmed_spam',
        'comment.name',
        'comment.website',
        'comment.html',
        'comment.created_at',
        'comment.account_id',
        'comment.browser_id',
        'post.id as post_id',
        'post.title as post_title',
        'post.kind as post_kind',
        'post.slug as post_slug',
      ])
      .select((eb) => {
        const readable = eb('parent.status', '=', sql.lit('approved'));
        return [
          eb.case().when(readable).then(eb.ref('parent.name')).end().as('parent_name'),
          eb.case().when(readable).then(eb.ref('parent.html')).end().as('parent_html'),
          lastEventOfComment(sql.ref('comment.id')).as('seen'),
        ];
      })
      // What hardly any comment has is asked for only where it is there.
      .select([
        sql<boolean>`exists (select from revision where revision.comment_id = comment.id and ${stands})`.as('edited'),
        sql<boolean>`exists (select from hand_over where hand_over.comment_id = comment.id)`.as('handed'),
        sql<boolean>`(
        exists (select from colleague_note where colleague_note.comment_id = comment.id)
        or exists (select from colleague_note where colleague_note.browser_id = comment.browser_id)
      )`.as('noted'),
      ])
      .where('comment.id', '=', sql<number>`any(${ids}::integer[])`)
      .orderBy('comment.id', status === 'pending' ? 'asc' : 'desc')
      .execute()
  );
}

/**
 * How many comments of a status stand in somebody's queue: a sum over conversations, not a count of comments.
 *
 * @param postId only of this post.
 */
export async function sumCounts(db: Kysely<Database>, asked: SummedCounts): Promise<number> {
  const { count } = await selectSum(db, asked).modifyFront(prepared).executeTakeFirstOrThrow();
  return count;
}

/** Which counts are summed up. */
interface SummedCounts {
  readonly owner: QueueOwner;
  readonly status: 'pending' | 'approved';
  readonly postId?: number | undefined;
}

/** The same within another statement. */
export function selectSum(db: Kysely<Database>, { owner, status, postId }: SummedCounts) {
  const column = sql.ref(status === 'pending' ? 'waiting' : 'readable');
  return db
    .selectFrom('conversation_count')
    .innerJoin('post', 'post.conversation_id', 'conversation_count.conversation_id')
    .select(sql<number>`coalesce(sum(${column}), 0)::integer`.as('count'))
    .where(isOnPostOf(owner))
    .$if(postId !== undefined, (query) => query.where('post.id', '=', postId ?? 0));
}

/** Posts for which most waits, of those within somebody's reach. */
export function listWaitingPosts(db: Kysely<Database>, owner: QueueOwner) {
  return db
    .selectFrom('conversation_count')
    .innerJoin('post', 'post.conversation_id', 'conversation_count.conversation_id')
    .modifyFront(prepared)
    .select(['post.id', 'post.title', 'conversation_count.waiting'])
    .where('conversation_count.waiting', '>', sql.lit(0))
    .where(isOnPostOf(owner))
    .orderBy('conversation_count.waiting', 'desc')
    .orderBy('post.id', 'desc')
    .limit(sql.lit(50))
    .execute();
}

/** Other comments of the same browser that its record counts: the newest. */
export const recordLength = 100;

/** How other comments from the browser of each of these comments stand, by the comment's id: a number for each status. */
export async function loadRecords(
  db: Kysely<Database>,
  commentIds: readonly number[],
): Promise<Map<number, Partial<Record<CommentStatus, number>>>> {
  if (commentIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('comment')
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('comment as written')
          .select('written.status')
          .whereRef('written.browser_id', '=', 'comment.browser_id')
          .whereRef('written.id', '<>', 'comment.id')
          .orderBy('written.created_at', 'desc')
          .limit(sql.lit(recordLength))
          .as('other'),
      (join) => join.onTrue(),
    )
    .modifyFront(prepared)
    .select(['comment.id', 'other.status', sql<number>`count(*)::integer`.as('count')])
    .where('comment.id', '=', sql<number>`any(${commentIds}::integer[])`)
    .groupBy(['comment.id', 'other.status'])
    .execute();
  const records = new Map<number, Partial<Record<CommentStatus, number>>>();
  for (const { id, status, count } of rows) records.set(id, { ...records.get(id), [status]: count });
  return records;
}

/** Those of the comments that somebody may decide on; what does not exist is left out too. */
export async function filterReachable(
  db: Kysely<Database>,
  { ids, moderator }: { ids: readonly number[]; moderator: QueueOwner },
): Promise<number[]> {
  if (ids.length === 0 || moderator.reach === 'none') return [];
  const rows = await db
    .selectFrom('comment')
    .innerJoin('post', 'post.conversation_id', 'comment.conversation_id')
    .select('comment.id')
    .where('comment.id', 'in', ids)
    .where(isOnPostOf(moderator))
    .execute();
  return rows.map(({ id }) => id);
}

/** Where a comment stands: its status, and what it answers. */
export function findPlace(
  db: Kysely<Database>,
  id: number,
): Promise<{ status: CommentStatus; parent_id: number | null; conversation_id: number } | undefined> {
  return db
    .selectFrom('comment')
    .modifyFront(prepared)
    .select(['status', 'parent_id', 'conversation_id'])
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Whether somebody may decide on what is said in a conversation. */
export async function isConversationReachable(
  db: Kysely<Database>,
  { conversationId, moderator }: { conversationId: number; moderator: QueueOwner },
): Promise<boolean> {
  const row = await db
    .selectFrom('post')
    .select('post.id')
    .where('post.conversation_id', '=', conversationId)
    .where(isOnPostOf(moderator))
    .executeTakeFirst();
  return row !== undefined;
}

/** The condition that a post lies within somebody's reach. */
export function isOnPostOf({ viewer, reach }: QueueOwner) {
  return (eb: ExpressionBuilder<Database, 'post'>) => {
    if (reach !== 'own') return sql.lit(reach === 'all');
    const authorship = eb
      .selectFrom('post_author')
      .select('post_author.post_id')
      .whereRef('post_author.post_id', '=', 'post.id');
    return eb.exists(authorship.where('post_author.account_id', '=', viewer.id));
  };
}

/** The condition that a comment stands on a post within somebody's reach. */
export function isWithinReach({ viewer, reach }: QueueOwner) {
  if (reach !== 'own') return sql.lit(reach === 'all');
  return sql<boolean>`exists (
    select from post join post_author on post_author.post_id = post.id
    where post.conversation_id = comment.conversation_id and post_author.account_id = ${viewer.id})`;
}
