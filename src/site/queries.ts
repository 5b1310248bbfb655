import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { prepared } from '../prepared.ts';
import type { SecretTable, Site } from './table.ts';

/** The columns of a `Site`, for a statement that names each. */
export const siteColumns = [
  'site.id',
  'site.title',
  'site.tagline',
  'site.language',
  'site.time_zone',
  'site.comment_mode',
  'site.close_after_days',
  'site.close_after_quiet_days',
  'site.edit_minutes',
  'site.email_required',
  'site.authors_moderate',
  'site.authors_remove',
  'site.authors_pin',
  'site.authors_close',
  'site.rules_token',
  'site.spam_days',
  'site.version',
] as const;

/** The settings of the site. */
export function loadSite(db: Kysely<Database>): Promise<Site> {
  return db.selectFrom('site').modifyFront(prepared).select(siteColumns).executeTakeFirstOrThrow();
}

/** The settings of the site, locked: whoever else wants to change them, or to make the first owner, waits. */
export function lockSite(trx: Transaction<Database>): Promise<Site> {
  return trx.selectFrom('site').selectAll().forUpdate().executeTakeFirstOrThrow();
}

/** Changes settings of the site and raises its version. */
export async function updateSite(
  trx: Transaction<Database>,
  settings: Omit<Site, 'id' | 'version' | 'rules_token'>,
): Promise<void> {
  await trx
    .updateTable('site')
    .set((eb) => ({ ...settings, version: eb('version', '+', 1) }))
    .execute();
}

/** The keys that all processes share, 32 bytes each. They never change, so they are read once. */
export async function loadSecrets(db: Kysely<Database>): Promise<Record<SecretTable['name'], Buffer>> {
  const rows = await db.selectFrom('secret').selectAll().execute();
  return Object.fromEntries(rows.map((row) => [row.name, row.value])) as Record<SecretTable['name'], Buffer>;
}
