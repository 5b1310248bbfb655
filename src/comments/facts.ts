import { type Kysely, sql } from 'kysely';
import type { Role } from '../accounts/table.ts';
import type { Database } from '../database.ts';
import type { CommentMode } from '../site/table.ts';
import type { Facts } from './policies.ts';

/** What is known of a comment before the database is asked about its writer. */
export interface KnownFacts {
  readonly staffRole: Role | null;
  readonly mode: CommentMode;
  readonly links: number;
  readonly linksAllowed: number;
}

const floodMinutes = 10;

/** Of whom the database is asked. */
export interface Writing {
  readonly browserId: number | undefined;
  readonly networkHash: Buffer | undefined;
  /**
   * The comment that is judged again since it was edited. It speaks neither for nor against itself, and what came after it is
   * no part of the flood that it may have come with.
   */
  readonly editedId?: number | undefined;
  /** When it was written. */
  readonly now: Date;
}

/** What the database knows of a writer. */
export type History = Pick<Facts, 'approvedBefore' | 'recentFromBrowser' | 'recentFromNetwork'>;

/** Completes the facts that the policies judge by. */
export async function gatherFacts(
  db: Kysely<Database>,
  { known, ...writing }: Writing & { known: KnownFacts },
): Promise<Facts> {
  const [history] = await gatherHistories(db, [writing]);
  return { ...known, ...(history as History) };
}

/** Asks about the browsers and networks of writers, in one query. @returns one for each, in their order. */
export async function gatherHistories(db: Kysely<Database>, writings: readonly Writing[]): Promise<History[]> {
  const since = ({ now }: Writing) => new Date(now.getTime() - floodMinutes * 60_000);
  // Some comments are enough to know whether one of them was approved, and those of another browser with an address that this
  // one has proved are looked for only where there are none of its own; a flood is counted to its limit. Asked for in an order
  // and some at a time, they are read from an index: else Postgres may expect to come across one soon anywhere.
  const { rows } = await sql<History>`
    select
      case when here.approved > 0 then here.approved
      else (select count(*)::integer from (
        select from proved_address cross join lateral (
          select from comment
          where comment.email = proved_address.email and comment.email_proved and comment.status = 'approved'
            and comment.browser_id is distinct from writing.browser_id
          order by created_at desc limit 100
        ) theirs
        where proved_address.browser_id = writing.browser_id
        limit 100
      ) approved) end as "approvedBefore",
      (select count(*)::integer from (
        select from comment
        where comment.browser_id = writing.browser_id and created_at > since and id < coalesce(edited_id, 2147483647)
        order by created_at desc limit 100
      ) recent) as "recentFromBrowser",
      (select count(*)::integer from (
        select from comment
        where comment.network_hash = writing.network_hash and created_at > since and id < coalesce(edited_id, 2147483647)
        order by created_at desc limit 100
      ) recent) as "recentFromNetwork"
    from unnest(
      ${writings.map(({ browserId }) => browserId ?? null)}::integer[],
      ${writings.map(({ networkHash }) => networkHash ?? null)}::bytea[],
      ${writings.map(({ editedId }) => editedId ?? null)}::integer[],
      ${writings.map(since)}::timestamptz[]
    ) with ordinality as writing (browser_id, network_hash, edited_id, since, place)
    cross join lateral (
      select count(*)::integer as approved from (
        select from comment
        where comment.browser_id = writing.browser_id and status = 'approved' and id is distinct from edited_id
        order by created_at desc limit 100
      ) approved
    ) here
    order by place`.execute(db);
  return rows;
}
