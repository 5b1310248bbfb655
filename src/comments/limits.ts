import { sql } from 'kysely';
import { givenRows } from '../given-rows.ts';
import { known, type Question, question } from '../pipeline.ts';
import { prepared } from '../prepared.ts';
import { ownTurns } from '../turns.ts';
import type { Wait } from './submission.ts';

const minute = 60_000;
const hour = 60 * minute;

/** Whose comments are counted. */
export interface CountedWriter {
  readonly networkHash: Buffer;
  readonly browserId: number | undefined;
  readonly now: Date;
}

/** The same, and how many comments one network may post in an hour; 0: no limit. */
export interface LimitedWriter extends CountedWriter {
  readonly limit: number;
}

/** The pace of a conversation: one person posts one comment in so many minutes; 0: as many as one likes. */
export interface Pace {
  readonly conversationId: number;
  readonly slowMinutes: number;
}

/**
 * Has comments of one network, and then of one browser, wait for each other until the transaction ends, so that many sent at once are
 * counted one after the other. Those of a network wait only where they are counted: many may share it.
 *
 * @param writers no two of them in one network, or in one browser.
 */
export function writersTaken(
  writers: readonly LimitedWriter[],
  conversationId: number,
): readonly [Question<void>, Question<void>] {
  return [
    networksTaken(writers, conversationId),
    ownTurns({ about: 'browser', ids: writers.flatMap(({ browserId }) => browserId ?? []) }),
  ];
}

function networksTaken(writers: readonly LimitedWriter[], conversationId: number): Question<void> {
  if (writers.length === 0) return known(undefined);
  const networks = writers.map(({ networkHash }) => networkHash.readBigInt64BE());
  const inOrder = networks.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map(String);
  const limited = writers.some(({ limit }) => limit > 0);
  return question(
    sql`
      ${prepared} select pg_advisory_xact_lock(network) from unnest(${inOrder}::bigint[]) as network
      where ${limited}::boolean or (
        select slow_minutes > 0 from conversation where conversation.id = ${conversationId}::integer
      )`,
    () => {},
  );
}

/**
 * Whether guests have posted as much as one may within the hour. A network is shared by many, a browser is one person: it may
 * post half as much.
 *
 * @returns for each when the comment was posted that has to grow older than an hour; null: there were fewer than allowed.
 */
export function limitedByHour(writers: readonly LimitedWriter[]): Question<readonly (Date | null)[]> {
  if (writers.every(({ limit }) => limit === 0)) return known(writers.map(() => null));
  const given = writers.map(({ networkHash, browserId, limit, now }) => ({
    network_hash: networkHash,
    browser_id: browserId,
    network_limit: limit || unlimited,
    browser_limit: Math.ceil(limit / 2) || unlimited,
    hour_ago: new Date(now.getTime() - hour),
  }));
  return question(
    sql<{ latest: Date | null }>`
      ${prepared} select greatest(
        (
          select created_at from comment where comment.network_hash = writer.network_hash and created_at > hour_ago
          order by created_at desc offset network_limit - 1 limit 1
        ),
        (
          select created_at from comment where comment.browser_id = writer.browser_id and created_at > hour_ago
          order by created_at desc offset browser_limit - 1 limit 1
        )
      ) as latest
      from ${givenRows('writer', hourlyColumns, given)} order by nth`,
    (rows) => rows.map(({ latest }) => latest),
  );
}

/**
 * Whether it is too soon for guests in a slow conversation. Who comes without a known browser is known by the network.
 *
 * @returns for each when this person last posted in it, if that was too short a while ago.
 */
export function limitedByPace(writers: readonly CountedWriter[], pace: Pace): Question<readonly (Date | null)[]> {
  if (pace.slowMinutes === 0 || writers.length === 0) return known(writers.map(() => null));
  const given = writers.map(({ networkHash, browserId, now }) => ({
    network_hash: networkHash,
    browser_id: browserId,
    pace_ago: new Date(now.getTime() - pace.slowMinutes * minute),
  }));
  // By an expression, which no index has: Postgres may take a conversation that grows fast for a small one, and read it all.
  const isHere = sql<boolean>`conversation_id + 0 = ${pace.conversationId}::integer`;
  return question(
    sql<{ latest: Date | null }>`
      ${prepared} select case when writer.browser_id is not null then (
        select created_at from comment
        where comment.browser_id = writer.browser_id and created_at > pace_ago and ${isHere}
        order by created_at desc limit 1
      ) else (
        select created_at from comment
        where comment.network_hash = writer.network_hash and created_at > pace_ago and ${isHere}
        order by created_at desc limit 1
      ) end as latest
      from ${givenRows('writer', paceColumns, given)} order by nth`,
    (rows) => rows.map(({ latest }) => latest),
  );
}

/**
 * How long somebody has to wait for the next comment; undefined: it can be posted now.
 *
 * @param latest what `limitedByHour` and `limitedByPace` say.
 */
export function waitAfter(
  { hourly, paced }: { hourly: Date | null; paced: Date | null },
  { slowMinutes, now }: { slowMinutes: number; now: Date },
): Wait | undefined {
  const waits = [
    ...waitUntil(hourly, { length: hour, by: 'hour', now }),
    ...waitUntil(paced, { length: slowMinutes * minute, by: 'pace', now }),
  ];
  return waits.toSorted((one, other) => other.seconds - one.seconds)[0];
}

function waitUntil(time: Date | null, { length, by, now }: Pick<Wait, 'by'> & { length: number; now: Date }): Wait[] {
  if (!time) return [];
  return [{ seconds: Math.max(1, Math.ceil((time.getTime() + length - now.getTime()) / 1000)), by }];
}

const hourlyColumns = {
  network_hash: 'bytea',
  browser_id: 'integer',
  network_limit: 'integer',
  browser_limit: 'integer',
  hour_ago: 'timestamptz',
} as const;

const paceColumns = { network_hash: 'bytea', browser_id: 'integer', pace_ago: 'timestamptz' } as const;

// More than anybody has posted.
const unlimited = 2_147_483_647;
