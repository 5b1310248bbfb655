import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { known, type Question, question } from '../pipeline.ts';
import { published } from '../posts/query-parts.ts';
import { prepared } from '../prepared.ts';
import type { Facts, Verdict } from './judge.ts';
import type { Comment } from './table.ts';

/** What a reply needs of the comment that it answers. */
export type ParentRow = Pick<Comment, 'id' | 'path' | 'depth' | 'root_id'>;

/**
 * Comments that are answered, by their ids, held so that nobody hides them meanwhile; those that readers do not see are
 * missing.
 */
export function parentsShared({
  conversationId,
  ids,
}: {
  conversationId: number;
  ids: readonly number[];
}): Question<ReadonlyMap<number, ParentRow>> {
  if (ids.length === 0) return known(new Map());
  return question(
    sql<ParentRow>`
      ${prepared} select id, path, depth, root_id from comment
      where id = any(${ids}::integer[]) and conversation_id = ${conversationId}::integer and status = 'approved'
      order by id for share`,
    (rows) => new Map(rows.map((row) => [row.id, row])),
  );
}

/**
 * Stores how a comment was judged after an edit. What waits since readers reported it goes on waiting for that, whatever it says
 * now, and is found by it.
 */
export async function insertJudgement(
  trx: Transaction<Database>,
  { commentId, verdict, now }: { commentId: number; verdict: Verdict; now: Date },
): Promise<void> {
  await trx
    .insertInto('judgement')
    .values({
      comment_id: commentId,
      rule: verdict.rule,
      verdict: verdict.status,
      facts: JSON.stringify(verdict.facts),
      opinions: JSON.stringify(verdict.opinions),
      judged_at: now,
    })
    .execute();
  await trx
    .updateTable('comment')
    .set({ held_by: verdict.status === 'approved' ? null : verdict.rule })
    .where('id', '=', commentId)
    .$if(verdict.status === 'pending', (query) =>
      query.where(sql<boolean>`(status <> 'pending' or held_by is distinct from 'reports')`),
    )
    .execute();
}

/** Whether a comment from this browser, or with an address that it has proved, was approved before. */
export async function hasApproved(db: Kysely<Database>, browserId: number): Promise<boolean> {
  // In an order, so that an index is read: else Postgres may expect to come across one soon anywhere. `exists` drops the order.
  const { rows } = await sql<{ approved: boolean }>`
    ${prepared} select coalesce(
      (
        select true from comment where browser_id = ${browserId} and status = 'approved' order by created_at desc limit 1
      ),
      (
        select true from proved_address cross join lateral (
          select from comment
          where comment.email = proved_address.email and comment.email_proved and comment.status = 'approved'
          order by created_at desc limit 1
        ) theirs
        where proved_address.browser_id = ${browserId}
        limit 1
      ),
      false
    ) as approved`.execute(db);
  return rows[0]?.approved === true;
}

/** A comment with what is needed to lead to it. */
export type LocatedComment = Pick<
  Comment,
  'id' | 'conversation_id' | 'path' | 'status' | 'shown' | 'browser_id' | 'unconfirmed_spam' | 'name' | 'html'
>;

/** Finds a comment by its id, whatever its status: the caller decides who may know of it. */
export function findComment(db: Kysely<Database>, id: number): Promise<LocatedComment | undefined> {
  return db
    .selectFrom('comment')
    .select(['id', 'conversation_id', 'path', 'status', 'shown', 'browser_id', 'unconfirmed_spam', 'name', 'html'])
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Whether a comment stands above the others of its conversation. */
export async function isPinned(db: Kysely<Database>, { id, status }: LocatedComment): Promise<boolean> {
  if (status !== 'approved') return false;
  const pin = await db.selectFrom('pin').select('comment_id').where('comment_id', '=', id).executeTakeFirst();
  return pin !== undefined;
}

/** The opinion that decided: whose, by what numbers, and what only staff are told of it. */
export type Judged = Pick<Verdict, 'rule' | 'numbers'> & {
  readonly detail?: string | undefined;
  readonly facts: Facts;
};

/** The latest judgement of each of these comments. */
export async function findJudgements(
  db: Kysely<Database>,
  commentIds: readonly number[],
): Promise<Map<number, Judged>> {
  if (commentIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('judgement')
    .modifyFront(prepared)
    .select(['comment_id', 'rule', 'opinions', 'facts'])
    .distinctOn('comment_id')
    .where('comment_id', '=', sql<number>`any(${commentIds}::integer[])`)
    .orderBy('comment_id')
    .orderBy('id', 'desc')
    .execute();
  return new Map(
    rows.flatMap(({ comment_id, rule, opinions, facts }) => {
      const opinion = opinions.find((each) => each.rule === rule);
      return opinion
        ? [[comment_id, { rule: opinion.rule, numbers: opinion.numbers ?? {}, detail: opinion.detail, facts }] as const]
        : [];
    }),
  );
}

/**
 * How long a comment waits for a decision, in seconds: the median of the last 200. That its writer deleted it is none.
 *
 * @returns undefined while there were none.
 */
export async function usualWait(db: Kysely<Database>): Promise<number | undefined> {
  const { rows } = await sql<{ seconds: number | null }>`
    ${prepared} select percentile_cont(0.5) within group (order by extract(epoch from latest.created_at - comment.created_at))::float8 as seconds
    from (
      select subject_id, created_at from event
      where subject_kind = 'comment' and from_status = 'pending' and action <> 'delete'
      order by id desc limit 200
    ) latest
    join comment on comment.id = latest.subject_id`.execute(db);
  return rows[0]?.seconds ?? undefined;
}

/** How many comments of each conversation can be read; those whose post is not published are missing. */
export async function findReadableCounts(
  db: Kysely<Database>,
  { conversationIds, now }: { conversationIds: readonly number[]; now: Date },
): Promise<Map<number, number>> {
  const rows = await db
    .selectFrom('conversation_count')
    .innerJoin('post', 'post.conversation_id', 'conversation_count.conversation_id')
    .select(['conversation_count.conversation_id', 'conversation_count.readable'])
    .where('conversation_count.conversation_id', '=', sql<number>`any(${conversationIds}::integer[])`)
    .where(published('any', now))
    .execute();
  return new Map(rows.map(({ conversation_id, readable }) => [conversation_id, readable]));
}
