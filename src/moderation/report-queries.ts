import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { lastEventOfComment } from '../events/queries.ts';
import type { Report } from '../reports/table.ts';
import { isOnPostOf, type QueueOwner } from './queries.ts';

/** Reported comments that a page lists, and reports that it shows of each. */
export const reportedRows = 20;
export const shownReports = 20;

/** Beyond so many, nobody needs the number. */
const mostCounted = 999;

/** Which reports are listed: all, or those of illegal content. */
export type ReportChoice = 'all' | 'illegal';

/**
 * Comments with open reports within somebody's reach, in the order in which they were written, and one more where they go on.
 *
 * @param after id of the last comment before.
 */
export function listReported(
  db: Kysely<Database>,
  { owner, choice, after }: { owner: QueueOwner; choice: ReportChoice; after: number | undefined },
) {
  return selectReported(db, { owner, choice })
    .select([
      'comment.id',
      'comment.status',
      'comment.name',
      'comment.html',
      'comment.created_at',
      'post.title as post_title',
      'post.kind as post_kind',
      'post.slug as post_slug',
    ])
    .select(lastEventOfComment(sql.ref('comment.id')).as('seen'))
    .$if(after !== undefined, (query) => query.where('comment.id', '>', after ?? 0))
    .orderBy('comment.id')
    .limit(reportedRows + 1)
    .execute();
}

/** Counts, within another statement, how many comments with open reports wait within somebody's reach. */
export function countReported(db: Kysely<Database>, owner: QueueOwner) {
  const reported = selectReported(db, { owner, choice: 'all' })
    .select('comment.id')
    .limit(sql.lit(mostCounted))
    .as('reported');
  return db.selectFrom(reported).select(sql<number>`count(*)::integer`.as('count'));
}

/** An open report, as moderators read it. */
export type OpenReport = Pick<Report, 'id' | 'comment_id' | 'kind' | 'text' | 'law' | 'name' | 'email' | 'created_at'>;

/** The first open reports about each of these comments, and how many of each kind there are; by the comment's id. */
export async function loadReports(
  db: Kysely<Database>,
  commentIds: readonly number[],
): Promise<Map<number, { reports: OpenReport[]; counts: Map<Report['kind'], number>; last: number }>> {
  const found = new Map<number, { reports: OpenReport[]; counts: Map<Report['kind'], number>; last: number }>();
  if (commentIds.length === 0) return found;
  const { rows } = await sql<OpenReport>`
    select first.* from unnest(${commentIds}::integer[]) as reported (id)
    cross join lateral (
      select id, comment_id, kind, text, law, name, email, created_at from report
      where comment_id = reported.id and outcome is null order by id limit ${shownReports}
    ) first
    order by first.id`.execute(db);
  const counted = await db
    .selectFrom('report')
    .select(({ fn }) => ['comment_id', 'kind', fn.countAll().as('count'), fn.max('id').as('last')])
    .where('comment_id', 'in', commentIds)
    .where('outcome', 'is', null)
    .groupBy(['comment_id', 'kind'])
    .orderBy('kind')
    .execute();
  for (const id of commentIds) {
    const counts = counted.filter(({ comment_id }) => comment_id === id);
    found.set(id, {
      reports: rows.filter(({ comment_id }) => comment_id === id),
      counts: new Map(counts.map(({ kind, count }) => [kind, Number(count)])),
      last: Math.max(0, ...counts.map(({ last }) => last)),
    });
  }
  return found;
}

/** The open reports about a comment that somebody was shown, the comment being locked. @param through the last of them. */
export async function listOpenReports(
  trx: Transaction<Database>,
  { commentId, through }: { commentId: number; through: number },
): Promise<number[]> {
  const rows = await trx
    .selectFrom('report')
    .select('id')
    .where('comment_id', '=', commentId)
    .where('outcome', 'is', null)
    .where('id', '<=', through)
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

// Along the index of what is open, however many comments and settled reports there are.
function selectReported(db: Kysely<Database>, { owner, choice }: { owner: QueueOwner; choice: ReportChoice }) {
  const reported = db
    .selectFrom('report')
    .select('report.comment_id')
    .distinct()
    .where('report.outcome', 'is', null)
    .$if(choice === 'illegal', (query) => query.where('report.kind', '=', 'illegal'));
  return db
    .selectFrom(reported.as('reported'))
    .innerJoin('comment', 'comment.id', 'reported.comment_id')
    .innerJoin('post', 'post.conversation_id', 'comment.conversation_id')
    .where(isOnPostOf(owner));
}
