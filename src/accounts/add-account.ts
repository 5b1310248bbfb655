import type { Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { proposeHandle } from './handle.ts';
import { hasAccount, insertAccount } from './queries.ts';
import type { Account, Role } from './table.ts';

/**
 * Adds an account under the first handle that is free for its name.
 *
 * @param email normalised; where it has an account already, none is added and the result is undefined.
 * @param passwordHash see `hashPassword`.
 */
export async function addAccount(
  trx: Transaction<Database>,
  {
    name,
    email,
    role,
    passwordHash,
    now,
  }: {
    name: string;
    email: string;
    role: Role;
    passwordHash: string;
    now: Date;
  },
): Promise<Account | undefined> {
  for (let number = 1; ; number += 1) {
    const handle = proposeHandle(name, number);
    const row = { handle, name, email, role, password_hash: passwordHash, created_at: now };
    const account = await insertAccount(trx, row);
    if (account) return account;
    if (await hasAccount(trx, email)) return undefined;
  }
}
