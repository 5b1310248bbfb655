import type { Kysely } from 'kysely';
import { moderatorActions } from '../comments/lifecycle.ts';
import type { Database } from '../database.ts';
import { type Deciding, decidingEvents } from '../events/deciding.ts';
import { listForUndo } from '../events/queries.ts';
import { standingOf } from '../events/standing.ts';
import { featuresOf } from '../learner/features.ts';
import type { LearnedCommentTable } from '../learner/table.ts';

/**
 * Finds out what these comments teach at present: those that a moderator approved or marked as spam, as far as that decision
 * stands and is about the text as it is now. What was rejected or removed teaches nothing: that is seldom for being spam. Nor
 * does what a rule decided, or the learner would learn from itself.
 *
 * @param imported whether what came from elsewhere teaches by the status that it came with, where nobody decided on it here.
 */
export async function findLessons(
  db: Kysely<Database>,
  { commentIds, imported }: { commentIds: readonly number[]; imported: boolean },
): Promise<LearnedCommentTable[]> {
  if (commentIds.length === 0) return [];
  const comments = await db
    .selectFrom('comment')
    .select(['id', 'status', 'name', 'website', 'source', 'source_format', 'external_source'])
    .where('id', 'in', commentIds)
    .where('status', 'in', ['approved', 'spam'])
    .orderBy('id')
    .execute();
  const deciding = await decidingEvents(db, comments);
  const edits = await lastEdits(db, commentIds);
  return comments.flatMap((comment) => {
    const decision = deciding.get(comment.id);
    const edit = edits.get(comment.id) ?? 0;
    const taught =
      decision && isOfModerator(decision)
        ? edit < decision.eventId
        : imported && comment.external_source !== null && decision?.rule === undefined && edit === 0;
    if (!taught) return [];
    const { name, website, source, source_format: sourceFormat } = comment;
    return [
      {
        comment_id: comment.id,
        label: comment.status === 'spam' ? 'spam' : 'good',
        features: featuresOf({ name, website, source, sourceFormat }),
      },
    ];
  });
}

// Where a rule decided on an edit of the staff, it names that rule.
function isOfModerator({ actorId, action, rule }: Deciding): boolean {
  return actorId !== null && rule === undefined && (moderatorActions as readonly string[]).includes(action);
}

// The last that was not taken back.
async function lastEdits(db: Kysely<Database>, commentIds: readonly number[]): Promise<Map<number, number>> {
  const edits = await db
    .selectFrom('event')
    .select(['id', 'subject_id'])
    .where('subject_kind', '=', 'comment')
    .where('subject_id', 'in', commentIds)
    .where('action', '=', 'edit')
    .orderBy('id')
    .execute();
  const edited = [...new Set(edits.map(({ subject_id }) => subject_id))];
  const histories = await listForUndo(db, { subjectKind: 'comment', subjectIds: edited });
  const standings = new Map([...histories].map(([id, history]) => [id, standingOf(history)]));
  const standing = edits.filter(({ id, subject_id }) => standings.get(subject_id)?.holding.has(id));
  return new Map(standing.map(({ subject_id, id }) => [subject_id, id]));
}
