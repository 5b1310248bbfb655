import { type Kysely, sql, type Transaction } from 'kysely';
import { erasedStatuses } from '../comments/lifecycle.ts';
import type { Database } from '../database.ts';
import { prepared } from '../prepared.ts';
import type { Moderator } from './moderator.ts';
import { filterReachable } from './queries.ts';

/** So many notes are kept about one comment, and about one person. */
export const mostNotes = 20;

/** Longest note, in characters. */
export const longestColleagueNote = 2_000;

/** What a note is about: a comment, or whoever uses the browser in which it was written. */
export type NoteSubject = 'comment' | 'person';

/** A note as colleagues read it. */
export interface ColleagueNote {
  readonly id: number;
  readonly about: NoteSubject;
  readonly text: string;
  readonly writerId: number;
  readonly writer: string;
  readonly writtenAt: Date;
}

/** The notes about comments and about who wrote them, by the comment's id, the oldest first. */
export async function loadNotes(
  db: Kysely<Database>,
  commentIds: readonly number[],
): Promise<Map<number, ColleagueNote[]>> {
  if (commentIds.length === 0) return new Map();
  const { rows } = await sql<ColleagueNote & { commentId: number }>`
    ${prepared} select comment.id as "commentId", note.id, note.about, note.text, note.written_by as "writerId",
      account.name as writer, note.written_at as "writtenAt"
    from comment
    cross join lateral (
      select id, 'comment' as about, text, written_by, written_at from colleague_note where comment_id = comment.id
      union all
      select id, 'person', text, written_by, written_at from colleague_note where browser_id = comment.browser_id
    ) note
    join account on account.id = note.written_by
    where comment.id = any(${commentIds}::integer[])
    order by note.id`.execute(db);
  return Map.groupBy(rows, ({ commentId }) => commentId);
}

/** What became of a note. `unknown`: there is no such comment within reach, or nothing is known of its browser. */
export type NoteOutcome = 'added' | 'full' | 'unknown';

/** Writes a note for colleagues. Only so many are kept of each thing, whoever writes at the same time. */
export function addNote(
  db: Kysely<Database>,
  {
    commentId,
    about,
    text,
    moderator,
    now,
  }: { commentId: number; about: NoteSubject; text: string; moderator: Moderator; now: Date },
): Promise<NoteOutcome> {
  return db.transaction().execute(async (trx) => {
    const [id] = await filterReachable(trx, { ids: [commentId], moderator });
    const subject = id === undefined ? undefined : await lockSubject(trx, { commentId: id, about });
    if (!subject) return 'unknown';
    const { count } = await trx
      .selectFrom('colleague_note')
      .select(({ fn }) => fn.countAll().as('count'))
      .where(subject.column, '=', subject.id)
      .executeTakeFirstOrThrow();
    if (Number(count) >= mostNotes) return 'full';
    const note = { text, written_by: moderator.viewer.id, written_at: now };
    await trx
      .insertInto('colleague_note')
      .values({ comment_id: null, browser_id: null, [subject.column]: subject.id, ...note })
      .execute();
    return 'added';
  });
}

/** Deletes a note. @returns whether it was; `not_yours` where somebody else wrote it. */
export async function deleteNote(
  db: Kysely<Database>,
  { id, writerId }: { id: number; writerId: number },
): Promise<'deleted' | 'not_yours' | 'unknown'> {
  const note = await db.selectFrom('colleague_note').select('written_by').where('id', '=', id).executeTakeFirst();
  if (!note) return 'unknown';
  if (note.written_by !== writerId) return 'not_yours';
  await db.deleteFrom('colleague_note').where('id', '=', id).execute();
  return 'deleted';
}

// Locked, so that nobody else adds a note, and no erasure passes by.
async function lockSubject(
  trx: Transaction<Database>,
  { commentId, about }: { commentId: number; about: NoteSubject },
) {
  const comment = await trx
    .selectFrom('comment')
    .select('browser_id')
    .where('id', '=', commentId)
    .where('status', 'not in', erasedStatuses)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!comment) return undefined;
  if (about === 'comment') {
    return { column: 'comment_id' as const, id: commentId };
  }
  if (comment.browser_id === null) return undefined;
  await trx.selectFrom('browser').select('id').where('id', '=', comment.browser_id).forNoKeyUpdate().execute();
  return { column: 'browser_id' as const, id: comment.browser_id };
}
