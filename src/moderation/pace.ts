import type { Kysely, Transaction } from 'kysely';
import { takeConversation } from '../comments/conversation.ts';
import type { Database } from '../database.ts';
import { recordEvent } from '../events/queries.ts';
import type { Event } from '../events/table.ts';
import type { Conversation } from '../posts/table.ts';
import { isAbove, whoSetLast } from './above.ts';
import type { Moderator } from './moderator.ts';

/** Minutes that slow mode can be set to at most: a day. */
export const slowest = 1_440;

/**
 * Sets how often one person can post in a conversation. Replies that are being stored still go by the pace before.
 *
 * @param minutes within which one person posts one comment; 0: slow mode is off.
 * @returns the id of the event that says so; `unchanged` where it is so already; `above` where a moderator of all posts has
 * set it, and an author changes nothing about that.
 */
export function setPace(
  db: Kysely<Database>,
  {
    conversationId,
    minutes,
    moderator,
    now,
  }: { conversationId: number; minutes: number; moderator: Moderator; now: Date },
): Promise<number | 'unchanged' | 'above'> {
  return db.transaction().execute(async (trx) => {
    const { slow_minutes: before } = await takeConversation(trx, conversationId);
    if (before === minutes) return 'unchanged';
    const by = await whoSetLast(trx, { conversationId, number: 'slow_after' });
    if (await isAbove(trx, { by, moderator })) return 'above';
    await changePace(trx, { conversationId, minutes });
    const numbers = { slow_before: before, slow_after: minutes };
    const subject = { subjectKind: 'conversation', subjectId: conversationId, action: 'set_pace' } as const;
    return await recordEvent(trx, { ...subject, numbers, actorId: moderator.viewer.id, now });
  });
}

/**
 * Takes back a change of the pace, or the undo of one.
 *
 * @param conversation taken by `takeConversation`.
 * @returns the id of the event that says so; undefined where the pace is not as the event left it.
 */
export async function takeBackPace(
  trx: Transaction<Database>,
  {
    conversation: { id: conversationId, slow_minutes: present },
    event: { id: undoes, numbers },
    actorId,
    now,
  }: { conversation: Conversation; event: Pick<Event, 'id' | 'numbers'>; actorId: number; now: Date },
): Promise<number | undefined> {
  const { slow_before: before, slow_after: after } = numbers;
  if (before === undefined || after === undefined || present !== after) return undefined;
  await changePace(trx, { conversationId, minutes: before });
  const subject = { subjectKind: 'conversation', subjectId: conversationId, action: 'undo', undoes } as const;
  return await recordEvent(trx, { ...subject, numbers: { slow_before: after, slow_after: before }, actorId, now });
}

async function changePace(
  trx: Transaction<Database>,
  { conversationId, minutes }: { conversationId: number; minutes: number },
): Promise<void> {
  await trx.updateTable('conversation').set({ slow_minutes: minutes }).where('id', '=', conversationId).execute();
}
