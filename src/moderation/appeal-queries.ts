import { type Kysely, sql } from 'kysely';
import type { AuthorsModerate } from '../accounts/permissions.ts';
import type { Database } from '../database.ts';
import { isOnPostOf, type QueueOwner } from './queries.ts';

/** Rows that a page of appeals has. */
export const appealRows = 20;

/** Beyond so many, nobody needs the number. */
const mostCounted = 999;

/** An open appeal as it is listed. */
export type AppealRow = Awaited<ReturnType<typeof listAppeals>>[number];

/** Open appeals within somebody's reach, the oldest first, and one more where they go on. @param after id of the last before. */
export function listAppeals(db: Kysely<Database>, { owner, after }: { owner: QueueOwner; after: number | undefined }) {
  return selectOpen(db, owner)
    .innerJoin('event', 'event.id', 'appeal.event_id')
    .leftJoin('event_note', 'event_note.event_id', 'event.id')
    .leftJoin('account', 'account.id', 'event.actor_id')
    .select([
      'appeal.id',
      'appeal.text',
      'appeal.created_at',
      'comment.id as comment_id',
      'comment.status',
      'comment.name',
      'comment.html',
      'comment.created_at as written_at',
      'post.id as post_id',
      'post.title as post_title',
      'post.kind as post_kind',
      'post.slug as post_slug',
      'event.action',
      'event.rule',
      'event.actor_id',
      'event.created_at as decided_at',
      'account.name as actor_name',
    ])
    .select((eb) => [
      eb.fn.coalesce('event_note.reason', eb.val('')).as('reason'),
      eb.fn.coalesce('event_note.note', eb.val('')).as('note'),
    ])
    .$if(after !== undefined, (query) => query.where('appeal.id', '>', after ?? 0))
    .orderBy('appeal.id')
    .limit(appealRows + 1)
    .execute();
}

/** Counts, within another statement, how many appeals wait within somebody's reach. */
export function countAppeals(db: Kysely<Database>, owner: QueueOwner) {
  const open = selectOpen(db, owner).select('appeal.id').limit(sql.lit(mostCounted)).as('open');
  return db.selectFrom(open).select(sql<number>`count(*)::integer`.as('count'));
}

/**
 * Whether anybody but one person may moderate what is said under a post: another owner or moderator who can sign in, or,
 * where authors moderate, another of its authors.
 */
export async function hasOtherModerator(
  db: Kysely<Database>,
  { postId, accountId, authorsModerate }: { postId: number; accountId: number } & AuthorsModerate,
): Promise<boolean> {
  const { rows } = await sql`
    select from account
    where id <> ${accountId} and disabled_at is null and password_hash is not null
      and (
        role in ('owner', 'moderator')
        or ${authorsModerate} and exists (
          select from post_author where post_author.account_id = account.id and post_author.post_id = ${postId}
        )
      )
    limit 1`.execute(db);
  return rows.length > 0;
}

function selectOpen(db: Kysely<Database>, owner: QueueOwner) {
  return db
    .selectFrom('appeal')
    .innerJoin('comment', 'comment.id', 'appeal.comment_id')
    .innerJoin('post', 'post.conversation_id', 'comment.conversation_id')
    .where('appeal.outcome', 'is', null)
    .where(isOnPostOf(owner));
}
