import { type Kysely, sql, type Transaction } from 'kysely';
import { closingOf } from '../comments/closing.ts';
import { closingFacts, findClosure, takeConversation } from '../comments/conversation.ts';
import type { Database } from '../database.ts';
import { recordEvent } from '../events/queries.ts';
import type { Event } from '../events/table.ts';
import type { Conversation } from '../posts/table.ts';
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
 * @returns the id of the event that says so; undefined where somebody has closed it already.
 */
export function closeConversation(
  db: Kysely<Database>,
  { conversationId, actorId, now, reason, note }: ClosingRequest & ClosingForm,
): Promise<number | undefined> {
  return db.transaction().execute(async (trx) => {
    await takeConversation(trx, conversationId);
    if (await findClosure(trx, conversationId)) return undefined;
    const { id: closure } = await trx
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
      .returning('id')
      .executeTakeFirstOrThrow();
    const steps = { from: 'open', to: 'closed', numbers: { closure } };
    return await recordEvent(trx, { ...subject(conversationId), action: 'close', ...steps, actorId, now });
  });
}

/**
 * Opens a conversation again, whether it was closed by hand or by its age: then it stays open, however old it grows.
 *
 * @returns the id of the event that says so; undefined where it is open already.
 */
export function reopenConversation(
  db: Kysely<Database>,
  { conversationId, actorId, now, site, publishedAt }: ClosingRequest & { site: Site; publishedAt: Date | null },
): Promise<number | undefined> {
  return db.transaction().execute(async (trx) => {
    const conversation = await takeConversation(trx, conversationId);
    const closure = await findClosure(trx, conversationId);
    const byAge = closingOf(closingFacts({ site, conversation, closure: undefined, publishedAt }), now)?.by === 'age';
    if (!closure && !byAge) return undefined;
    if (closure) await endClosure(trx, { id: closure.id, actorId, now });
    if (byAge) await setDays(trx, { conversationId, days: 0 });
    const numbers = {
      ...(closure && { closure: closure.id }),
      ...(byAge && { days_before: conversation.close_after_days ?? asSite, days_after: 0 }),
    };
    const steps = { from: 'closed', to: 'open', numbers };
    return await recordEvent(trx, { ...subject(conversationId), action: 'reopen', ...steps, actorId, now });
  });
}

/** What was done to a conversation, and is to be taken back: an event with the numbers of what it changed. */
export type ClosingEvent = Pick<Event, 'id' | 'from_status' | 'to_status' | 'numbers'>;

/**
 * Takes back a closing, a reopening or the undo of one: the same closing holds again, with its reason and its date, or holds
 * no more, and the days after which the conversation closes are what they were.
 *
 * @param conversation taken by `takeConversation`.
 * @returns the id of the event that says so; undefined where what it changed is not as it left it.
 */
export async function takeBackClosing(
  trx: Transaction<Database>,
  {
    conversation,
    event,
    actorId,
    now,
  }: { conversation: Conversation; event: ClosingEvent; actorId: number; now: Date },
): Promise<number | undefined> {
  const { closure: id, days_before: before, days_after: after } = event.numbers;
  const current = await findClosure(trx, conversation.id);
  const [from, to] = [event.to_status ?? '', event.from_status ?? ''];
  if (id !== undefined && (to === 'open' ? current?.id !== id : current !== undefined)) return undefined;
  if (after !== undefined && (conversation.close_after_days ?? asSite) !== after) return undefined;
  if (id !== undefined && to === 'open') await endClosure(trx, { id, actorId, now });
  if (id !== undefined && to === 'closed') await resumeClosure(trx, id);
  if (before !== undefined) await setDays(trx, { conversationId: conversation.id, days: before });
  const numbers = {
    ...(id !== undefined && { closure: id }),
    ...(before !== undefined && after !== undefined && { days_before: after, days_after: before }),
  };
  const steps = { action: 'undo', undoes: event.id, from, to, numbers };
  return await recordEvent(trx, { ...subject(conversation.id), ...steps, actorId, now });
}

async function endClosure(
  trx: Transaction<Database>,
  { id, actorId, now }: { id: number; actorId: number; now: Date },
): Promise<void> {
  await trx
    .updateTable('closure')
    // Another process, with another clock or an older request, may have closed it a moment later.
    .set({ reopened_by: actorId, reopened_at: sql<Date>`greatest(closed_at, ${now}::timestamptz)` })
    .where('id', '=', id)
    .execute();
}

async function resumeClosure(trx: Transaction<Database>, id: number): Promise<void> {
  await trx.updateTable('closure').set({ reopened_by: null, reopened_at: null }).where('id', '=', id).execute();
}

// In the numbers of an event, for a conversation that closes when the site says.
const asSite = -1;

async function setDays(
  trx: Transaction<Database>,
  { conversationId, days }: { conversationId: number; days: number },
): Promise<void> {
  await trx
    .updateTable('conversation')
    .set({ close_after_days: days === asSite ? null : days })
    .where('id', '=', conversationId)
    .execute();
}

function subject(conversationId: number) {
  return { subjectKind: 'conversation', subjectId: conversationId } as const;
}
