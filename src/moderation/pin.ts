import type { Kysely, Transaction } from 'kysely';
import { takeConversation } from '../comments/conversation.ts';
import { findComment } from '../comments/queries.ts';
import type { Database } from '../database.ts';
import { recordEvent } from '../events/queries.ts';
import type { Event } from '../events/table.ts';

/** What became of a pin. */
export type PinOutcome =
  | { readonly kind: 'done'; readonly eventId: number }
  /** It is so already. */
  | { readonly kind: 'unchanged' }
  /** Only what readers can read can be pinned. */
  | { readonly kind: 'unreadable' };

interface Pinning {
  readonly conversationId: number;
  readonly actorId: number;
  readonly now: Date;
}

/** Puts a comment of a conversation above the others, in place of the one that stands there, if one does. */
export function pinComment(
  db: Kysely<Database>,
  { commentId, ...pinning }: Pinning & { commentId: number },
): Promise<PinOutcome> {
  return db.transaction().execute(async (trx) => {
    await takeConversation(trx, pinning.conversationId);
    const comment = await findComment(trx, commentId);
    if (comment?.conversation_id !== pinning.conversationId || comment.status !== 'approved')
      return { kind: 'unreadable' };
    return await changePin(trx, { ...pinning, before: await findPin(trx, pinning.conversationId), after: commentId });
  });
}

/** Lets a comment stand where it belongs again. */
export function unpinComment(
  db: Kysely<Database>,
  { commentId, ...pinning }: Pinning & { commentId: number },
): Promise<PinOutcome> {
  return db.transaction().execute(async (trx) => {
    await takeConversation(trx, pinning.conversationId);
    const before = await findPin(trx, pinning.conversationId);
    if (before !== commentId) return { kind: 'unchanged' };
    return await changePin(trx, { ...pinning, before, after: none });
  });
}

/**
 * Takes back a pin, or the undo of one.
 *
 * @param conversationId of a conversation taken by `takeConversation`.
 * @returns the id of the event that says so; undefined where another comment is pinned now.
 */
export async function takeBackPin(
  trx: Transaction<Database>,
  { event, ...pinning }: Pinning & { event: Pick<Event, 'id' | 'numbers'> },
): Promise<number | undefined> {
  const { pinned_before: after, pinned_after: before } = event.numbers;
  if (before === undefined || after === undefined) return undefined;
  if ((await findPin(trx, pinning.conversationId)) !== before) return undefined;
  const outcome = await changePin(trx, { ...pinning, before, after, undoes: event.id });
  return outcome.kind === 'done' ? outcome.eventId : undefined;
}

// In the numbers of an event: no comment.
const none = 0;

async function findPin(trx: Transaction<Database>, conversationId: number): Promise<number> {
  const row = await trx
    .selectFrom('pin')
    .select('comment_id')
    .where('conversation_id', '=', conversationId)
    .executeTakeFirst();
  return row?.comment_id ?? none;
}

async function changePin(
  trx: Transaction<Database>,
  { conversationId, before, after, undoes, actorId, now }: Pinning & { before: number; after: number; undoes?: number },
): Promise<PinOutcome> {
  if (before === after) return { kind: 'unchanged' };
  await trx.deleteFrom('pin').where('conversation_id', '=', conversationId).execute();
  if (after !== none)
    await trx
      .insertInto('pin')
      .values({ conversation_id: conversationId, comment_id: after, pinned_by: actorId, pinned_at: now })
      .execute();
  const eventId = await recordEvent(trx, {
    subjectKind: 'conversation',
    subjectId: conversationId,
    action: undoes === undefined ? (after === none ? 'unpin' : 'pin') : 'undo',
    undoes,
    numbers: { pinned_before: before, pinned_after: after },
    actorId,
    now,
  });
  return { kind: 'done', eventId };
}
