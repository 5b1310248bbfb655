import type { Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { recordEvent } from '../events/queries.ts';
import type { Event } from '../events/table.ts';
import type { Conversation } from '../posts/table.ts';
import type { CommentMode } from '../site/table.ts';

/** A mode as events name it. */
export type NamedMode = CommentMode | 'site';

/** From which mode to which an event changed a conversation; undefined where it changed none. */
export function modesIn({
  action,
  from_status,
  to_status,
  numbers,
}: Pick<Event, 'action' | 'from_status' | 'to_status' | 'numbers'>):
  | { before: NamedMode; after: NamedMode }
  | undefined {
  if (action !== 'set_mode' && numbers.own_before === undefined) return undefined;
  return { before: from_status as NamedMode, after: to_status as NamedMode };
}

/**
 * Takes back a change of who may reply in a conversation, or the undo of one.
 *
 * @param conversation taken by `takeConversation`.
 * @param modes those of the event.
 * @returns the id of the event that says so; undefined where the mode is not as the event left it.
 */
export async function takeBackMode(
  trx: Transaction<Database>,
  {
    conversation,
    event,
    modes: { before, after },
    actorId,
    now,
  }: {
    conversation: Pick<Conversation, 'id' | 'mode'>;
    event: Pick<Event, 'id'>;
    modes: { before: NamedMode; after: NamedMode };
    actorId: number;
    now: Date;
  },
): Promise<number | undefined> {
  if ((conversation.mode ?? 'site') !== after) return undefined;
  const mode = before === 'site' ? null : before;
  await trx.updateTable('conversation').set({ mode }).where('id', '=', conversation.id).execute();
  const subject = {
    subjectKind: 'conversation',
    subjectId: conversation.id,
    action: 'undo',
    undoes: event.id,
  } as const;
  // A closing, too, leads from open to closed: the numbers tell the two apart. 1: a mode of its own, 0: the site's.
  const numbers = { own_before: Number(after !== 'site'), own_after: Number(before !== 'site') };
  return await recordEvent(trx, { ...subject, from: after, to: before, numbers, actorId, now });
}
