import type { Transaction } from 'kysely';
import { type ClosureSubject, findClosure } from '../comments/closures.ts';
import type { Database } from '../database.ts';
import { recordEvent } from '../events/queries.ts';
import type { Event } from '../events/table.ts';
import { asSite, endClosure, eventSubject, rejectFromItsDate, setDays } from './close.ts';

/** What was done to something that can be closed, and is to be taken back: an event with the numbers of what it changed. */
export type ClosingEvent = Pick<Event, 'id' | 'action' | 'from_status' | 'to_status' | 'numbers'>;

/**
 * Takes back a closing, a reopening, a change of the days, or the undo of one: the same closing holds again, with its reason
 * and its date, or holds no more, and the days after which a conversation closes by itself are what they were.
 *
 * @param subject taken by `takeSubject`.
 * @param batch UUID shared with what else is taken back in one go.
 * @param event with what it changed still as it left it, see `isAsLeft`.
 * @returns the id of the event that says so.
 */
export async function takeBackClosing(
  trx: Transaction<Database>,
  {
    subject,
    event,
    actorId,
    batch,
    now,
  }: { subject: ClosureSubject; event: ClosingEvent; actorId: number; batch: string | undefined; now: Date },
): Promise<number> {
  const [from, to] = [event.to_status ?? undefined, event.from_status ?? undefined];
  const days = daysIn(event);
  const { closure, replaced } = event.numbers;
  const [ending, resuming] = to === 'open' ? [closure, replaced] : [replaced, closure];
  if (ending !== undefined) await endClosure(trx, { id: ending, actorId, now });
  if (resuming !== undefined) await resumeClosure(trx, resuming);
  if (days && subject.scope === 'conversation')
    await setDays(trx, { id: subject.conversationId, age: days.age.before, quiet: days.quiet.before });
  const numbers = {
    ...(closure !== undefined && { closure }),
    ...(replaced !== undefined && { replaced }),
    ...(days && {
      days_before: days.age.after,
      days_after: days.age.before,
      quiet_before: days.quiet.after,
      quiet_after: days.quiet.before,
    }),
  };
  const steps = { action: 'undo', undoes: event.id, from, to, numbers, batch };
  return await recordEvent(trx, { ...eventSubject(subject), ...steps, actorId, now });
}

/** The id of the closing that holds after an event, or lies ahead; undefined where none does. */
export function closureLeft({ to_status, numbers }: Pick<Event, 'to_status' | 'numbers'>): number | undefined {
  return to_status === 'closed' ? numbers.closure : numbers.replaced;
}

/** Whether what an event changed is as it left it. */
export async function isAsLeft(
  trx: Transaction<Database>,
  { subject, event }: { subject: ClosureSubject; event: ClosingEvent },
): Promise<boolean> {
  const { closure } = event.numbers;
  const current = await findClosure(trx, subject);
  if (closure !== undefined && current?.id !== closureLeft(event)) return false;
  const days = daysIn(event);
  if (!days || subject.scope !== 'conversation') return true;
  const conversation = await trx
    .selectFrom('conversation')
    .select(['close_after_days', 'close_after_quiet_days'])
    .where('id', '=', subject.conversationId)
    .executeTakeFirstOrThrow();
  return (
    (conversation.close_after_days ?? asSite) === days.age.after &&
    (conversation.close_after_quiet_days ?? asSite) === days.quiet.after
  );
}

/** Days of a conversation before and after; `asSite`: as the site says, 0: never. */
export interface DaysChange {
  readonly age: { readonly before: number; readonly after: number };
  readonly quiet: { readonly before: number; readonly after: number };
}

/** From how many days to how many an event changed after which a conversation closes by itself; undefined where it did not. */
export function daysIn({ action, numbers }: Pick<Event, 'action' | 'numbers'>): DaysChange | undefined {
  if (action === 'set_closing') {
    const { from = asSite, to = asSite, quiet_from = asSite, quiet_to = asSite } = numbers;
    return { age: { before: from, after: to }, quiet: { before: quiet_from, after: quiet_to } };
  }
  // Versions that knew no quiet days left those alone.
  const { days_before, days_after, quiet_before = asSite, quiet_after = asSite } = numbers;
  if (days_before === undefined || days_after === undefined) return undefined;
  return { age: { before: days_before, after: days_after }, quiet: { before: quiet_before, after: quiet_after } };
}

async function resumeClosure(trx: Transaction<Database>, id: number): Promise<void> {
  const ended = await trx
    .selectFrom('closure')
    .select(['id', 'waiting_batch', 'begins_at', 'reopened_at'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!ended) return;
  await trx.updateTable('closure').set({ reopened_by: null, reopened_at: null }).where('id', '=', id).execute();
  const { begins_at, reopened_at } = ended;
  const missedItsDate = begins_at !== null && reopened_at !== null && reopened_at < begins_at;
  if (missedItsDate) await rejectFromItsDate(trx, ended);
}
