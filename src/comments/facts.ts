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

/**
 * Completes the facts that the policies judge by, in one query about the browser and the network.
 *
 * @param editedId the comment that is judged again since it was edited. It speaks neither for nor against itself, and what
 * came after it is no part of the flood that it may have come with.
 * @param now when it was written.
 */
export async function gatherFacts(
  db: Kysely<Database>,
  {
    known,
    browserId,
    networkHash,
    editedId,
    now,
  }: {
    known: KnownFacts;
    browserId: number | undefined;
    networkHash: Buffer | undefined;
    editedId?: number | undefined;
    now: Date;
  },
): Promise<Facts> {
  const since = new Date(now.getTime() - floodMinutes * 60_000);
  // Some comments are enough to know whether one of them was approved, and those of another browser with an address that this
  // one has proved are looked for only where there are none of its own; a flood is counted to its limit. Asked for in an order
  // and some at a time, they are read from an index: else Postgres may expect to come across one soon anywhere.
  const browser = browserId ?? null;
  const edited = editedId ?? null;
  const { rows } = await sql<Record<'approvedBefore' | 'fromBrowser' | 'fromNetwork', number>>`
    with here as (
      select count(*)::integer as approved from (
        select from comment
        where browser_id = ${browser}::integer and status = 'approved' and id is distinct from ${edited}::integer
        order by created_at desc limit 100
      ) approved
    )
    select
      case when (select approved from here) > 0 then (select approved from here)
      else (select count(*)::integer from (
        select from proved_address cross join lateral (
          select from comment
          where comment.email = proved_address.email and comment.email_proved and comment.status = 'approved'
            and comment.browser_id is distinct from ${browser}::integer
          order by created_at desc limit 100
        ) theirs
        where proved_address.browser_id = ${browser}::integer
        limit 100
      ) approved) end as "approvedBefore",
      (select count(*)::integer from (
        select from comment
        where browser_id = ${browser}::integer and created_at > ${since} and id < coalesce(${edited}::integer, 2147483647)
        limit 100
      ) recent) as "fromBrowser",
      (select count(*)::integer from (
        select from comment
        where network_hash = ${networkHash ?? null}::bytea and created_at > ${since}
          and id < coalesce(${edited}::integer, 2147483647)
        limit 100
      ) recent) as "fromNetwork"`.execute(db);
  const counts = rows[0] as (typeof rows)[0];
  return {
    ...known,
    approvedBefore: counts.approvedBefore,
    recentFromBrowser: counts.fromBrowser,
    recentFromNetwork: counts.fromNetwork,
  };
}
