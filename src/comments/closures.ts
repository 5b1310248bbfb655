import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../database.ts';
import type { Closure, Speakers } from '../posts/table.ts';
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
  /** Sort key of the comment with which the closed branch begins; undefined: it is of more than a branch. */
  readonly branch: Buffer | undefined;
}

/** A row of what `standingClosures` selects; dates as text, keys as hexadecimal digits. */
export interface ClosureRow {
  readonly id: number;
  readonly conversation_id: number | null;
  readonly branch: string | null;
  readonly reason: string;
  readonly note: string;
  readonly speakers: Speakers;
  readonly closed_at: string;
  readonly begins_at: string | null;
}

/** Selects, as one value, the closings of a conversation, of its branches, and of the whole site. */
export function standingClosures(conversationId: RawBuilder<unknown>): RawBuilder<readonly ClosureRow[]> {
  return sql<readonly ClosureRow[]>`(
    select coalesce(json_agg(json_build_object(
      'id', closure.id, 'conversation_id', closure.conversation_id, 'branch', encode(top.path, 'hex'),
      'reason', closure.reason, 'note', closure.note, 'speakers', closure.speakers, 'closed_at', closure.closed_at,
      'begins_at', closure.begins_at
    )), '[]')
    from closure left join comment top on top.id = closure.comment_id
    where closure.reopened_at is null
      and (closure.conversation_id = ${conversationId} or closure.conversation_id is null)
  )`;
}

/** Reads what `standingClosures` selected. */
export function readClosures(rows: readonly ClosureRow[]): StandingClosure[] {
  return rows.map(({ id, conversation_id, branch, reason, note, speakers, closed_at, begins_at }) => ({
    id,
    scope: conversation_id === null ? 'site' : branch === null ? 'conversation' : 'branch',
    reason,
    note,
    speakers,
    closedAt: new Date(closed_at),
    beginsAt: begins_at === null ? undefined : new Date(begins_at),
    branch: branch === null ? undefined : Buffer.from(branch, 'hex'),
  }));
}

/**
 * The closing by hand of just this that was not taken back. In a transaction it is read after the lock, by a statement of
 * its own: one that waited for the lock would still see what was before.
 */
export function findClosure(db: Kysely<Database>, subject: ClosureSubject): Promise<Closure | undefined> {
  const { conversation_id, comment_id } = columnsOf(subject);
  return db
    .selectFrom('closure')
    .selectAll()
    .where('conversation_id', 'is not distinct from', conversation_id)
    .where('comment_id', 'is not distinct from', comment_id)
    .where('reopened_at', 'is', null)
    .executeTakeFirst();
}

/** What a row of `closure` says of what it is of. */
export function columnsOf(subject: ClosureSubject): Pick<Closure, 'conversation_id' | 'comment_id'> {
  return {
    conversation_id: subject.scope === 'site' ? null : subject.conversationId,
    comment_id: subject.scope === 'branch' ? subject.commentId : null,
  };
}
