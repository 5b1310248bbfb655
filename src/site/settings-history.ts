import { type Kysely, sql } from 'kysely';
import type { Database } from '../database.ts';
import type { UndoableEvent } from '../events/standing.ts';

/** That an event set one setting. */
export interface SettingEvent extends UndoableEvent {
  /** The name of the setting. */
  readonly part: string;
  readonly actor_id: number | null;
}

/** All that was set since changes are written down, setting by setting, the oldest first. */
export async function listSettingEvents(db: Kysely<Database>): Promise<SettingEvent[]> {
  const { rows } = await sql<SettingEvent>`
    select event.id, event.undoes, event.actor_id, part
    from settings_change join event on event.id = settings_change.event_id, jsonb_object_keys(fields) as part
    order by event.id`.execute(db);
  return rows;
}
