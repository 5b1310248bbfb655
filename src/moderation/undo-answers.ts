import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import { reopenAppeals } from '../appeals/queries.ts';
import { lockWithAncestors } from '../comments/transition.ts';
import type { Database } from '../database.ts';
import { decidingEvents } from '../events/deciding.ts';
import { type DoneEvent, lastEvents, recordEvents } from '../events/queries.ts';
import type { SubjectKind } from '../events/table.ts';
import { reopenReports } from '../reports/settle.ts';
import type { Moderator } from './moderator.ts';
import { isConversationReachable } from './queries.ts';
import type { UndoOutcome } from './undo-outcome.ts';

/**
 * Takes back answers that left a comment as it was: that a decision stands, or that reports were dismissed. They are open
 * again, where the comment still stands as it did.
 *
 * @param done events about one comment, and of one kind.
 */
export async function undoAnswers(
  trx: Transaction<Database>,
  { done, moderator, now }: { done: readonly DoneEvent[]; moderator: Moderator; now: Date },
): Promise<UndoOutcome> {
  const [first] = done as [DoneEvent];
  const { subject_kind: subjectKind, conversation_id: conversationId } = first;
  if (conversationId === null || !(await isConversationReachable(trx, { conversationId, moderator })))
    return { kind: 'unknown' };
  const eventIds = done.map(({ id }) => id);
  const reopened = (await isStillAsked(trx, first)) ? await reopen(trx, { subjectKind, eventIds }) : [];
  const open = new Set(reopened);
  const undone = done.filter(({ subject_id }) => open.has(subject_id));
  if (undone.length === 0) {
    const last = (await lastEvents(trx, { subjectKind, subjectIds: [first.subject_id] })).get(first.subject_id);
    const again = last?.undoes === first.id && last.actor_id === moderator.viewer.id;
    return again ? { kind: 'undone', count: done.length, eventId: undefined } : { kind: 'answer_moved_on' };
  }
  const batch = undone.length > 1 ? randomUUID() : undefined;
  await recordEvents(
    trx,
    undone.map(({ id, subject_id }) => ({
      subjectKind,
      subjectId: subject_id,
      action: 'undo',
      undoes: id,
      actorId: moderator.viewer.id,
      batch,
      now,
    })),
  );
  return { kind: 'undone', count: undone.length, eventId: undefined };
}

function reopen(
  trx: Transaction<Database>,
  { subjectKind, eventIds }: { subjectKind: SubjectKind; eventIds: readonly number[] },
): Promise<number[]> {
  return (subjectKind === 'appeal' ? reopenAppeals : reopenReports)(trx, { eventIds });
}

// Nobody asks to take down what is down, nor to take a decision back that another has followed. The comment is held, so that
// nobody decides on it meanwhile.
async function isStillAsked(trx: Transaction<Database>, { subject_kind, subject_id }: DoneEvent): Promise<boolean> {
  const about = await findAbout(trx, { subjectKind: subject_kind, id: subject_id });
  const comment = about && (await lockWithAncestors(trx, [about.comment_id])).get(about.comment_id);
  if (!comment) return false;
  if (about.event_id === undefined) return comment.status === 'approved' || comment.status === 'pending';
  return (await decidingEvents(trx, [comment])).get(comment.id)?.eventId === about.event_id;
}

async function findAbout(
  trx: Transaction<Database>,
  { subjectKind, id }: { subjectKind: SubjectKind; id: number },
): Promise<{ comment_id: number; event_id?: number } | undefined> {
  return subjectKind === 'appeal'
    ? trx.selectFrom('appeal').select(['comment_id', 'event_id']).where('id', '=', id).executeTakeFirst()
    : trx.selectFrom('report').select('comment_id').where('id', '=', id).executeTakeFirst();
}
