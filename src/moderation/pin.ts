import type { Kysely, Transaction } from 'kysely';
import { takeConversation } from '../comments/conversation.ts';
import { findComment } from '../comments/queries.ts';
import type { Database } from '../database.ts';
import { recordEvent } from '../events/queries.ts';
import type { Event } from '../events/table.ts';
import { isAbove } from './above.ts';
import type { Moderator } from './moderator.ts';

/** What became of a pin. */
export type PinOutcome =
  | { readonly kind: 'done'; readonly eventId: number }
  /** It is so already. */
  | { readonly kind: 'unchanged' }
  /** Only what readers can read can be pinned. */
  | { readonly kind: 'unreadable' }
  /** A moderator of all posts has pinned another, and an author changes nothing about that. */
  | { readonly kind: 'above' };

interface Pinning {
  readonly conversationId: number;
  readonly moderator: Moderator;
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
    if (before.id !== commentId) return { kind: 'unchanged' };
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
  if ((await findPin(trx, pinning.conversationId)).id !== before) return undefined;
  const outcome = await changePin(trx, { ...pinning, before: { id: before, by: null }, after, undoes: event.id });
  return outcome.kind === 'done' ? outcome.eventId : undefined;
}

// In the numbers of an event: no comment.
const none = 0;

/** What is pinned, and by whom. */
interface Pin {
  readonly id: number;
  readonly by: number | null;
}

async function findPin(trx: Transaction<Database>, conversationId: number): Promise<Pin> {
  const row = await trx
    .selectFrom('pin')
    .select(['comment_id', 'pinned_by'])
    .where('conversation_id', '=', conversationId)
    .executeTakeFirst();
  return { id: row?.comment_id ?? none, by: row?.pinned_by ?? null };
}

async function changePin(
  trx: Transaction<Database>,
  { conversationId, before, after, undoes, moderator, now }: Pinning & { before: Pin; after: number; undoes?: number },
): Promise<PinOutcome> {
  if (before.id === after) return { kind: 'unchanged' };
  if (await isAbove(trx, { by: before.by, moderator })) return { kind: 'above' };
  const actorId = moderator.viewer.id;
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
    numbers: { pinned_before: before.id, pinned_after: after },
    actorId,
    now,
  });
  return { kind: 'done', eventId };
}
