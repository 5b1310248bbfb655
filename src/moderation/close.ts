import type { Kysely } from 'kysely';
import { closingOf } from '../comments/closing.ts';
import { closingFacts, findClosure, takeConversation } from '../comments/conversation.ts';
import type { Database } from '../database.ts';
import { recordEvent } from '../events/queries.ts';
import type { Site } from '../site/table.ts';
import type { ClosingForm } from './form.ts';

/** The conversation that is closed or reopened, and by whom. */
export interface ClosingRequest {
  readonly conversationId: number;
  readonly actorId: number;
  readonly now: Date;
}

/**
 * Closes a conversation by hand: waits for the replies that are being stored, and none is stored after it.
 *
 * @returns false where somebody has closed it already.
 */
export function closeConversation(
  db: Kysely<Database>,
  { conversationId, actorId, now, reason, note }: ClosingRequest & ClosingForm,
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    await takeConversation(trx, conversationId);
    if (await findClosure(trx, conversationId)) return false;
    await trx
      .insertInto('closure')
      .values({
        conversation_id: conversationId,
        reason,
        note,
        closed_by: actorId,
        closed_at: now,
        reopened_by: null,
        reopened_at: null,
      })
      .execute();
    await recordEvent(trx, { ...subject(conversationId), action: 'close', from: 'open', to: 'closed', actorId, now });
    return true;
  });
}

/**
 * Opens a conversation again, whether it was closed by hand or by its age: then it stays open, however old it grows.
 *
 * @returns false where it is open already.
 */
export function reopenConversation(
  db: Kysely<Database>,
  { conversationId, actorId, now, site, publishedAt }: ClosingRequest & { site: Site; publishedAt: Date | null },
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const conversation = await takeConversation(trx, conversationId);
    const closure = await findClosure(trx, conversationId);
    const byAge = closingOf(closingFacts({ site, conversation, closure: undefined, publishedAt }), now)?.by === 'age';
    if (!closure && !byAge) return false;
    if (closure) {
      await trx
        .updateTable('closure')
        // Another process, with another clock or an older request, may have closed it a moment later.
        .set({ reopened_by: actorId, reopened_at: now > closure.closed_at ? now : closure.closed_at })
        .where('id', '=', closure.id)
        .execute();
    }
    if (byAge) {
      await trx.updateTable('conversation').set({ close_after_days: 0 }).where('id', '=', conversationId).execute();
    }
    await recordEvent(trx, { ...subject(conversationId), action: 'reopen', from: 'closed', to: 'open', actorId, now });
    return true;
  });
}

function subject(conversationId: number) {
  return { subjectKind: 'conversation', subjectId: conversationId } as const;
}
