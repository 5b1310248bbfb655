import { sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { givenRows } from '../given-rows.ts';
import { prepared } from '../prepared.ts';
import { takeTurns } from '../turns.ts';
import type { Wait } from './submission.ts';

const minute = 60_000;
const hour = 60 * minute;

/** Whose comments are counted. */
export interface LimitedWriter {
  readonly networkHash: Buffer;
  readonly browserId: number | undefined;
  /** How many comments one network may post in an hour; 0: no limit. */
  readonly limit: number;
  readonly now: Date;
}

/** The pace of a conversation: one person posts one comment in so many minutes; 0: as many as one likes. */
export interface Pace {
  readonly conversationId: number;
  readonly slowMinutes: number;
}

/**
 * Whether guests have posted as much as one may within the hour, and whether it is too soon in a slow conversation. A network
 * is shared by many, a browser is one person: it may post half as much. Who comes without a known browser is known by the
 * network. Comments of one network, and then of one browser, are counted one after the other, so that many sent at once are
 * too.
 *
 * @param writers no two of them in one network, or in one browser.
 * @returns for each how long to wait for the next comment; undefined: it can be posted now.
 */
export async function waitsFor(
  trx: Transaction<Database>,
  { writers, pace }: { writers: readonly LimitedWriter[]; pace: Pace },
): Promise<(Wait | undefined)[]> {
  const limited = writers.filter(({ limit }) => limit > 0 || pace.slowMinutes > 0);
  await takeNetworks(trx, limited);
  await takeTurns(trx, { about: 'browser', ids: writers.flatMap(({ browserId }) => browserId ?? []) });
  const latest = await findLatest(trx, { writers: limited, pace });
  return writers.map((writer) => {
    const { hourly, paced } = latest.get(writer) ?? { hourly: null, paced: null };
    const waits = [
      ...waitAfter(hourly, { length: hour, by: 'hour', now: writer.now }),
      ...waitAfter(paced, { length: pace.slowMinutes * minute, by: 'pace', now: writer.now }),
    ];
    return waits.toSorted((one, other) => other.seconds - one.seconds)[0];
  });
}

function waitAfter(time: Date | null, { length, by, now }: Pick<Wait, 'by'> & { length: number; now: Date }): Wait[] {
  if (!time) return [];
  return [{ seconds: Math.max(1, Math.ceil((time.getTime() + length - now.getTime()) / 1000)), by }];
}

async function takeNetworks(trx: Transaction<Database>, writers: readonly LimitedWriter[]): Promise<void> {
  if (writers.length === 0) return;
  const networks = writers.map(({ networkHash }) => networkHash.readBigInt64BE());
  const inOrder = networks.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map(String);
  await sql`select pg_advisory_xact_lock(network) from unnest(${inOrder}::bigint[]) as network`.execute(trx);
}

interface Latest {
  /** When the comment was posted that has to grow older than an hour; null: there were fewer than allowed. */
  readonly hourly: Date | null;
  /** When this person last posted in this conversation, if that was too short a while ago. */
  readonly paced: Date | null;
}

async function findLatest(
  trx: Transaction<Database>,
  { writers, pace }: { writers: readonly LimitedWriter[]; pace: Pace },
): Promise<Map<LimitedWriter, Latest>> {
  if (writers.length === 0) return new Map();
  const given = writers.map(({ networkHash, browserId, limit, now }) => ({
    network_hash: networkHash,
    browser_id: browserId,
    network_limit: limit || unlimited,
    browser_limit: Math.ceil(limit / 2) || unlimited,
    hour_ago: new Date(now.getTime() - hour),
    pace_ago: new Date(now.getTime() - pace.slowMinutes * minute),
  }));
  // By an expression, which no index has: Postgres may take a conversation that grows fast for a small one, and read it all.
  const isHere = sql<boolean>`conversation_id + 0 = ${pace.conversationId}::integer`;
  const { rows } = await sql<Latest & { nth: number }>`
    ${prepared} select
      nth::integer,
      greatest(
        (
          select created_at from comment where comment.network_hash = writer.network_hash and created_at > hour_ago
          order by created_at desc offset network_limit - 1 limit 1
        ),
        (
          select created_at from comment where comment.browser_id = writer.browser_id and created_at > hour_ago
          order by created_at desc offset browser_limit - 1 limit 1
        )
      ) as hourly,
      case when not ${pace.slowMinutes > 0}::boolean then null
      when writer.browser_id is not null then (
        select created_at from comment
        where comment.browser_id = writer.browser_id and created_at > pace_ago and ${isHere}
        order by created_at desc limit 1
      ) else (
        select created_at from comment
        where comment.network_hash = writer.network_hash and created_at > pace_ago and ${isHere}
        order by created_at desc limit 1
      ) end as paced
    from ${givenRows('writer', writerColumns, given)}`.execute(trx);
  return new Map(rows.map((row) => [writers[row.nth - 1] as LimitedWriter, row]));
}

const writerColumns = {
  network_hash: 'bytea',
  browser_id: 'integer',
  network_limit: 'integer',
  browser_limit: 'integer',
  hour_ago: 'timestamptz',
  pace_ago: 'timestamptz',
} as const;

// More than anybody has posted.
const unlimited = 2_147_483_647;
