import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { prepared } from '../prepared.ts';
import { nameKey } from '../text/same-name.ts';
import type { Account } from './table.ts';

/** An account that may be used: not disabled. */
export function findActiveAccount(
  db: Kysely<Database>,
  id: number,
): Promise<Pick<Account, 'id' | 'handle' | 'name' | 'role'> | undefined> {
  return db
    .selectFrom('account')
    .modifyFront(prepared)
    .select(['id', 'handle', 'name', 'role'])
    .where('id', '=', id)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
}

/** What signing in compares with: the active account of a normalised address. */
export function findSignIn(
  db: Kysely<Database>,
  email: string,
): Promise<Pick<Account, 'id' | 'password_hash'> | undefined> {
  return db
    .selectFrom('account')
    .select(['id', 'password_hash'])
    .where('email', '=', email)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
}

/** What a person changes by themselves. */
export function loadOwnAccount(
  db: Kysely<Database>,
  id: number,
): Promise<Pick<Account, 'id' | 'handle' | 'name' | 'email' | 'password_hash' | 'moderation_mail'>> {
  return db
    .selectFrom('account')
    .select(['id', 'handle', 'name', 'email', 'password_hash', 'moderation_mail'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

/** Whether an address has an account, used or disabled. */
export async function hasAccount(db: Kysely<Database>, email: string): Promise<boolean> {
  return Boolean(await db.selectFrom('account').select('id').where('email', '=', email).executeTakeFirst());
}

/** Whether someone can sign in as an owner; if nobody can, `/setup` makes one. */
export async function hasOwner(db: Kysely<Database>): Promise<boolean> {
  return Boolean(await activeOwners(db).executeTakeFirst());
}

/**
 * The ids of all active owners, locked: while a transaction holds them, nobody else changes who owns the site or takes a
 * name, and none of them can be taken for an owner by a second transaction that started from what was true before.
 */
export async function lockOwners(trx: Transaction<Database>): Promise<number[]> {
  const owners = await activeOwners(trx).orderBy('id').forNoKeyUpdate().execute();
  return owners.map((owner) => owner.id);
}

/** An account, locked, to be changed. */
export function lockAccount(
  trx: Transaction<Database>,
  id: number,
): Promise<Pick<Account, 'id' | 'role' | 'disabled_at'> | undefined> {
  return trx
    .selectFrom('account')
    .select(['id', 'role', 'disabled_at'])
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** Adds an account unless its handle or its address is taken. */
export function insertAccount(
  trx: Transaction<Database>,
  account: Pick<Account, 'handle' | 'name' | 'email' | 'role' | 'password_hash' | 'created_at'>,
): Promise<Account | undefined> {
  return trx
    .insertInto('account')
    .values(account)
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
}

/** Changes what is given of an account. */
export async function updateAccount(
  db: Kysely<Database>,
  id: number,
  changes: Partial<Pick<Account, 'name' | 'role' | 'password_hash' | 'disabled_at' | 'moderation_mail'>>,
): Promise<void> {
  await db.updateTable('account').set(changes).where('id', '=', id).execute();
}

/** Accounts in the order in which they were made, from behind the one with the id `after`. */
export function listAccounts(
  db: Kysely<Database>,
  { after, limit }: { after: number; limit: number },
): Promise<Pick<Account, 'id' | 'handle' | 'name' | 'email' | 'role' | 'disabled_at'>[]> {
  return db
    .selectFrom('account')
    .select(['id', 'handle', 'name', 'email', 'role', 'disabled_at'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
}

/**
 * Whether a reader would take this name for that of someone on the staff, those included who are disabled: what they
 * wrote stays. Guests cannot use such a name, nor can others on the staff.
 *
 * @param except whose own name does not count.
 */
export async function isStaffName(db: Kysely<Database>, name: string, except?: number): Promise<boolean> {
  const { rows } = await sql<{ names: readonly string[] }>`select ${staffNames(except)} as names`.execute(db);
  return keysOfNames(rows[0]?.names ?? []).has(nameKey(name));
}

/** The names of all on the staff, and their handles, as a column of a query. */
export function staffNames(except?: number): RawBuilder<readonly string[]> {
  const id = except ?? null;
  return sql<readonly string[]>`array(
    select unnest(array[name, handle]) from account where account.id is distinct from ${id}::integer
  )`;
}

/** The keys of names (see `nameKey`): a reader would take a name with one of them for one of these. */
export function keysOfNames(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map(nameKey));
}

function activeOwners(db: Kysely<Database>) {
  return db
    .selectFrom('account')
    .select('id')
    .where('role', '=', 'owner')
    .where('email', 'is not', null)
    .where('disabled_at', 'is', null);
}
