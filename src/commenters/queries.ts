import { type Insertable, type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import type { ProofTable } from './table.ts';

/** Keeps a right to prove an address. */
export async function insertProof(trx: Transaction<Database>, proof: Insertable<ProofTable>): Promise<void> {
  await trx.insertInto('proof').values(proof).execute();
}

/** A right to prove an address, whether or not it still holds. */
export function findProof(
  db: Kysely<Database>,
  tokenHash: Buffer,
): Promise<Pick<Selectable<ProofTable>, 'email' | 'browser_id' | 'expires_at' | 'used_at'> | undefined> {
  return db
    .selectFrom('proof')
    .select(['email', 'browser_id', 'expires_at', 'used_at'])
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst();
}

/** Uses a right up if it still holds. @returns its address; of two who come at once, one gets it. */
export async function useProof(
  trx: Transaction<Database>,
  { tokenHash, now }: { tokenHash: Buffer; now: Date },
): Promise<string | undefined> {
  const used = await trx
    .updateTable('proof')
    .set({ used_at: now })
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('email')
    .executeTakeFirst();
  return used?.email;
}

/** Notes that a browser has proved an address, and that what was written in it with that address is its owner's. */
export async function insertProvedAddress(
  trx: Transaction<Database>,
  { browserId, email, now }: { browserId: number; email: string; now: Date },
): Promise<void> {
  await trx
    .insertInto('proved_address')
    .values({ browser_id: browserId, email, proved_at: now })
    .onConflict((conflict) => conflict.columns(['browser_id', 'email']).doUpdateSet({ proved_at: now }))
    .execute();
  // Locked in the order in which decisions lock comments, so that neither waits for the other in a circle.
  const unproved = await trx
    .selectFrom('comment')
    .select('id')
    .where('browser_id', '=', browserId)
    .where('email', '=', email)
    .where('email_proved', '=', false)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  if (unproved.length === 0) return;
  const ids = unproved.map(({ id }) => id);
  await trx.updateTable('comment').set({ email_proved: true }).where(sql<boolean>`id = any(${ids})`).execute();
}

/** Lets one browser forget that it has proved an address; what was written with it stays its owner's. */
export async function deleteProvedAddress(
  db: Kysely<Database>,
  { browserId, email }: { browserId: number; email: string },
): Promise<void> {
  await db.deleteFrom('proved_address').where('browser_id', '=', browserId).where('email', '=', email).execute();
}
