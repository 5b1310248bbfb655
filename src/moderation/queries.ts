import { type ExpressionBuilder, type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import type { Reach } from '../accounts/permissions.ts';
import type { CommentStatus } from '../comments/lifecycle.ts';
import type { Database } from '../database.ts';

/** Whose queue it is: of all posts, or of one's own. */
export interface QueueOwner {
  readonly viewer: { readonly id: number };
  readonly reach: Reach;
}

/** A comment as the queue lists it, with what it stands beside. */
export type QueueRow = Awaited<ReturnType<typeof listQueue>>[number];

/** Rows that a page of the queue has. */
export const queueRows = 20;

/**
 * A page of the queue, and one row more where it goes on: what waits comes oldest first, all else newest first.
 *
 * @param after id of the last comment of the page before.
 * @param handedTo whose they were given to; undefined: whether they were or not.
 */
export function listQueue(
  db: Kysely<Database>,
  {
    owner,
    status,
    postId,
    after,
    handedTo,
  }: {
    owner: QueueOwner;
    status: CommentStatus;
    postId: number | undefined;
    after: number | undefined;
    handedTo: number | undefined;
  },
) {
  const direction = status === 'pending' ? 'asc' : 'desc';
  const matching = db
    .selectFrom('comment')
    .select('comment.id')
    .where('comment.status', '=', status)
    .$if(after !== undefined, (query) => query.where('comment.id', direction === 'asc' ? '>' : '<', after ?? 0))
    .orderBy('comment.id', direction)
    .limit(queueRows + 1);
  // Some of each conversation, each from the index, so that the comments of all others do not matter.
  const amongPosts = db
    .selectFrom('post')
    .innerJoinLateral(
      () => matching.where('comment.conversation_id', '=', sql.ref<number>('post.conversation_id')).as('matching'),
      (join) => join.onTrue(),
    )
    .select('matching.id')
    .where(isOnPostOf(owner))
    .$if(postId !== undefined, (query) => query.where('post.id', '=', postId ?? 0))
    .orderBy('matching.id', direction)
    .limit(queueRows + 1);
  const handed = db
    .selectFrom('hand_over')
    .innerJoin('comment', 'comment.id', 'hand_over.comment_id')
    .innerJoin('post', 'post.conversation_id', 'comment.conversation_id')
    .select('comment.id')
    .where('hand_over.to_id', '=', handedTo ?? 0)
    .where('comment.status', '=', status)
    .where(isOnPostOf(owner))
    .$if(after !== undefined, (query) => query.where('hand_over.comment_id', '>', after ?? 0))
    .orderBy('hand_over.comment_id')
    .limit(queueRows + 1);
  const queue = owner.reach === 'all' && postId === undefined ? matching : amongPosts;
  return queueRowsOf(db, handedTo === undefined ? queue : handed)
    .orderBy('comment.id', direction)
    .execute();
}

/** A comment as the queue lists it, wherever it stands; none where its writer deleted it. */
export function findQueueRow(db: Kysely<Database>, id: number) {
  const one = db.selectFrom('comment').select('comment.id').where('id', '=', id).where('status', '<>', 'deleted');
  return queueRowsOf(db, one).executeTakeFirst();
}

function queueRowsOf(db: Kysely<Database>, listed: SelectQueryBuilder<Database, never, { id: number }>) {
  return db
    .selectFrom(listed.as('listed'))
    .innerJoin('comment', 'comment.id', 'listed.id')
    .innerJoin('post', 'post.conversation_id', 'comment.conversation_id')
    .leftJoin('comment as parent', 'parent.id', 'comment.parent_id')
    .select([
      'comment.id',
      'comment.parent_id',
      'comment.status',
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
      const readable = eb('parent.status', '=', 'approved');
      return [
        eb.case().when(readable).then(eb.ref('parent.name')).end().as('parent_name'),
        eb.case().when(readable).then(eb.ref('parent.html')).end().as('parent_html'),
      ];
    });
}

/** How many comments wait in somebody's queue: a sum over conversations, not a count of comments. */
export async function countWaiting(db: Kysely<Database>, owner: QueueOwner): Promise<number> {
  const { waiting } = await db
    .selectFrom('conversation_count')
    .innerJoin('post', 'post.conversation_id', 'conversation_count.conversation_id')
    .select(({ fn }) => fn.sum('waiting').as('waiting'))
    .where(isOnPostOf(owner))
    .executeTakeFirstOrThrow();
  return Number(waiting ?? 0);
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
          .limit(recordLength)
          .as('other'),
      (join) => join.onTrue(),
    )
    .select(['comment.id', 'other.status', sql<number>`count(*)::integer`.as('count')])
    .where('comment.id', 'in', commentIds)
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
    if (reach !== 'own') return sql<boolean>`${reach === 'all'}::boolean`;
    const authorship = eb
      .selectFrom('post_author')
      .select('post_author.post_id')
      .whereRef('post_author.post_id', '=', 'post.id');
    return eb.exists(authorship.where('post_author.account_id', '=', viewer.id));
  };
}
