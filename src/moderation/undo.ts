import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { listDoneTogether } from '../events/queries.ts';
import { isOfEdit, isOfSettings, isUndoable, mayUndo } from './may-undo.ts';
import type { Moderator } from './moderator.ts';
import { undoAccountChange } from './undo-account.ts';
import { undoAnswers } from './undo-answers.ts';
import { undoClosing } from './undo-closing.ts';
import { undoDecisions } from './undo-decisions.ts';
import { undoEdit } from './undo-edit.ts';
import type { UndoOutcome } from './undo-outcome.ts';
import { undoPost } from './undo-post.ts';
import { undoSettings } from './undo-settings.ts';
import { undoStanding } from './undo-standing.ts';

/**
 * Takes back what was done, with all that was done along with it: everything is again as it was before. It is a new event
 * that names the one it takes back.
 *
 * @param eventId any of those that were done together.
 * @param partly undo the rest, where something else has happened to some since.
 */
export function undo(
  db: Kysely<Database>,
  { eventId, partly, moderator, now }: { eventId: number; partly: boolean; moderator: Moderator; now: Date },
): Promise<UndoOutcome> {
  return db.transaction().execute(async (trx) => {
    const together = await listDoneTogether(trx, eventId);
    if (together[0]?.subject_kind === 'post')
      return undoPost(trx, { done: together.filter(isUndoable), partly, moderator, now });
    const done = together.filter((event) => mayUndo(event, moderator));
    const [event] = done;
    if (event && isOfEdit(event))
      return undoEdit(trx, { done, revisionId: event.numbers.revision as number, moderator, now });
    if (event?.subject_kind === 'standing') return undoStanding(trx, { event, moderator, now });
    if (event?.subject_kind === 'account') return undoAccountChange(trx, { event, moderator, now });
    if (event && isOfSettings(event)) return undoSettings(trx, { event, partly, moderator, now });
    if (event?.subject_kind === 'appeal' || event?.subject_kind === 'report')
      return undoAnswers(trx, { done, moderator, now });
    const closing = done.find(({ subject_kind }) => subject_kind !== 'comment');
    if (closing) return undoClosing(trx, { event: closing, partly, moderator, now });
    return undoDecisions(trx, { done, partly, moderator, now });
  });
}
