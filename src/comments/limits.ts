import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { takeTurn } from '../turns.ts';

const hour = 3_600_000;

/** Whose comments are counted, and how many one network may post in an hour; 0: no limit. */
export interface LimitedWriter {
  readonly networkHash: Buffer;
  readonly browserId: number | undefined;
  readonly limit: number;
  readonly now: Date;
}

/**
 * Whether a guest has posted as much as one may within the hour. A network is shared by many, a browser is one person:
 * it may post half as much. Comments of one network, and then of one browser, are counted one after the other, so that many
 * sent at once are too.
 *
 * @returns seconds until the next comment can be posted; undefined: now.
 */
export async function secondsUntilAllowed(
  trx: Transaction<Database>,
  { networkHash, browserId, limit, now }: LimitedWriter,
): Promise<number | undefined> {
  if (limit > 0)
    await sql`select pg_advisory_xact_lock(${networkHash.readBigInt64BE().toString()}::bigint)`.execute(trx);
  if (browserId !== undefined) await takeTurn(trx, { about: 'browser', id: browserId });
  if (limit === 0) return undefined;
  const since = new Date(now.getTime() - hour);
  const network = await newestBeyond(trx, { column: 'network_hash', value: networkHash, allowed: limit, since });
  const browser =
    browserId === undefined
      ? undefined
      : await newestBeyond(trx, { column: 'browser_id', value: browserId, allowed: Math.ceil(limit / 2), since });
  const latest = Math.max(network?.getTime() ?? 0, browser?.getTime() ?? 0);
  return latest === 0 ? undefined : Math.max(1, Math.ceil((latest + hour - now.getTime()) / 1000));
}

// When the comment was posted that has to grow older than an hour; undefined where there are fewer than allowed.
async function newestBeyond(
  db: Kysely<Database>,
  counted: { column: 'network_hash' | 'browser_id'; value: Buffer | number; allowed: number; since: Date },
): Promise<Date | undefined> {
  const row = await db
    .selectFrom('comment')
    .select('created_at')
    .where(counted.column, '=', counted.value)
    .where('created_at', '>', counted.since)
    .orderBy('created_at', 'desc')
    .offset(counted.allowed - 1)
    .limit(1)
    .executeTakeFirst();
  return row?.created_at;
}
