import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { standingOfParts, type UndoableEvent } from '../events/standing.ts';
import type { Event } from '../events/table.ts';
import { type AccountChange, type Changed, changeAccount } from './people.ts';
import { lockOwners } from './queries.ts';
import type { Role } from './table.ts';

/** Actions on an account that can be taken back; who is invited, and who joins, cannot. */
export const undoableChanges: readonly string[] = ['role_changed', 'disabled', 'enabled', 'undo'];

/** That an event changed the role of an account, or whether it may be used. */
export interface AccountEvent extends UndoableEvent {
  readonly subject_id: number;
  /** Which of the two: each has a history of its own. */
  readonly part: AccountChange['kind'];
  readonly actor_id: number | null;
}

/** All changes of these accounts that can be taken back, the oldest first, by the account's id. */
export async function listAccountEvents(
  db: Kysely<Database>,
  accountIds: readonly number[],
): Promise<Map<number, AccountEvent[]>> {
  if (accountIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('event')
    .select(['id', 'subject_id', 'undoes', 'actor_id', 'to_status'])
    .where('subject_kind', '=', 'account')
    .where('subject_id', 'in', accountIds)
    .where('action', 'in', undoableChanges)
    .orderBy('id')
    .execute();
  const events = rows.map(({ to_status, ...event }) => ({ ...event, part: changeTo(to_status).kind }));
  return Map.groupBy(events, ({ subject_id }) => subject_id);
}

/** What became of taking back a change; `moved_on`: the event named changed the same since, or this was taken back before. */
export type TakenBack =
  | { readonly kind: 'taken_back'; readonly eventId: number }
  | { readonly kind: 'moved_on'; readonly lastId: number | undefined }
  | { readonly kind: 'refused'; readonly why: Exclude<Changed, number | 'same'> };

/**
 * Takes back a change of somebody's role, or that they were disabled or enabled, in the name of an owner and under the terms of
 * every such change. Whether they may sign in has nothing to do with their role: neither stands above the other.
 */
export async function takeBackChange(
  trx: Transaction<Database>,
  { event, actorId, now }: { event: Pick<Event, 'id' | 'subject_id' | 'from_status'>; actorId: number; now: Date },
): Promise<TakenBack> {
  // Changes are made one at a time, see `changeAccount`.
  await lockOwners(trx);
  const id = event.subject_id;
  const change = changeTo(event.from_status);
  const history = (await listAccountEvents(trx, [id])).get(id) ?? [];
  const last = history.findLast(({ part }) => part === change.kind);
  if (last?.undoes === event.id && last.actor_id === actorId) return { kind: 'taken_back', eventId: last.id };
  if (!standingOfParts(history).undoable.has(event.id)) return { kind: 'moved_on', lastId: last?.id };
  const changed = await changeAccount(trx, { id, change, undoes: event.id, actorId, now });
  if (changed === 'same') return { kind: 'moved_on', lastId: undefined };
  return typeof changed === 'number' ? { kind: 'taken_back', eventId: changed } : { kind: 'refused', why: changed };
}

// What an account is changed to by an event, or back to where it is taken back.
function changeTo(status: string | null): AccountChange {
  if (status === 'active' || status === 'disabled') return { kind: 'use', use: status };
  return { kind: 'role', role: status as Role };
}
