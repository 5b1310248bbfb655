import { sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import { ask, known, type Question, question } from './pipeline.ts';
import { prepared } from './prepared.ts';

// An advisory lock is known by two numbers: what it is about, and the id of a row.
const subjects = { conversation: 1, browser: 2, site: 3, learner: 4 } as const;

/** What people take turns at: a row of this kind. */
export interface TurnOf {
  readonly about: keyof typeof subjects;
  readonly id: number;
}

/**
 * Waits for a turn of one's own, which lasts until the transaction ends. Turns come in the order in which they were asked
 * for. A lock on the row itself would not: as long as one who shares it follows the other, nobody gets it alone.
 */
export async function takeTurn(trx: Transaction<Database>, { about, id }: TurnOf): Promise<void> {
  await ask(trx, ownTurns({ about, ids: [id] }));
}

/** The same for several rows of one kind, from the lowest id up: two who take some of the same never wait for each other. */
export function ownTurns({ about, ids }: { about: TurnOf['about']; ids: readonly number[] }): Question<void> {
  if (ids.length === 0) return known(undefined);
  const inOrder = ids.toSorted((a, b) => a - b);
  return question(
    sql`
      ${prepared} select pg_advisory_xact_lock(${subjects[about]}::integer, id)
      from unnest(${inOrder}::integer[]) as id`,
    () => {},
  );
}

/** Takes a turn if nobody has it, and does not wait for it. @returns whether it is one's own now. */
export async function tryTurn(trx: Transaction<Database>, { about, id }: TurnOf): Promise<boolean> {
  const { rows } = await sql<{ own: boolean }>`
    select pg_try_advisory_xact_lock(${subjects[about]}::integer, ${id}::integer) as own`.execute(trx);
  return rows[0]?.own ?? false;
}

/** Waits for turns that any number of others share, one after the other as they are given, until the transaction ends. */
export function sharedTurns(turns: readonly TurnOf[]): Question<void> {
  const each = turns.map(
    ({ about, id }) => sql`pg_advisory_xact_lock_shared(${subjects[about]}::integer, ${id}::integer)`,
  );
  return question(sql`${prepared} select ${sql.join(each)}`, () => {});
}
