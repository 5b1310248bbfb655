import { randomUUID } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import { closingOf, holds } from '../comments/closing.ts';
import { type ClosureSubject, columnsOf, findClosure } from '../comments/closures.ts';
import { closingFacts, findConversationState, takeConversation } from '../comments/conversation.ts';
import type { Database } from '../database.ts';
import { recordEvent } from '../events/queries.ts';
import type { SubjectKind } from '../events/table.ts';
import { addJob } from '../jobs/queries.ts';
import type { Closure } from '../posts/table.ts';
import type { Site } from '../site/table.ts';
import { takeTurn } from '../turns.ts';
import { isAbove } from './above.ts';
import type { ClosingForm } from './form.ts';
import type { Moderator } from './moderator.ts';
import { rejectWaiting, type WaitingRejected } from './reject-waiting.ts';
import { stopBatch } from './sweep-queries.ts';

/** What is closed or reopened, and by whom. */
export interface ClosingRequest {
  readonly subject: ClosureSubject;
  readonly moderator: Moderator;
  readonly now: Date;
}

/** What became of a closing; by `eventId` it can be undone, with all that was rejected along with it. */
export type ClosingOutcome =
  | ({ readonly kind: 'closed'; readonly eventId: number } & WaitingRejected)
  /** A moderator of all posts has set another date, and an author changes nothing about that. */
  | { readonly kind: 'above' }
  /** Somebody has closed it before. */
  | { readonly kind: 'closed_already' };

/** What became of a reopening. */
export type ReopeningOutcome =
  | { readonly kind: 'reopened'; readonly eventId: number }
  | { readonly kind: 'open_already' }
  /** A moderator of all posts has closed it, and an author changes nothing about that. */
  | { readonly kind: 'above' };

/**
 * Closes the site, a conversation or a branch by hand, now or later: waits for the replies that are being stored, and none is
 * stored after it. What was to begin later gives way to what is decided now.
 */
export function close(
  db: Kysely<Database>,
  { subject, moderator, now, form }: ClosingRequest & { form: ClosingForm },
): Promise<ClosingOutcome> {
  const actorId = moderator.viewer.id;
  return db.transaction().execute(async (trx) => {
    await takeSubject(trx, subject);
    const earlier = await findClosure(trx, subject);
    if (earlier && holds({ beginsAt: earlier.begins_at ?? undefined }, now)) return { kind: 'closed_already' };
    if (await isAbove(trx, { by: earlier?.closed_by, moderator })) return { kind: 'above' };
    if (earlier) await endClosure(trx, { id: earlier.id, actorId, now });
    const batch = form.rejectWaiting ? randomUUID() : null;
    const closure = await insertClosure(trx, { subject, actorId, now, form, batch });
    const eventId = await recordEvent(trx, {
      ...eventSubject(subject),
      action: form.beginsAt ? 'close_later' : 'close',
      from: 'open',
      to: 'closed',
      batch: batch ?? undefined,
      numbers: { closure: closure.id, ...(earlier && { replaced: earlier.id }) },
      actorId,
      now,
    });
    await rejectFromItsDate(trx, closure);
    const waiting =
      batch && !form.beginsAt
        ? await rejectWaiting(trx, { subject, closure: { ...closure, waiting_batch: batch }, moderator, now })
        : { rejected: 0, beingRejected: 0 };
    return { kind: 'closed', eventId, ...waiting };
  });
}

/**
 * Opens something again, or lets it stay open where it was to be closed. A conversation that had closed by itself stays
 * open from now on, however old and quiet it grows.
 */
export function reopen(
  db: Kysely<Database>,
  { subject, moderator, now, site, publishedAt }: ClosingRequest & { site: Site; publishedAt: Date | null },
): Promise<ReopeningOutcome> {
  const actorId = moderator.viewer.id;
  return db.transaction().execute(async (trx) => {
    await takeSubject(trx, subject);
    const closure = await findClosure(trx, subject);
    const days =
      subject.scope === 'conversation'
        ? await daysOfItself(trx, { id: subject.conversationId, site, publishedAt, now })
        : undefined;
    if (!closure && !days) return { kind: 'open_already' };
    if (await isAbove(trx, { by: closure?.closed_by, moderator })) return { kind: 'above' };
    if (closure) await endClosure(trx, { id: closure.id, actorId, now });
    if (days) await setDays(trx, { id: days.conversationId, age: 0, quiet: 0 });
    const numbers = {
      ...(closure && { closure: closure.id }),
      ...(days && { days_before: days.age, days_after: 0, quiet_before: days.quiet, quiet_after: 0 }),
    };
    const steps = { from: 'closed', to: 'open', numbers };
    const eventId = await recordEvent(trx, { ...eventSubject(subject), action: 'reopen', ...steps, actorId, now });
    return { kind: 'reopened', eventId };
  });
}

