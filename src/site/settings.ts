import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { recordEvent } from '../events/queries.ts';
import { takeTurn } from '../turns.ts';
import { lockSite, updateSite } from './queries.ts';
import type { Site } from './table.ts';

/** What the settings can be set to. */
export type Settings = Omit<Site, 'id' | 'version'>;

/**
 * Saves the settings, unless somebody else has saved others since they were shown. Waits for the replies that are being
 * stored: none lands after a closing of the whole site.
 *
 * @param version of the settings that the form was filled with.
 * @returns what somebody else saved; undefined where ours are saved now.
 */
export function saveSettings(
  db: Kysely<Database>,
  { settings, version, actorId, now }: { settings: Settings; version: number; actorId: number; now: Date },
): Promise<Site | undefined> {
  return db.transaction().execute(async (trx) => {
    await takeTurn(trx, { about: 'site', id: 1 });
    const site = await lockSite(trx);
    if (site.version !== version) return site;
    await updateSite(trx, settings);
    const numbers = { version: version + 1 };
    await recordEvent(trx, {
      subjectKind: 'site',
      subjectId: site.id,
      action: 'settings_saved',
      actorId,
      numbers,
      now,
    });
    return undefined;
  });
}
