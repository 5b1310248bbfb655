import { sql } from 'kysely';
import { known, type Question, question, together } from '../pipeline.ts';
import { prepared } from '../prepared.ts';
import type { CommentStatus } from './lifecycle.ts';

/** That a comment of a conversation went from one status to another, or is new. */
export interface StatusMove {
  readonly conversationId: number;
  readonly from: CommentStatus | undefined;
  readonly to: CommentStatus;
}

/**
 * Brings the counts of conversations up to date. Comes last in a transaction, since these rows are the ones that all wait
 * for, and takes them in the order of their ids, so that two never wait for each other.
 */
export function countsChanged(moves: readonly StatusMove[]): Question<void> {
  const byConversation = Map.groupBy(moves, (move) => move.conversationId);
  const inOrder = [...byConversation].toSorted(([a], [b]) => a - b);
  return async (send) => {
    await together(inOrder.map(([conversationId, own]) => countsChangedBy(conversationId, own)))(send);
  };
}

function countsChangedBy(conversationId: number, moves: readonly StatusMove[]): Question<void> {
  const readable = difference(moves, 'approved');
  const waiting = difference(moves, 'pending');
  if (readable === 0 && waiting === 0) return known(undefined);
  return question(
    sql`
      ${prepared} update conversation_count
      set readable = readable + ${readable}::integer, waiting = waiting + ${waiting}::integer
      where conversation_id = ${conversationId}::integer`,
    () => {},
  );
}

function difference(moves: readonly StatusMove[], status: CommentStatus): number {
  return moves.filter((move) => move.to === status).length - moves.filter((move) => move.from === status).length;
}
