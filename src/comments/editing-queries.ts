import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { prepared } from '../prepared.ts';
import { replaceFingerprint } from './copies.ts';
import type { ReadText } from './read-text.ts';
import type { Comment, Revision } from './table.ts';

/** A comment as its writer deals with it. */
export type WrittenComment = Pick<
  Comment,
  | 'id'
  | 'conversation_id'
  | 'path'
  | 'status'
  | 'unconfirmed_spam'
  | 'shown'
  | 'account_id'
  | 'browser_id'
  | 'name'
  | 'email'
  | 'email_proved'
  | 'website'
  | 'source'
  | 'source_format'
  | 'html'
  | 'network_hash'
  | 'created_at'
  | 'edited_at'
  | 'held_by'
>;

/** Finds a comment with its text, whatever its status: the caller decides who may know of it. */
export function findWritten(db: Kysely<Database>, id: number): Promise<WrittenComment | undefined> {
  return db
    .selectFrom('comment')
    .select([
      'id',
      'conversation_id',
      'path',
      'status',
      'unconfirmed_spam',
      'shown',
      'account_id',
      'browser_id',
      'name',
      'website',
    ])
    .select(['email', 'email_proved'])
    .select(['source', 'source_format', 'html', 'network_hash', 'created_at', 'edited_at', 'held_by'])
    .where('id', '=', id)
    .executeTakeFirst();
}

/** How often a comment got another text. */
export interface Edits {
  /** By edits that stand. */
  readonly standing: number;
  /** All together: a number of its own for each text, so that a form can say which one it has seen. */
  readonly version: number;
}

/** How often a comment was edited. */
export async function countEdits(db: Kysely<Database>, commentId: number): Promise<Edits> {
  return await db
    .selectFrom('revision')
    .select([
      sql<number>`count(*) filter (where ${stands})::integer`.as('standing'),
      sql<number>`coalesce(sum(swaps), 0)::integer`.as('version'),
    ])
    .where('comment_id', '=', commentId)
    .executeTakeFirstOrThrow();
}

/** The condition that an edit stands. */
export const stands = sql<boolean>`revision.swaps % 2 = 1`;

/**
 * Gives a comment another text, and keeps the one that it had, with what belongs to that. Copies are found of the new one from
 * now on.
 *
 * @returns the id of the revision.
 */
export async function replaceText(
  trx: Transaction<Database>,
  {
    comment,
    text: { source, html, fingerprint },
    rendererVersion,
    editedAt,
    now,
  }: {
    comment: Pick<Comment, 'id' | 'source' | 'source_format' | 'html' | 'edited_at' | 'held_by'>;
    text: ReadText;
    rendererVersion: number;
    /** What readers are told; null: they never saw another text. */
    editedAt: Date | null;
    now: Date;
  },
): Promise<number> {
  const { id } = await trx
    .insertInto('revision')
    .values({
      comment_id: comment.id,
      source: comment.source,
      source_format: comment.source_format,
      html: comment.source_format === 'html' ? comment.html : null,
      replaced_at: now,
      edited_at: comment.edited_at,
      held_by: comment.held_by,
      judgement_id: latestJudgement(comment.id),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await trx
    .updateTable('comment')
    .set({ source, source_format: 'markdown', html: html.toString(), renderer_version: rendererVersion })
    .set({ edited_at: editedAt })
    .where('id', '=', comment.id)
    .execute();
  await replaceFingerprint(trx, { commentId: comment.id, fingerprint, now });
  return id;
}

/** Selects the id of the latest judgement of a comment. */
export function latestJudgement(commentId: number) {
  return sql<number | null>`(select max(id) from judgement where comment_id = ${commentId})`;
}

/** What each of these comments said before, from the first text on, by the comment's id. For staff only. */
export async function listRevisions(
  db: Kysely<Database>,
  commentIds: readonly number[],
): Promise<Map<number, Revision[]>> {
  if (commentIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('revision')
    .selectAll()
    .where('comment_id', 'in', commentIds)
    .where(stands)
    .orderBy('comment_id')
    .orderBy('id')
    .execute();
  return Map.groupBy(rows, ({ comment_id }) => comment_id);
}

/** What a comment said before its last edit, shortened, and how often it was edited. */
export interface LatestRevision extends Pick<Revision, 'comment_id' | 'replaced_at'> {
  /** The beginning of the text. */
  readonly beginning: string;
  /** Whether the text goes on. */
  readonly cut: boolean;
  /** How many earlier texts there are. */
  readonly count: number;
}

/**
 * What each of these comments said before its last edit, by the comment's id, without the texts before that. For staff only.
 *
 * @param characters how much of the text is wanted.
 */
export async function latestRevisions(
  db: Kysely<Database>,
  { commentIds, characters }: { commentIds: readonly number[]; characters: number },
): Promise<Map<number, LatestRevision>> {
  if (commentIds.length === 0) return new Map();
  const edited = db
    .selectFrom('revision')
    .select(({ fn }) => [fn.max('id').as('last_id'), sql<number>`count(*)::integer`.as('count')])
    .where('comment_id', '=', sql<number>`any(${commentIds}::integer[])`)
    .where(stands)
    .groupBy('comment_id');
  const rows = await db
    .selectFrom(edited.as('edited'))
    .innerJoin('revision', 'revision.id', 'edited.last_id')
    .modifyFront(prepared)
    .select(['comment_id', 'replaced_at', 'edited.count'])
    .select([
      sql<string>`left(source, ${characters})`.as('beginning'),
      sql<boolean>`length(source) > ${characters}`.as('cut'),
    ])
    .execute();
  return new Map(rows.map((row) => [row.comment_id, row]));
}
