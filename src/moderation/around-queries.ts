import { type Kysely, sql } from 'kysely';
import type { CommentStatus } from '../comments/lifecycle.ts';
import type { Database } from '../database.ts';
import { prepared } from '../prepared.ts';

/** A comment that stands near another one. */
export interface Neighbour {
  readonly id: number;
  readonly status: CommentStatus;
  readonly name: string;
  readonly html: string;
  readonly created_at: Date;
}

/** How many of those above, and how many on each side, are shown. */
export const mostAbove = 5;
const mostBeside = 2;

/** Comments of a conversation that are looked at for answers to the post itself, on each side. */
const lookedAt = 200;

/** What a comment answers, and what that answers, from the top down; one more than is shown where there are more. */
export async function listAbove(db: Kysely<Database>, id: number): Promise<Neighbour[]> {
  const { rows } = await sql<Neighbour>`
    ${prepared} with recursive above as (
      select parent_id, 0 as steps from comment where id = ${id}
      union all
      select comment.parent_id, steps + 1 from comment join above on comment.id = above.parent_id
      where steps < ${sql.lit(mostAbove)}
    )
    select comment.id, comment.status, comment.name, comment.html, comment.created_at
    from above join comment on comment.id = above.parent_id
    order by above.steps desc`.execute(db);
  return rows;
}

/** The nearest other answers to what a comment answers, those that stand and those that wait, in their order. */
export async function listBeside(
  db: Kysely<Database>,
  { id, parent_id, conversation_id }: { id: number; parent_id: number | null; conversation_id: number },
): Promise<Neighbour[]> {
  const side = (direction: 'before' | 'after') => {
    const near =
      parent_id === null ? nearRoots({ id, conversation_id, direction }) : nearReplies({ id, parent_id, direction });
    return sql`(
      select id, status, name, html, created_at from (${near}) near
      where parent_id is not distinct from ${parent_id}::integer and status in ('approved', 'pending')
      order by id ${direction === 'before' ? sql`desc` : sql`asc`} limit ${sql.lit(mostBeside)}
    )`;
  };
  const { rows } = await sql<Neighbour>`
    ${prepared} select id, status, name, html, created_at
    from (${side('before')} union all ${side('after')}) beside order by id`.execute(db);
  return rows;
}

type Direction = 'before' | 'after';

function nearReplies({ id, parent_id, direction }: { id: number; parent_id: number; direction: Direction }) {
  const comparison = direction === 'before' ? sql`<` : sql`>`;
  return sql`select * from comment where parent_id = ${parent_id} and id ${comparison} ${id}`;
}

// No index has the answers to a post alone: those among what is near are found. What is shown is read by its branches and what
// waits by an order of its own, since Postgres would read the comments of all conversations along their ids.
function nearRoots({ id, conversation_id, direction }: { id: number; conversation_id: number; direction: Direction }) {
  const before = direction === 'before';
  return sql`(
    select * from comment
    where conversation_id = ${conversation_id} and shown and (-root_id) ${before ? sql`>` : sql`<`} ${-id}::integer
    order by (-root_id) ${before ? sql`asc, path asc` : sql`desc, path desc`} limit ${sql.lit(lookedAt)}
  ) union all (
    select * from comment
    where conversation_id = ${conversation_id} and status = 'pending'
      and id::bigint ${before ? sql`<` : sql`>`} ${id} and not shown
    order by id::bigint ${before ? sql`desc` : sql`asc`} limit ${sql.lit(lookedAt)}
  )`;
}

/** When a browser first wrote a comment that is still known; undefined where none is. */
export async function firstWritten(db: Kysely<Database>, browserId: number): Promise<Date | undefined> {
  const first = await db
    .selectFrom('comment')
    .modifyFront(prepared)
    .select('created_at')
    .where('browser_id', '=', browserId)
    .orderBy('created_at')
    .limit(sql.lit(1))
    .executeTakeFirst();
  return first?.created_at;
}
