import type { Transaction } from 'kysely';
import type { Database } from '../database.ts';
import type { DoneEvent } from '../events/queries.ts';
import { takeBackPost } from '../posts/take-back-post.ts';
import type { Moderator } from './moderator.ts';
import type { UndoOutcome } from './undo-outcome.ts';

/**
 * Takes back what was done to a post in one go, for whoever may write on it.
 *
 * @param done events about one post, that can be undone.
 * @param partly leave out what of its text cannot come back.
 */
export async function undoPost(
  trx: Transaction<Database>,
  { done, partly, moderator, now }: { done: readonly DoneEvent[]; partly: boolean; moderator: Moderator; now: Date },
): Promise<UndoOutcome> {
  if (done.length === 0) return { kind: 'unknown' };
  const outcome = await takeBackPost(trx, { done, partly, viewer: moderator.viewer, now });
  // What was done by one save is one thing to whoever did it.
  return outcome.kind === 'undone' ? { ...outcome, count: 1 } : outcome;
}
