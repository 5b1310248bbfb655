import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../database.ts';

/** A browser that will be known by its cookie. @returns its id. */
export async function addBrowser(trx: Transaction<Database>, { now }: { now: Date }): Promise<number> {
  const { id } = await trx
    .insertInto('browser')
    .values({ created_at: now, seen_at: null })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Notes that a browser came back with its cookie. @returns whether there is such a browser. */
export async function noteBrowser(db: Kysely<Database>, { id, now }: { id: number; now: Date }): Promise<boolean> {
  const row = await db.selectFrom('browser').select('seen_at').where('id', '=', id).executeTakeFirst();
  if (row && !row.seen_at) await db.updateTable('browser').set({ seen_at: now }).where('id', '=', id).execute();
  return row !== undefined;
}

/** The addresses that were proved by mail in a browser, the latest last; normalised. */
export async function provedAddresses(db: Kysely<Database>, { browserId }: { browserId: number }): Promise<string[]> {
  const rows = await db
    .selectFrom('proved_address')
    .select('email')
    .where('browser_id', '=', browserId)
    .orderBy('proved_at')
    .orderBy('email')
    .execute();
  return rows.map(({ email }) => email);
}
