import { sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { takeTurns } from '../turns.ts';

const hour = 3_600_000;

/** Whose comments are counted, and how many one network may post in an hour; 0: no limit. */
export interface LimitedWriter {
  readonly networkHash: Buffer;
  readonly browserId: number | undefined;
  readonly limit: number;
  readonly now: Date;
}

/**
 * Whether guests have posted as much as one may within the hour. A network is shared by many, a browser is one person:
 * it may post half as much. Comments of one network, and then of one browser, are counted one after the other, so that many
 * sent at once are too.
 *
 * @param writers no two of them in one network, or in one browser.
 * @returns for each the seconds until the next comment can be posted; undefined: now.
 */
export async function secondsUntilAllowed(
  trx: Transaction<Database>,
  writers: readonly LimitedWriter[],
): Promise<(number | undefined)[]> {
  const limited = writers.filter(({ limit }) => limit > 0);
  await takeNetworks(trx, limited);
  await takeTurns(trx, { about: 'browser', ids: writers.flatMap(({ browserId }) => browserId ?? []) });
  const latest = await newestBeyondLimit(trx, limited);
  return writers.map((writer) => {
    const time = latest.get(writer)?.getTime();
    return time && Math.max(1, Math.ceil((time + hour - writer.now.getTime()) / 1000));
  });
}

async function takeNetworks(trx: Transaction<Database>, writers: readonly LimitedWriter[]): Promise<void> {
  if (writers.length === 0) return;
  const networks = writers.map(({ networkHash }) => networkHash.readBigInt64BE());
  const inOrder = networks.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map(String);
  await sql`select pg_advisory_xact_lock(network) from unnest(${inOrder}::bigint[]) as network`.execute(trx);
}

// When the comment was posted that has to grow older than an hour; who has fewer than allowed is missing.
async function newestBeyondLimit(
  trx: Transaction<Database>,
  writers: readonly LimitedWriter[],
): Promise<Map<LimitedWriter, Date>> {
  if (writers.length === 0) return new Map();
  const { rows } = await sql<{ place: number; latest: Date | null }>`
    select place::integer, greatest(
      (
        select created_at from comment where comment.network_hash = writer.network_hash and created_at > since
        order by created_at desc offset network_limit - 1 limit 1
      ),
      (
        select created_at from comment where comment.browser_id = writer.browser_id and created_at > since
        order by created_at desc offset browser_limit - 1 limit 1
      )
    ) as latest
    from unnest(
      ${writers.map(({ networkHash }) => networkHash)}::bytea[],
      ${writers.map(({ browserId }) => browserId ?? null)}::integer[],
      ${writers.map(({ limit }) => limit)}::integer[],
      ${writers.map(({ limit }) => Math.ceil(limit / 2))}::integer[],
      ${writers.map(({ now }) => new Date(now.getTime() - hour))}::timestamptz[]
    ) with ordinality as writer (network_hash, browser_id, network_limit, browser_limit, since, place)`.execute(trx);
  return new Map(
    rows.flatMap(({ place, latest }) => (latest ? [[writers[place - 1] as LimitedWriter, latest] as const] : [])),
  );
}
