import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../database.ts';

/** The key that was given for a service; undefined: none was. */
export async function findKey(db: Kysely<Database>, url: string): Promise<string | undefined> {
  return (await db.selectFrom('outside_key').select('key').where('url', '=', url).executeTakeFirst())?.key;
}

/** Whether a key was given for a service. */
export async function hasKey(db: Kysely<Database>, url: string): Promise<boolean> {
  return (await db.selectFrom('outside_key').select('url').where('url', '=', url).executeTakeFirst()) !== undefined;
}

/**
 * Keeps the key for a service, instead of the one that it had.
 *
 * @returns whether it is another one than it had.
 */
export async function keepKey(
  trx: Transaction<Database>,
  { url, key }: { url: string; key: string },
): Promise<boolean> {
  if ((await findKey(trx, url)) === key) return false;
  await trx
    .insertInto('outside_key')
    .values({ url, key })
    .onConflict((conflict) => conflict.column('url').doUpdateSet({ key }))
    .execute();
  return true;
}
