import type { Kysely, Selectable, Transaction } from 'kysely';
import type { Database } from '../database.ts';
import type { PasswordResetTable } from './table.ts';

/** Keeps a right to choose a new password. */
export async function insertReset(
  trx: Transaction<Database>,
  reset: Pick<Selectable<PasswordResetTable>, 'token_hash' | 'account_id' | 'created_at' | 'expires_at'>,
): Promise<void> {
  await trx.insertInto('password_reset').values(reset).execute();
}

/** A right to choose a new password, with the address that it is for, if the account may still be used. */
export function findReset(
  db: Kysely<Database>,
  tokenHash: Buffer,
): Promise<{ email: string | null; expires_at: Date; used_at: Date | null; disabled_at: Date | null } | undefined> {
  return db
    .selectFrom('password_reset')
    .innerJoin('account', 'account.id', 'password_reset.account_id')
    .select(['account.email', 'password_reset.expires_at', 'password_reset.used_at', 'account.disabled_at'])
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst();
}

/** Uses a right up if it still holds. @returns the account's id; of two who come at once, one gets it. */
export async function useReset(
  trx: Transaction<Database>,
  { tokenHash, now }: { tokenHash: Buffer; now: Date },
): Promise<number | undefined> {
  const used = await trx
    .updateTable('password_reset')
    .set({ used_at: now })
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('account_id')
    .executeTakeFirst();
  return used?.account_id;
}

/** Uses up whatever an account has been mailed. */
export async function endResets(
  trx: Transaction<Database>,
  { accountId, now }: { accountId: number; now: Date },
): Promise<void> {
  await trx
    .updateTable('password_reset')
    .set({ used_at: now })
    .where('account_id', '=', accountId)
    .where('used_at', 'is', null)
    .execute();
}
