import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../database.ts';
import type { Closure } from '../posts/table.ts';
import { prepared } from '../prepared.ts';
import type { HandClosing } from './closing.ts';

/** What a closing by hand is of. */
export type ClosureSubject =
  | { readonly scope: 'site' }
  | { readonly scope: 'conversation'; readonly conversationId: number }
  | { readonly scope: 'branch'; readonly conversationId: number; readonly commentId: number };

/** A closing by hand that was not taken back, with where it is. */
export interface StandingClosure extends HandClosing {
  readonly id: number;
  /** For staff. */
  readonly note: string;
  /** Whether what waits is rejected along with it. */
  readonly rejectsWaiting: boolean;
  /** Sort key of the comment with which the closed branch begins; undefined: it is of more than a branch. */
  readonly branch: Buffer | undefined;
}

/** A row of `closure` within a JSON value: times are text, and so is the key of the branch, in hexadecimal digits. */
export type ClosureRow = Omit<Closure, 'closed_at' | 'begins_at' | 'reopened_at'> & {
  readonly closed_at: string;
  readonly begins_at: string | null;
  readonly branch: string | null;
};

/** Selects, as one value, the closings of a conversation, of its branches, and of the whole site; null: there are none. */
export function standingClosures(conversationId: RawBuilder<unknown>): RawBuilder<readonly ClosureRow[] | null> {
  return sql<readonly ClosureRow[] | null>`(
    select json_agg(standing) from (
      select closure.*, encode(comment.path, 'hex') as branch
      from closure left join comment on comment.id = closure.comment_id
      where reopened_at is null and (closure.conversation_id = ${conversationId} or closure.conversation_id is null)
    ) standing
  )`;
}

/** Reads what `standingClosures` selected. */
export function readClosures(rows: readonly ClosureRow[] | null): StandingClosure[] {
  return (rows ?? []).map(
    ({ id, conversation_id, comment_id, reason, note, speakers, closed_at, begins_at, waiting_batch, branch }) => ({
      id,
      scope: conversation_id === null ? 'site' : comment_id === null ? 'conversation' : 'branch',
      reason,
      note,
      speakers,
      closedAt: new Date(closed_at),
      beginsAt: begins_at === null ? undefined : new Date(begins_at),
      rejectsWaiting: waiting_batch !== null,
      branch: branch === null ? undefined : Buffer.from(branch, 'hex'),
    }),
  );
}

/**
 * The closing by hand of just this that was not taken back. In a transaction it is read after the lock, by a statement of
 * its own: one that waited for the lock would still see what was before.
 */
export function findClosure(db: Kysely<Database>, subject: ClosureSubject): Promise<Closure | undefined> {
  const { conversation_id, comment_id } = columnsOf(subject);
  return db
    .selectFrom('closure')
    .modifyFront(prepared)
    .select([
      'id',
      'conversation_id',
      'comment_id',
      'reason',
      'note',
      'speakers',
      'closed_by',
      'closed_at',
      'begins_at',
      'waiting_batch',
    ])
    .select(['reopened_by', 'reopened_at'])
    .where('conversation_id', 'is not distinct from', conversation_id)
    .where('comment_id', 'is not distinct from', comment_id)
    .where('reopened_at', 'is', null)
    .executeTakeFirst();
}

/** What a closing is of, as its row says. */
export function subjectOf({
  conversation_id: conversationId,
  comment_id: commentId,
}: Pick<Closure, 'conversation_id' | 'comment_id'>): ClosureSubject {
  if (conversationId === null) return { scope: 'site' };
  return commentId === null
    ? { scope: 'conversation', conversationId }
    : { scope: 'branch', conversationId, commentId };
}

/** What a row of `closure` says of what it is of. */
export function columnsOf(subject: ClosureSubject): Pick<Closure, 'conversation_id' | 'comment_id'> {
  return {
    conversation_id: subject.scope === 'site' ? null : subject.conversationId,
    comment_id: subject.scope === 'branch' ? subject.commentId : null,
  };
}
