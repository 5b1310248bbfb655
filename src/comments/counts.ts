import { sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
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
export async function changeCounts(trx: Transaction<Database>, moves: readonly StatusMove[]): Promise<void> {
  const byConversation = Map.groupBy(moves, (move) => move.conversationId);
  for (const conversationId of [...byConversation.keys()].sort((a, b) => a - b)) {
    const own = byConversation.get(conversationId) ?? [];
    const readable = difference(own, 'approved');
    const waiting = difference(own, 'pending');
    if (readable === 0 && waiting === 0) continue;
    await sql`
      ${prepared} update conversation_count
      set readable = readable + ${readable}::integer, waiting = waiting + ${waiting}::integer
      where conversation_id = ${conversationId}::integer`.execute(trx);
  }
}

function difference(moves: readonly StatusMove[], status: CommentStatus): number {
  return moves.filter((move) => move.to === status).length - moves.filter((move) => move.from === status).length;
}
