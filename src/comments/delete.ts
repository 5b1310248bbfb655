import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { changeStatus, lockWithAncestors } from './transition.ts';

/**
 * Deletes a comment for its writer: its words are erased, and a placeholder stays where others have replied. Doing it twice
 * changes nothing.
 *
 * @param actorId the account of a staff member who wrote it; undefined for a guest.
 */
export function deleteComment(
  db: Kysely<Database>,
  { id, actorId, now }: { id: number; actorId: number | undefined; now: Date },
): Promise<void> {
  return db.transaction().execute(async (trx) => {
    const locked = await lockWithAncestors(trx, [id]);
    await changeStatus(trx, locked.values(), { action: 'delete', actorId, now });
  });
}