/** Takes whatever is to be closed or reopened for oneself: waits for the replies under way, and no other begins. */
export async function takeSubject(trx: Transaction<Database>, subject: ClosureSubject): Promise<void> {
  if (subject.scope === 'site') await takeTurn(trx, { about: 'site', id: 1 });
  else await takeConversation(trx, subject.conversationId);
}

/** What the events of a closing are about. */
export function eventSubject(subject: ClosureSubject): { subjectKind: SubjectKind; subjectId: number } {
  if (subject.scope === 'site') return { subjectKind: 'site', subjectId: 1 };
  if (subject.scope === 'branch') return { subjectKind: 'branch', subjectId: subject.commentId };
  return { subjectKind: 'conversation', subjectId: subject.conversationId };
}

/**
 * Has a job reject what waits at the date of a closing, or at once where that is over, where this was chosen. A closing that
 * is called off before leaves the job: it asks what holds when it comes.
 */
export async function rejectFromItsDate(
  trx: Transaction<Database>,
  { id, waiting_batch, begins_at }: Pick<Closure, 'id' | 'waiting_batch' | 'begins_at'>,
): Promise<void> {
  if (waiting_batch === null || begins_at === null) return;
  await addJob(trx, 'reject_waiting', { closureId: id }, { runAt: begins_at, once: true });
}

/** Ends a closing by hand: what is still being rejected along with it stays as it is. */
export async function endClosure(
  trx: Transaction<Database>,
  { id, actorId, now }: { id: number; actorId: number; now: Date },
): Promise<void> {
  const ended = await trx
    .updateTable('closure')
    // Another process, with another clock or an older request, may have closed it a moment later.
    .set({ reopened_by: actorId, reopened_at: sql<Date>`greatest(closed_at, ${now}::timestamptz)` })
    .where('id', '=', id)
    .returning('waiting_batch')
    .executeTakeFirst();
  if (ended?.waiting_batch) await stopBatch(trx, { batch: ended.waiting_batch, now });
}

/** In the numbers of an event: days as the site says. */
export const asSite = -1;

/** Sets after how many days a conversation closes by itself; `asSite`: as the site says, 0: never. */
export async function setDays(
  trx: Transaction<Database>,
  { id, age, quiet }: { id: number; age: number; quiet: number },
): Promise<void> {
  const column = (days: number) => (days === asSite ? null : days);
  await trx
    .updateTable('conversation')
    .set({ close_after_days: column(age), close_after_quiet_days: column(quiet) })
    .where('id', '=', id)
    .execute();
}

async function insertClosure(
  trx: Transaction<Database>,
  {
    subject,
    actorId,
    now,
    form,
    batch,
  }: Pick<ClosingRequest, 'subject' | 'now'> & { actorId: number; form: ClosingForm; batch: string | null },
): Promise<Closure> {
  return await trx
    .insertInto('closure')
    .values({
      ...columnsOf(subject),
      reason: form.reason,
      note: form.note,
      speakers: form.speakers,
      closed_by: actorId,
      closed_at: now,
      begins_at: form.beginsAt ?? null,
      waiting_batch: batch,
      reopened_by: null,
      reopened_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

// Undefined where it has not closed by itself.
async function daysOfItself(
  trx: Transaction<Database>,
  { id, site, publishedAt, now }: { id: number; site: Site; publishedAt: Date | null; now: Date },
): Promise<{ conversationId: number; age: number; quiet: number } | undefined> {
  const { conversation, lastSpokenAt } = await findConversationState(trx, id);
  const by = closingOf(closingFacts({ site, conversation, closures: [], lastSpokenAt, publishedAt }), now)?.by;
  if (by !== 'age' && by !== 'quiet') return undefined;
  return {
    conversationId: id,
    age: conversation.close_after_days ?? asSite,
    quiet: conversation.close_after_quiet_days ?? asSite,
  };
}
