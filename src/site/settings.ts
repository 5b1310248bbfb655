import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { recordEvent } from '../events/queries.ts';
import { takeTurn } from '../turns.ts';
import { lockSite, updateSite } from './queries.ts';
import type { ChangedFields, Site } from './table.ts';

/** What the settings can be set to. */
export type Settings = Omit<Site, 'id' | 'version' | 'rules_token'>;

/** What became of an attempt to save the settings. */
export type SettingsOutcome =
  /** `eventId`: by it the change can be undone; undefined where nothing had changed. */
  | { readonly kind: 'saved'; readonly eventId: number | undefined }
  /** Somebody else has saved others since they were shown. */
  | { readonly kind: 'overtaken'; readonly theirs: Site };

/**
 * Saves the settings, unless somebody else has saved others since they were shown. Waits for the replies that are being
 * stored: none lands after a closing of the whole site.
 *
 * @param settings those that are not named stay as they are.
 * @param version of the settings that the form was filled with.
 */
export function saveSettings(
  db: Kysely<Database>,
  { settings, version, actorId, now }: { settings: Partial<Settings>; version: number; actorId: number; now: Date },
): Promise<SettingsOutcome> {
  return db.transaction().execute(async (trx) => {
    const site = await takeSite(trx);
    if (site.version !== version) return { kind: 'overtaken', theirs: site };
    return { kind: 'saved', eventId: await change(trx, { site, settings, actorId, now }) };
  });
}

/**
 * Takes a change of the settings back: what it changed is as it was before, and all else stays.
 *
 * @param eventId of the change, or of the undo of one.
 * @returns the id of the event that says so; undefined where something of it has changed since, or was never written down.
 */
export async function takeBackSettings(
  trx: Transaction<Database>,
  { eventId, actorId, now }: { eventId: number; actorId: number; now: Date },
): Promise<number | undefined> {
  const site = await takeSite(trx);
  const row = await trx
    .selectFrom('settings_change')
    .select('fields')
    .where('event_id', '=', eventId)
    .executeTakeFirst();
  const changed = Object.entries(row?.fields ?? {});
  const present: Readonly<Record<string, unknown>> = { ...site };
  if (changed.length === 0 || changed.some(([name, { after }]) => present[name] !== after)) return undefined;
  const before = Object.fromEntries(changed.map(([name, value]) => [name, value.before]));
  return await change(trx, { site, settings: before, undoes: eventId, actorId, now });
}

async function takeSite(trx: Transaction<Database>): Promise<Site> {
  await takeTurn(trx, { about: 'site', id: 1 });
  return await lockSite(trx);
}

async function change(
  trx: Transaction<Database>,
  {
    site,
    settings,
    undoes,
    actorId,
    now,
  }: { site: Site; settings: Partial<Settings>; undoes?: number; actorId: number; now: Date },
): Promise<number | undefined> {
  const fields = changesBetween(site, settings);
  const count = Object.keys(fields).length;
  if (count === 0) return undefined;
  await updateSite(trx, settings);
  const eventId = await recordEvent(trx, {
    subjectKind: 'site',
    subjectId: site.id,
    action: undoes === undefined ? 'settings_saved' : 'undo',
    undoes,
    actorId,
    numbers: { version: site.version + 1, fields: count },
    now,
  });
  await trx
    .insertInto('settings_change')
    .values({ event_id: eventId, fields: JSON.stringify(fields) })
    .execute();
  return eventId;
}

function changesBetween(site: Site, settings: Partial<Settings>): ChangedFields {
  const [before, after]: Readonly<Record<string, string | number | boolean | null>>[] = [{ ...site }, { ...settings }];
  return Object.fromEntries(
    Object.keys(settings)
      .filter((name) => before?.[name] !== after?.[name])
      .map((name) => [name, { before: before?.[name] ?? null, after: after?.[name] ?? null }]),
  );
}
