import { type ExpressionBuilder, type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { lastEvents, type ToldEvent } from '../events/queries.ts';
import type { KnownBy } from './standing.ts';
import type { StandingRow } from './table.ts';

/** What somebody is known by who wrote a comment; null where that is not known, or forgotten. */
export interface Person {
  readonly address_hash: Buffer | null;
  readonly browser_id: number | null;
  readonly network_hash: Buffer | null;
}

/** The column that says whom a standing is about. */
export const columnOf = { address: 'address_hash', browser: 'browser_id', network: 'network_hash' } as const;

/** What somebody can be known by, the surest first. */
export function knownBy(person: Person): KnownBy[] {
  return (Object.keys(columnOf) as KnownBy[]).filter((way) => person[columnOf[way]] !== null);
}

/** What a standing is about. */
export function wayOf(row: Person): KnownBy {
  return knownBy(row)[0] as KnownBy;
}

/** The condition that a standing is about a person, by any of what they are known by. */
export function isAbout(person: Person) {
  return ({ or, eb }: ExpressionBuilder<Database, 'standing'>) =>
    or(knownBy(person).map((way) => eb(`standing.${columnOf[way]}`, '=', person[columnOf[way]])));
}

/** Earlier standings that a page lists. */
const mostListed = 100;

/** A standing with who gave it. */
export type GivenStanding = StandingRow & { readonly giver: string };

/** All that was ever decided about a person, the latest first. */
export async function listStandings(db: Kysely<Database>, person: Person): Promise<GivenStanding[]> {
  if (knownBy(person).length === 0) return [];
  return await db
    .selectFrom('standing')
    .innerJoin('account', 'account.id', 'standing.given_by')
    .selectAll('standing')
    .select('account.name as giver')
    .where(isAbout(person))
    .orderBy('standing.id', 'desc')
    .limit(mostListed)
    .execute();
}

/** The last thing that was decided about a person. */
export async function lastDecided(db: Kysely<Database>, person: Person): Promise<ToldEvent | undefined> {
  const ids = (await listStandings(db, person)).map(({ id }) => id);
  const events = await lastEvents(db, { subjectKind: 'standing', subjectIds: ids });
  return [...events.values()].toSorted((one, other) => other.id - one.id)[0];
}

/** Finds a standing that nobody else changes until the transaction ends. */
export function lockStanding(trx: Transaction<Database>, id: number): Promise<StandingRow | undefined> {
  return trx.selectFrom('standing').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
}

/** Ends a standing now, or lets it hold again. */
export async function setEnded(
  trx: Transaction<Database>,
  { id, endedAt }: { id: number; endedAt: Date | null },
): Promise<void> {
  await trx
    .updateTable('standing')
    // Another process, with another clock, may have given it a moment later.
    .set({ ended_at: endedAt && sql<Date>`greatest(begins_at, ${endedAt}::timestamptz)` })
    .where('id', '=', id)
    .execute();
}
