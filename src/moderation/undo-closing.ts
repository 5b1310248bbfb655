import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { ClosureSubject } from '../comments/closures.ts';
import { takeConversation } from '../comments/conversation.ts';
import type { Database } from '../database.ts';
import { type DoneEvent, lastEvents, listForUndo, type ToldEvent } from '../events/queries.ts';
import { standingOf } from '../events/standing.ts';
import { takeSubject } from './close.ts';
import { mayUndo } from './may-undo.ts';
import type { Moderator } from './moderator.ts';
import { takeBackPace } from './pace.ts';
import { takeBackPin } from './pin.ts';
import { isConversationReachable } from './queries.ts';
import { takeBackSwitches } from './rule-switches.ts';
import { findRunningOf, listOfBatch, stopBatch } from './sweep-queries.ts';
import { closureLeft, isAsLeft, takeBackClosing } from './take-back-closing.ts';
import { modesIn, takeBackMode } from './take-back-mode.ts';
import type { UndoOutcome } from './undo-outcome.ts';
import { countUndoable, undoRejections } from './undo-rejections.ts';

interface Undoing {
  readonly event: DoneEvent;
  readonly partly: boolean;
  readonly moderator: Moderator;
  readonly now: Date;
}

interface UndoingAll extends Undoing {
  /** The batch of what was rejected along with it; null: nothing was. */
  readonly along: string | null;
}

/**
 * Takes back a closing, with what was rejected along with it, a reopening, a change of who may reply, of the days, of the
 * pace or of the rules, or a pin. Waits for the replies that are being stored, as every closing does.
 *
 * @param undoing `partly`: where the closing has moved on, take back what was rejected along with it.
 */
export async function undoClosing(trx: Transaction<Database>, undoing: Undoing): Promise<UndoOutcome> {
  const { event, partly, moderator } = undoing;
  const subject = subjectOf(event);
  if (!subject || !(await isReachable(trx, { subject, moderator }))) return { kind: 'unknown' };
  await takeSubject(trx, subject);
  const batch = await findBatch(trx, event);
  const subjects = { subjectKind: event.subject_kind, subjectIds: [event.subject_id] } as const;
  const last = (await lastEvents(trx, subjects)).get(event.subject_id);
  if (last?.undoes === event.id && last.actor_id === moderator.viewer.id) return await sentAgain(trx, last);
  const { undoable } = standingOf((await listForUndo(trx, subjects)).get(event.subject_id) ?? []);
  const outcome = undoable.has(event.id) ? await takeBack(trx, { ...undoing, subject, along: batch }) : undefined;
  if (outcome) return outcome;
  if (partly && batch !== null) {
    const done = await endRejections(trx, { ...undoing, along: batch });
    return await undoRejections(trx, { ...undoing, undoes: batch, done, batch: randomUUID() });
  }
  const rest = batch === null ? 0 : await countUndoable(trx, { batch, after: rejectedAfter(event) });
  return { kind: 'closing_moved_on', last, rest };
}

async function takeBack(
  trx: Transaction<Database>,
  { subject, event, along, partly, moderator, now }: UndoingAll & { subject: ClosureSubject },
): Promise<UndoOutcome | undefined> {
  const actorId = moderator.viewer.id;
  if (subject.scope === 'conversation') {
    const conversation = await takeConversation(trx, subject.conversationId);
    const modes = modesIn(event);
    const taking = { event, actorId, now };
    if (modes) return undoneBy(await takeBackMode(trx, { ...taking, conversation, modes }));
    if (event.numbers.slow_before !== undefined) return undoneBy(await takeBackPace(trx, { ...taking, conversation }));
    if (event.numbers.switched !== undefined) return undoneBy(await takeBackSwitches(trx, { ...taking, conversation }));
    if (event.numbers.pinned_before !== undefined)
      return undoneBy(await takeBackPin(trx, { conversationId: conversation.id, event, moderator, now }));
  }
  if (!(await isAsLeft(trx, { subject, event }))) return undefined;
  const done = await endRejections(trx, { event, along, partly, moderator, now });
  const batch = done.length > 0 ? randomUUID() : undefined;
  const rejections = { undoes: along, done, partly, moderator, now };
  const decided = batch ? await undoRejections(trx, { ...rejections, batch }) : undefined;
  if (decided?.kind === 'moved_on' && !partly) return { ...decided, rest: decided.rest + 1 };
  const eventId = await takeBackClosing(trx, { subject, event, actorId, batch, now });
  if (decided?.kind === 'begun') return decided;
  return { kind: 'undone', count: 1 + (decided?.kind === 'undone' ? decided.count : 0), eventId };
}

async function sentAgain(trx: Transaction<Database>, { id, batch }: ToldEvent): Promise<UndoOutcome> {
  const sweepId = batch === null ? undefined : await findRunningOf(trx, batch);
  return sweepId === undefined ? { kind: 'undone', count: 1, eventId: id } : { kind: 'begun', sweepId };
}

function undoneBy(eventId: number | undefined): UndoOutcome | undefined {
  return eventId === undefined ? undefined : { kind: 'undone', count: 1, eventId };
}

// The batch of what was rejected along with a closing: where that missed its date and was put back, it is the batch that the
// closing had from the first.
async function findBatch(trx: Transaction<Database>, event: DoneEvent): Promise<string | null> {
  const closureId = closureLeft(event);
  if (event.batch !== null || closureId === undefined) return event.batch;
  const query = trx.selectFrom('closure').select('waiting_batch').where('id', '=', closureId);
  return (await query.executeTakeFirst())?.waiting_batch ?? null;
}

// Where a closing was put back, what was rejected the first time is not of this event.
function rejectedAfter(event: DoneEvent): number {
  return event.batch === null ? event.id : 0;
}

// What was rejected along with a closing, or brought back along with its undo; nothing is added to it any more.
async function endRejections(
  trx: Transaction<Database>,
  { event, along, moderator, now }: UndoingAll,
): Promise<DoneEvent[]> {
  if (along === null) return [];
  await stopBatch(trx, { batch: along, now });
  const done = await listOfBatch(trx, { batch: along, after: rejectedAfter(event), most: undefined });
  return done.filter((each) => each.subject_kind === 'comment' && mayUndo(each, moderator));
}

function subjectOf({ subject_kind, subject_id, conversation_id }: DoneEvent): ClosureSubject | undefined {
  if (subject_kind === 'site') return { scope: 'site' };
  if (conversation_id === null) return undefined;
  if (subject_kind === 'branch') return { scope: 'branch', conversationId: conversation_id, commentId: subject_id };
  return { scope: 'conversation', conversationId: conversation_id };
}

async function isReachable(
  trx: Transaction<Database>,
  { subject, moderator }: { subject: ClosureSubject; moderator: Moderator },
): Promise<boolean> {
  if (subject.scope === 'site') return moderator.reach === 'all';
  return isConversationReachable(trx, { conversationId: subject.conversationId, moderator });
}
