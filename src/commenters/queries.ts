import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';

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
