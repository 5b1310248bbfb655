import { type Kysely, type RawBuilder, sql } from 'kysely';
import { erasedStatuses } from '../comments/lifecycle.ts';
import type { Comment } from '../comments/table.ts';
import type { Database } from '../database.ts';
import type { Post } from '../posts/table.ts';

/** A comment of one's own with the post that it is about. */
export interface WrittenComment
  extends Pick<
    Comment,
    'id' | 'status' | 'browser_id' | 'name' | 'email_proved' | 'html' | 'created_at' | 'edited_at'
  > {
  readonly post_title: string;
  readonly post_slug: string;
  readonly post_kind: Post['kind'];
  readonly published_at: Date | null;
  readonly deleted_at: Date | null;
}

/** A stretch of the list of one's own comments. */
export interface WrittenComments {
  readonly comments: readonly WrittenComment[];
  /** The last of them, where older ones follow. */
  readonly next: number | undefined;
}

const pageLength = 20;

/**
 * One's own comments with their posts, newest first. What was erased is left out.
 *
 * @param before id of the comment behind which to go on.
 */
export async function listWritten(
  db: Kysely<Database>,
  { browserId, before }: { browserId: number; before: number | undefined },
): Promise<WrittenComments> {
  const kept = sql<boolean>`comment.status <> all(${erasedStatuses}::text[])`;
  const { rows } = await sql<WrittenComment>`
    select comment.id, comment.status, comment.browser_id, comment.name, comment.email_proved, comment.html,
      comment.created_at, comment.edited_at,
      post.title as post_title, post.slug as post_slug, post.kind as post_kind, post.published_at, post.deleted_at
    from (${writtenIds({ browserId, before, limit: pageLength + 1, kept })}) written
    join comment on comment.id = written.id
    join post on post.conversation_id = comment.conversation_id
    order by comment.created_at desc, comment.id desc
    limit ${pageLength + 1}`.execute(db);
  const comments = rows.slice(0, pageLength);
  return { comments, next: rows.length > pageLength ? comments.at(-1)?.id : undefined };
}

/**
 * What was written in a browser, and with the addresses that it has proved wherever they were proved too: a query for the
 * newest ids, and perhaps some that are older. Merely typing an address makes no comment its owner's.
 *
 * @param kept which comments are wanted; all where none is given.
 */
export function writtenIds({
  browserId,
  before,
  limit,
  kept = sql<boolean>`true`,
}: {
  browserId: number;
  before: number | undefined;
  limit: number;
  kept?: RawBuilder<boolean>;
}): RawBuilder<unknown> {
  // Each branch reads no more than its share from an index.
  const older = sql`${kept} and (comment.created_at, comment.id) < (cut.created_at, cut.id)
    order by comment.created_at desc, comment.id desc limit ${limit}`;
  return sql`
    with cut as (
      select coalesce(max(created_at), 'infinity') as created_at, coalesce(max(id), 2147483647) as id
      from comment where id = ${before ?? null}::integer
    )
    select found.id from cut cross join lateral (
      select comment.id from comment where comment.browser_id = ${browserId} and ${older}
    ) found
    union
    select found.id from proved_address cross join cut cross join lateral (
      select comment.id from comment where comment.email = proved_address.email and comment.email_proved and ${older}
    ) found
    where proved_address.browser_id = ${browserId}`;
}
