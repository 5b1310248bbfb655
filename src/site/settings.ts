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
 * @param version of the settings that the form was filled with.
 */
export function saveSettings(
  db: Kysely<Database>,
  { settings, version, actorId, now }: { settings: Settings; version: number; actorId: number; now: Date },
): Promise<SettingsOutcome> {
  return db.transaction().execute(async (trx) => {
    const site = await takeSite(trx);
    if (site.version !== version) return { kind: 'overtaken', theirs: site };
    return { kind: 'saved', eventId: await changeSettings(trx, { site, settings, actorId, now }) };
  });
}

/** Takes the settings for oneself: waits for the replies that are being stored. */
export async function takeSite(trx: Transaction<Database>): Promise<Site> {
  await takeTurn(trx, { about: 'site', id: 1 });
  return await lockSite(trx);
}

/**
 * Sets what is to be set otherwise, and writes it down.
 *
 * @param site taken by `takeSite`.
 * @returns the id of the event that says so; undefined where all is set so already.
 */
export async function changeSettings(
  trx: Transaction<Database>,
  {
    site,
    settings,
    undoes,
    actorId,
    now,
  }: { site: Site; settings: Settings; undoes?: number; actorId: number; now: Date },
): Promise<number | undefined> {
  const fields = changesBetween(site, settings);
  if (Object.keys(fields).length === 0) return undefined;
  await updateSite(trx, settings);
  const version = site.version + 1;
  return await noteChange(trx, { action: 'settings_saved', site: { ...site, version }, fields, undoes, actorId, now });
}

/**
 * Writes down that settings or rules were changed, and what of them.
 *
 * @returns the id of the event that says so.
 */
export async function noteChange(
  trx: Transaction<Database>,
  {
    action,
    site,
    fields,
    undoes,
    actorId,
    now,
  }: {
    action: 'settings_saved' | 'rules_saved';
    site: Pick<Site, 'id' | 'version'>;
    fields: ChangedFields;
    undoes: number | undefined;
    actorId: number;
    now: Date;
  },
): Promise<number> {
  const count = Object.keys(fields).length;
  const eventId = await recordEvent(trx, {
    subjectKind: 'site',
    subjectId: site.id,
    action: undoes === undefined ? action : 'undo',
    undoes,
    actorId,
    numbers: { version: site.version, fields: count, ...(action === 'rules_saved' && { rules: count }) },
    now,
  });
  await trx
    .insertInto('settings_change')
    .values({ event_id: eventId, fields: JSON.stringify(fields) })
    .execute();
  return eventId;
}

function changesBetween(site: Site, settings: Settings): ChangedFields {
  const [before, after]: Readonly<Record<string, string | number | boolean | null>>[] = [{ ...site }, { ...settings }];
  return Object.fromEntries(
    Object.keys(settings)
      .filter((name) => before?.[name] !== after?.[name])
      .map((name) => [name, { before: before?.[name] ?? null, after: after?.[name] ?? null }]),
  );
}
