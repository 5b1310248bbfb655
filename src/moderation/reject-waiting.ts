import { type ExpressionBuilder, type Kysely, sql, type Transaction } from 'kysely';
import type { ClosureSubject } from '../comments/closures.ts';
import { endOfBranch } from '../comments/thread.ts';
import { changeStatus, lockWithAncestors } from '../comments/transition.ts';
import type { Database } from '../database.ts';
import type { Closure } from '../posts/table.ts';
import { listDecidedAbove } from './above.ts';
import type { Moderator } from './moderator.ts';
import { isConversationReachable } from './queries.ts';
import { beginSweep, newestEvent } from './sweep-queries.ts';

/** Comments that are rejected at once at a closing: all who write there wait for it. More are rejected in parts, by a job. */
const mostAtOnce = 200;

/** What became of that which waited. */
export interface WaitingRejected {
  /** How many were rejected. */
  readonly rejected: number;
  /** How many are being rejected in parts. */
  readonly beingRejected: number;
}

/** A closing that rejects what waits, with the batch of its events. */
export type RejectingClosure = Pick<Closure, 'id' | 'reason' | 'conversation_id' | 'comment_id'> & {
  readonly waiting_batch: string;
};

interface Rejecting {
  readonly subject: ClosureSubject;
  readonly closure: RejectingClosure;
  readonly now: Date;
}

/**
 * Rejects what waits, with the reason of the closing, and in one go with it: at once, or in parts where it is much.
 *
 * @param subject taken for oneself.
 */
export async function rejectWaiting(
  trx: Transaction<Database>,
  { subject, closure, moderator, now }: Rejecting & { moderator: Moderator },
): Promise<WaitingRejected> {
  const ids = await listWaiting(trx, { subject, after: 0, most: mostAtOnce + 1 });
  const actorId = moderator.viewer.id;
  if (ids.length > mostAtOnce)
    return { rejected: 0, beingRejected: await rejectInParts(trx, { subject, closure, actorId, now }) };
  const above = await listDecidedAbove(trx, { ids, moderator });
  const locked = await lockWithAncestors(trx, ids);
  const waiting = [...locked.values()].filter(({ id, status }) => status === 'pending' && !above.has(id));
  const { reason, waiting_batch: batch } = closure;
  const rejected = await changeStatus(trx, waiting, { action: 'reject', actorId, batch, reason, now });
  return { rejected: rejected.size, beingRejected: 0 };
}

/**
 * Begins to reject in parts what waits at a closing.
 *
 * @param subject taken for oneself: what waits now is all there is.
 * @returns how many wait.
 */
export async function rejectInParts(
  trx: Transaction<Database>,
  { subject, closure, actorId, now }: Rejecting & { actorId: number },
): Promise<number> {
  const expected = await countWaiting(trx, subject);
  if (expected === 0) return 0;
  await beginSweep(trx, {
    batch: closure.waiting_batch,
    account_id: actorId,
    action: 'reject',
    closure_id: closure.id,
    reason: closure.reason,
    asked_at: now,
    through_event: await newestEvent(trx),
    expected,
    moved_at: now,
  });
  return expected;
}

/** Whether somebody still decides where something was closed. */
export function mayRejectAt(
  db: Kysely<Database>,
  { subject, moderator }: { subject: ClosureSubject; moderator: Moderator },
): Promise<boolean> | boolean {
  if (subject.scope === 'site') return moderator.reach === 'all';
  return isConversationReachable(db, { conversationId: subject.conversationId, moderator });
}

/** The ids of some of what waits on the site, in a conversation or in a branch, the oldest first. */
export async function listWaiting(
  db: Kysely<Database>,
  { subject, after, most }: { subject: ClosureSubject; after: number; most: number },
): Promise<number[]> {
  const rows = await db
    .selectFrom('comment')
    .select('id')
    .where(waitingIn(subject, await findKey(db, subject)))
    .where(sql<boolean>`id::bigint > ${after}`)
    .orderBy(sql`id::bigint`)
    .limit(most)
    .execute();
  return rows.map(({ id }) => id);
}

async function countWaiting(db: Kysely<Database>, subject: ClosureSubject): Promise<number> {
  const row = await db
    .selectFrom('comment')
    .select(sql<number>`count(*)::integer`.as('count'))
    .where(waitingIn(subject, await findKey(db, subject)))
    .executeTakeFirstOrThrow();
  return row.count;
}

// Sort key of the comment with which a branch begins.
async function findKey(db: Kysely<Database>, subject: ClosureSubject): Promise<Buffer | undefined> {
  if (subject.scope !== 'branch') return undefined;
  const query = db.selectFrom('comment').select('path').where('id', '=', subject.commentId);
  return (await query.executeTakeFirstOrThrow()).path;
}

function waitingIn(subject: ClosureSubject, key: Buffer | undefined) {
  return ({ eb, and }: ExpressionBuilder<Database, 'comment'>) =>
    and([
      eb('status', '=', 'pending'),
      ...(subject.scope === 'site' ? [] : [eb('conversation_id', '=', subject.conversationId)]),
      ...(key ? [sql<boolean>`path >= ${key} and path < ${endOfBranch(key)}`] : []),
    ]);
}
