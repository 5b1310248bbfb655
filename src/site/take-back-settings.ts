import { isDeepStrictEqual } from 'node:util';
import type { Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { standingOf } from '../events/standing.ts';
import { changeSettings, takeSite } from './settings.ts';
import { listSettingEvents, type SettingEvent } from './settings-history.ts';
import type { ChangedFields, SettingValue } from './table.ts';

/** What became of settings that were to be taken back; the ids are of events. */
export type SettingsTakenBack =
  /** Now, or before, by the same person. */
  | { readonly kind: 'undone'; readonly eventId: number }
  /** Nothing was done: these have set some of it since, each what of it. So many settings can still be taken back. */
  | { readonly kind: 'moved_on'; readonly since: ReadonlyMap<number, ChangedFields>; readonly rest: number };

/** What can be taken back: everything by its name as it is set now, and how some of it is set to something else. */
export interface Changeable {
  readonly present: Readonly<Record<string, unknown>>;
  /** @returns the id of the event that says so; undefined where all is set so already. */
  readonly set: (values: Readonly<Record<string, SettingValue | undefined>>) => Promise<number | undefined>;
}

/** Takes a change of the settings back, as `takeBackChange` says. */
export async function takeBackSettings(
  trx: Transaction<Database>,
  { eventId, partly, actorId, now }: { eventId: number; partly: boolean; actorId: number; now: Date },
): Promise<SettingsTakenBack> {
  const site = await takeSite(trx);
  const { id: _, version: __, rules_token: ___, ...settings } = site;
  return await takeBackChange(trx, {
    eventId,
    partly,
    actorId,
    present: { ...site },
    set: (values) => changeSettings(trx, { site, settings: { ...settings, ...values }, undoes: eventId, actorId, now }),
  });
}

/**
 * Takes a change of settings or rules back: what it changed is as it was before, and all else stays. Each setting has a
 * history of its own: what was set anew since, be it to the same, stands on the change.
 *
 * @param eventId of the change, or of the undo of one.
 * @param partly take the rest back, where some of it was set since.
 */
export async function takeBackChange(
  trx: Transaction<Database>,
  { eventId, partly, actorId, present, set }: Changeable & { eventId: number; partly: boolean; actorId: number },
): Promise<SettingsTakenBack> {
  const fields = await findChanged(trx, eventId);
  const names = Object.keys(fields);
  const histories = Map.groupBy(await listSettingEvents(trx), ({ part }) => part);
  const last = names.flatMap((name) => histories.get(name)?.at(-1) ?? []);
  const ready = names.filter(
    (name) =>
      isDeepStrictEqual(present[name], fields[name]?.after) &&
      standingOf(histories.get(name) ?? []).undoable.has(eventId),
  );
  const again = sentAgain(last, { eventId, actorId });
  if (again !== undefined && ready.length === 0) return { kind: 'undone', eventId: again };
  if (ready.length > 0 && (partly || ready.length === names.length)) {
    const undone = await set(Object.fromEntries(ready.map((name) => [name, fields[name]?.before])));
    if (undone !== undefined) return { kind: 'undone', eventId: undone };
  }
  const since = new Map<number, ChangedFields>();
  for (const { id, part } of last.filter((each) => each.id !== eventId))
    since.set(id, { ...since.get(id), ...only(part, await findChanged(trx, id)) });
  return { kind: 'moved_on', since, rest: ready.length };
}

async function findChanged(trx: Transaction<Database>, eventId: number): Promise<ChangedFields> {
  const query = trx.selectFrom('settings_change').select('fields').where('event_id', '=', eventId);
  return (await query.executeTakeFirst())?.fields ?? {};
}

function only(name: string, { [name]: field }: ChangedFields): ChangedFields {
  return field ? { [name]: field } : {};
}

// A form that was sent twice: the same person has taken it back as far as nothing has come since.
function sentAgain(
  last: readonly SettingEvent[],
  { eventId, actorId }: { eventId: number; actorId: number },
): number | undefined {
  return last.find(({ undoes, actor_id }) => undoes === eventId && actor_id === actorId)?.id;
}
