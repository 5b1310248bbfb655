import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../database.ts';
import { prepared } from '../prepared.ts';
import { addressMark } from './address-mark.ts';
import type { Standing } from './standing.ts';
import type { StandingRow } from './table.ts';

/** A standing as Postgres answers it beside something else; all null where there is none. */
export type StandingColumns = { readonly [Column in 'kind' | 'reason' | 'ends_at']: StandingRow[Column] | null };

/** Whose standing is asked for, in terms of the query around it. */
export interface WhoseStanding {
  readonly browserId: RawBuilder<unknown>;
  readonly networkHash: RawBuilder<unknown>;
  readonly now: RawBuilder<unknown>;
}

/**
 * A subquery for the standing of whoever writes, of a row at most. Of what was decided by one key the latest holds; of
 * several keys that say who somebody is, the strictest counts; what is said of a network counts where nothing is said of them.
 * Where nobody has one, as on most sites, that is all that is looked up.
 */
export function standingOfWriter({ browserId, networkHash, now }: WhoseStanding): RawBuilder<unknown> {
  const holding = sql`ended_at is null and (ends_at is null or ends_at > ${now}) order by id desc limit 1`;
  return sql`(
    select kind, reason, ends_at from (
      (select 1 as rank, kind, reason, ends_at from standing where browser_id = ${browserId} and ${holding})
      union all
      (
        select 1, theirs.* from proved_address cross join lateral (
          select kind, reason, ends_at from standing where address_hash = ${addressMark(sql.ref('proved_address.email'))} and ${holding}
        ) theirs
        where proved_address.browser_id = ${browserId}
        limit 100
      )
      union all
      (select 2, kind, reason, ends_at from standing where network_hash = ${networkHash} and ${holding})
    ) known
    where exists (select from standing where ended_at is null)
    order by rank, array_position(array['banned', 'timed_out', 'held', 'trusted'], kind), ends_at desc limit 1
  )`;
}

/** Makes a standing of what was read beside something else. */
export function toStanding({ kind, reason, ends_at }: StandingColumns): Standing | undefined {
  // That who is shut out is so until some date, the table itself sees to.
  return kind === null ? undefined : ({ kind, reason: reason ?? '', endsAt: ends_at } as Standing);
}

/** Who writes, as far as a request shows it. */
export interface Writing {
  readonly browserId: number | undefined;
  readonly networkHash?: Buffer | undefined;
  readonly now: Date;
}

/** The standing of whoever writes. */
export async function findStanding(
  db: Kysely<Database>,
  { browserId, networkHash, now }: Writing,
): Promise<Standing | undefined> {
  const whose = {
    browserId: sql`${browserId ?? null}::integer`,
    networkHash: sql`${networkHash ?? null}::bytea`,
    now: sql`${now}::timestamptz`,
  };
  const { rows } = await sql<StandingColumns>`
    ${prepared} select kind, reason, ends_at from ${standingOfWriter(whose)} found`.execute(db);
  return rows[0] && toStanding(rows[0]);
}
