import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { lastEvents } from '../events/queries.ts';
import type { Message } from '../http/messages.ts';
import { explainVerdict, explainWait } from './explain.ts';
import { findJudgements, usualWait } from './queries.ts';
import type { ReadableComment } from './thread-rows.ts';
import type { OwnNote } from './thread-view.ts';

/** What a writer is told of the own comments that nobody else sees: why, and what comes next. By the comment's id. */
export async function explainOwn(
  db: Kysely<Database>,
  comments: readonly ReadableComment[],
): Promise<ReadonlyMap<number, OwnNote>> {
  const own = comments.filter((comment) => comment.own && comment.status !== 'approved');
  const waiting = own.filter((comment) => comment.status === 'pending').map(({ id }) => id);
  const decided = own.filter((comment) => comment.status !== 'pending');
  if (own.length === 0) return new Map();

  const [judgements, seconds, decisions] = await Promise.all([
    findJudgements(db, waiting),
    waiting.length > 0 ? usualWait(db) : undefined,
    lastEvents(db, { subjectKind: 'comment', subjectIds: decided.map(({ id }) => id) }),
  ]);
  const pendingNote = (id: number): OwnNote => {
    const judgement = judgements.get(id);
    const why: Message[] = judgement ? [explainVerdict(judgement)] : [];
    return { status: 'pending', sentences: [...why, explainWait(seconds), { key: 'own.pendingText' }] };
  };
  const decidedNote = ({ id, status }: ReadableComment): OwnNote => {
    const reason = decisions.get(id)?.reason;
    const given: Message[] = reason ? [{ key: 'own.reason', values: { reason } }] : [];
    const decision = status === 'removed' ? 'removed' : 'rejected';
    return { status: decision, sentences: [{ key: `own.${decision}Text` }, ...given] };
  };
  return new Map<number, OwnNote>([
    ...waiting.map((id) => [id, pendingNote(id)] as const),
    ...decided.map((comment) => [comment.id, decidedNote(comment)] as const),
  ]);
}
