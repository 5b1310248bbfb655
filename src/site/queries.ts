import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import type { SecretTable, Site } from './table.ts';

/** The settings of the site. */
export function loadSite(db: Kysely<Database>): Promise<Site> {
  return db.selectFrom('site').selectAll().executeTakeFirstOrThrow();
}

/** The keys that all processes share, 32 bytes each. They never change, so they are read once. */
export async function loadSecrets(db: Kysely<Database>): Promise<Record<SecretTable['name'], Buffer>> {
  const rows = await db.selectFrom('secret').selectAll().execute();
  return Object.fromEntries(rows.map((row) => [row.name, row.value])) as Record<SecretTable['name'], Buffer>;
}
