import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../database.ts';
import type { Pace, Scope } from './table.ts';

/** A comment with what decides who is told of it. */
export interface ToldComment {
  readonly id: number;
  readonly conversation_id: number;
  readonly parent_id: number | null;
  /** What is known of its writer, who is not told. */
  readonly browser_id: number | null;
  readonly writer_email: string | null;
}

/** A follower who is told of a comment, and the subscription for which. */
export interface Listener {
  readonly follower_id: number;
  readonly email: string;
  readonly subscription_id: number;
  readonly scope: Exclude<Scope, 'decision'>;
  readonly pace: Pace;
}

/**
 * The next followers to be told of a comment, in the order of their ids, each once: whoever follows it in several ways is
 * told at once if one of them says so, and for the narrowest reason. Its writer is left out, known by address or browser.
 *
 * @param after the follower before them.
 */
export async function findListeners(
  db: Kysely<Database>,
  { comment, after, limit }: { comment: ToldComment; after: number; limit: number },
): Promise<Listener[]> {
  const { id, conversation_id, parent_id, browser_id, writer_email } = comment;
  // So many of each kind, along the index: none of them can be behind all that are wanted.
  const nextWho = (target: RawBuilder<unknown>) => sql`
    select id, follower_id, scope, pace from subscription
    where conversation_id = ${conversation_id} and ${target} and confirmed_at is not null
      and follower_id > ${after} and follower_id not in (select writer.id from writer)
    order by comment_id, follower_id
    limit ${limit}`;
  const { rows } = await sql<Listener>`
    with recursive above as (
      select parent_id as id from comment where id = ${id} and parent_id is not null
      union all
      select comment.parent_id from comment join above on comment.id = above.id where comment.parent_id is not null
    ), writer as materialized (
      select id from follower where email = ${writer_email}::text
      union all
      select follower_id from subscription where browser_id = ${browser_id}::integer and confirmed_at is not null
      union all
      select follower.id from follower join proved_address on proved_address.email = follower.email
      where proved_address.browser_id = ${browser_id}::integer
    ), matching as (
      (${nextWho(sql`comment_id is null and scope = 'conversation'`)})
      union all
      select branch.* from above
      cross join lateral (${nextWho(sql`comment_id = above.id and scope = 'branch'`)}) branch
      union all
      (${nextWho(sql`comment_id = ${parent_id}::integer and scope = 'replies'`)})
    )
    select distinct on (matching.follower_id)
      matching.follower_id, (select email from follower where id = matching.follower_id), matching.id as subscription_id, matching.scope, matching.pace
    from matching
    order by matching.follower_id, matching.pace = 'at_once' desc,
      array_position(array['replies', 'branch', 'conversation'], matching.scope)
    limit ${limit}`.execute(db);
  return rows;
}
