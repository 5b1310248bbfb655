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
  // Some comments are enough to know whether one of them was approved, be it of this browser or of another with an address
  // that this one has proved; a flood is counted to its limit.
  const browser = browserId ?? null;
  const edited = editedId ?? null;
  const { rows } = await sql<Record<'approvedHere' | 'approvedElsewhere' | 'fromBrowser' | 'fromNetwork', number>>`
    select
      (select count(*)::integer from (
        select from comment
        where browser_id = ${browser}::integer and status = 'approved' and id is distinct from ${edited}::integer
        limit 100
      ) approved) as "approvedHere",
      (select count(*)::integer from (
        select from proved_address join comment on comment.email = proved_address.email
        where proved_address.browser_id = ${browser}::integer and comment.email_proved
          and comment.browser_id is distinct from ${browser}::integer and comment.status = 'approved'
        limit 100
      ) approved) as "approvedElsewhere",
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
    approvedBefore: Math.min(100, counts.approvedHere + counts.approvedElsewhere),
    recentFromBrowser: counts.fromBrowser,
    recentFromNetwork: counts.fromNetwork,
  };
}
