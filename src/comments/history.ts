import { type RawBuilder, sql } from 'kysely';
import { daysBefore } from '../days-before.ts';
import { givenRows } from '../given-rows.ts';
import { type StandingColumns, standingOfWriter, toStanding } from '../persons/queries.ts';
import type { Standing } from '../persons/standing.ts';
import { type Question, question } from '../pipeline.ts';
import { prepared } from '../prepared.ts';
import type { Fingerprint } from '../rules/fingerprint.ts';
import { type Copies, copiesBefore, printColumns, printRow } from './copies.ts';
import { daysKept } from './days-kept.ts';
import type { Facts } from './judge.ts';

const floodMinutes = 10;

/** Of whom the database is asked, and of what text. */
export interface Writing {
  readonly browserId: number | undefined;
  readonly networkHash: Buffer | undefined;
  /** What its text is known by; undefined: it is too short to be anybody's copy. */
  readonly fingerprint: Fingerprint | undefined;
  /** When it was written. */
  readonly now: Date;
}

type Counts = Pick<Facts, 'approvedBefore' | 'recentFromBrowser' | 'recentFromNetwork' | 'recentOnSite'>;

/** What the database knows of a writer, and of others who wrote the same. */
export interface History {
  readonly counts: Counts;
  /** Undefined for a text that is too short to be anybody's copy. */
  readonly copies: Copies | undefined;
  /** How moderators decided to meet them. */
  readonly standing: Standing | undefined;
}

/**
 * Asks about the browsers and networks of writers and about copies of their texts, in one statement, since all who reply to a
 * conversation wait for it.
 *
 * @param standings whether it is asked, too, how moderators decided to meet them.
 * @param editedId the comment, if it is one that is judged again since it was edited. It speaks neither for nor against itself,
 * and what came after it is no copy of it, and no part of the flood that it may have come with.
 * @returns one for each, in their order.
 */
export function historiesOf({
  writings,
  standings,
  editedId,
}: {
  writings: readonly Writing[];
  standings: boolean;
  editedId?: number | undefined;
}): Question<readonly History[]> {
  const given = writings.map(({ browserId, networkHash, fingerprint, now }) => ({
    browser_id: browserId,
    network_hash: networkHash,
    now,
    recently: new Date(now.getTime() - floodMinutes * 60_000),
    copied_since: daysBefore(now, daysKept.fingerprint),
    ...(fingerprint && printRow(fingerprint)),
  }));
  const isBefore = (id: RawBuilder<unknown>) =>
    editedId === undefined ? sql<boolean>`true` : sql<boolean>`${id} < ${editedId}::integer`;
  const isOther = editedId === undefined ? sql<boolean>`true` : sql<boolean>`id <> ${editedId}::integer`;
  // Some comments are enough to know whether one of them was approved, and those of another browser with an address that this
  // one has proved are looked for only where there are none of its own; a flood is counted to its limit. Asked for in an order
  // and some at a time, they are read from an index: else Postgres may expect to come across one soon anywhere.
  const statement = sql<Counts & StandingColumns & Copies>`
    ${prepared} with latest as materialized (
      select created_at from comment where ${isBefore(sql.ref('id'))} order by id desc limit 100
    )
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
        where comment.browser_id = writing.browser_id and created_at > recently and ${isBefore(sql.ref('id'))}
        order by created_at desc limit 100
      ) recent) as "recentFromBrowser",
      (select count(*)::integer from (
        select from comment
        where comment.network_hash = writing.network_hash and created_at > recently and ${isBefore(sql.ref('id'))}
        order by created_at desc limit 100
      ) recent) as "recentFromNetwork",
      (select count(*)::integer from latest where created_at > recently) as "recentOnSite",
      standing.kind, standing.reason, standing.ends_at, copies.same, copies.near, copies.close, copies.spam
    from ${givenRows('writing', writingColumns, given)}
    cross join lateral (
      select count(*)::integer as approved from (
        select from comment
        where comment.browser_id = writing.browser_id and status = 'approved' and ${isOther}
        order by created_at desc limit 100
      ) approved
    ) here
    cross join lateral ${copiesBefore('writing', { since: 'writing.copied_since', counts: isBefore })} copies
    left join lateral ${standings ? standingOfWriter(writer) : notAsked} standing on true
    order by nth`;
  return question(statement, (rows) =>
    rows.map(({ kind, reason, ends_at, same, near, close, spam, ...counts }, index) => ({
      counts,
      copies: writings[index]?.fingerprint && { same, near, close, spam },
      standing: toStanding({ kind, reason, ends_at }),
    })),
  );
}

const writingColumns = {
  browser_id: 'integer',
  network_hash: 'bytea',
  now: 'timestamptz',
  recently: 'timestamptz',
  copied_since: 'timestamptz',
  ...printColumns,
} as const;

const notAsked = sql`(select null as kind, null as reason, null::timestamptz as ends_at)`;

const writer = {
  browserId: sql.ref('writing.browser_id'),
  networkHash: sql.ref('writing.network_hash'),
  now: sql.ref('writing.now'),
};
