import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../../src/database.ts';
import { until } from './comments.ts';

/** Something that is kept from going on, until it is released. */
export interface HeldBack {
  release(): void;
}

/** Keeps whatever changes the counts of a conversation from ending, just before its last step. */
export function holdCounts(db: Kysely<Database>, conversationId: number): Promise<HeldBack> {
  return hold(db, sql`select 1 from conversation_count where conversation_id = ${conversationId} for update`);
}

/** Keeps everybody from changing a report. */
export function holdReport(db: Kysely<Database>, id: number): Promise<HeldBack> {
  return hold(db, sql`select 1 from report where id = ${id} for update`);
}

/** Keeps everybody from reading a table. */
export function holdTable(db: Kysely<Database>, table: keyof Database): Promise<HeldBack> {
  return hold(db, sql`lock table ${sql.table(table)} in access exclusive mode`);
}

/** Waits until so many transactions of this database wait for a lock. @throws Error where they do not within ten seconds. */
export function untilWaiting(db: Kysely<Database>, count: number): Promise<void> {
  return until(async () => {
    const { rows } = await sql<{ count: number }>`
      select count(*)::integer as count from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(db);
    return rows[0]?.count === count;
  });
}

async function hold(db: Kysely<Database>, lock: RawBuilder<unknown>): Promise<HeldBack> {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: held, resolve: holds } = Promise.withResolvers<void>();
  void db.transaction().execute(async (trx) => {
    await lock.execute(trx);
    holds();
    await released;
  });
  await held;
  return { release };
}
