import { type Kysely, sql } from 'kysely';
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
  const { rows } = await sql<Listener>`
    with recursive above as (
      select parent_id as id from comment where id = ${id} and parent_id is not null
      union all
      select comment.parent_id from comment join above on comment.id = above.id where comment.parent_id is not null
    ), matching as (
      select * from subscription
      where conversation_id = ${conversation_id} and comment_id is null and scope = 'conversation'
      union all
      select subscription.* from above
      join subscription on subscription.conversation_id = ${conversation_id}
        and subscription.comment_id = above.id and subscription.scope = 'branch'
      union all
      select * from subscription
      where conversation_id = ${conversation_id} and comment_id = ${parent_id}::integer and scope = 'replies'
    )
    select distinct on (matching.follower_id)
      matching.follower_id, follower.email, matching.id as subscription_id, matching.scope, matching.pace
    from matching
    join follower on follower.id = matching.follower_id
    where matching.confirmed_at is not null
      and matching.follower_id > ${after}
      and follower.email is distinct from ${writer_email}::text
      and not exists (
        select from subscription own
        where own.follower_id = matching.follower_id and own.browser_id = ${browser_id}::integer
          and own.confirmed_at is not null
      )
      and not exists (
        select from proved_address
        where proved_address.browser_id = ${browser_id}::integer and proved_address.email = follower.email
      )
    order by matching.follower_id, matching.pace = 'at_once' desc,
      array_position(array['replies', 'branch', 'conversation'], matching.scope)
    limit ${limit}`.execute(db);
  return rows;
}
