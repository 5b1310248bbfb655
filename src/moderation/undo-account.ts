import type { Transaction } from 'kysely';
import { takeBackChange } from '../accounts/take-back-change.ts';
import type { Database } from '../database.ts';
import { type DoneEvent, findEvent } from '../events/queries.ts';
import type { Moderator } from './moderator.ts';
import type { UndoOutcome } from './undo-outcome.ts';

/** Takes back a change of somebody's role, or that their account was disabled or enabled. */
export async function undoAccountChange(
  trx: Transaction<Database>,
  { event, moderator, now }: { event: DoneEvent; moderator: Moderator; now: Date },
): Promise<UndoOutcome> {
  const taken = await takeBackChange(trx, { event, actorId: moderator.viewer.id, now });
  if (taken.kind === 'taken_back') return { kind: 'undone', count: 1, eventId: taken.eventId };
  if (taken.kind === 'refused') return taken.why === 'last_owner' ? { kind: 'last_owner' } : { kind: 'unknown' };
  return {
    kind: 'account_moved_on',
    last: taken.lastId === undefined ? undefined : await findEvent(trx, taken.lastId),
  };
}
