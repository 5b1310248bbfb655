import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import type { Account } from './table.ts';

/** An account that may be used: not disabled. */
export function findActiveAccount(
  db: Kysely<Database>,
  id: number,
): Promise<Pick<Account, 'id' | 'handle' | 'name' | 'role'> | undefined> {
  return db
    .selectFrom('account')
    .select(['id', 'handle', 'name', 'role'])
    .where('id', '=', id)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
}
