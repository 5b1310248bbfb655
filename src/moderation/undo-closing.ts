import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { ClosureSubject } from '../comments/closures.ts';
import { takeConversation } from '../comments/conversation.ts';
import type { Database } from '../database.ts';
import { type DoneEvent, lastEvents, listForUndo } from '../events/queries.ts';
import { standingOf } from '../events/standing.ts';
import { takeSubject } from './close.ts';
import type { Moderator } from './decide.ts';
import { takeBackPace } from './pace.ts';
import { takeBackPin } from './pin.ts';
import { isConversationReachable } from './queries.ts';
import { isAsLeft, takeBackClosing } from './take-back-closing.ts';
import { modesIn, takeBackMode } from './take-back-mode.ts';
import { undoDecisions } from './undo-decisions.ts';
import type { UndoOutcome } from './undo-outcome.ts';

interface Undoing {
  readonly event: DoneEvent;
  /** What was rejected along with a closing. */
  readonly decisions: readonly DoneEvent[];
  readonly partly: boolean;
  readonly moderator: Moderator;
  readonly now: Date;
}

/**
 * Takes back a closing, with what was rejected along with it, a reopening, a change of who may reply, of the days or of the
 * pace, or a pin. Waits for the replies that are being stored, as every closing does.
 */
export async function undoClosing(trx: Transaction<Database>, undoing: Undoing): Promise<UndoOutcome> {
  const { event, moderator } = undoing;
  const subject = subjectOf(event);
  if (!subject || !(await isReachable(trx, { subject, moderator }))) return { kind: 'unknown' };
  await takeSubject(trx, subject);
  const subjects = { subjectKind: event.subject_kind, subjectIds: [event.subject_id] } as const;
  const last = (await lastEvents(trx, subjects)).get(event.subject_id);
  if (last?.undoes === event.id && last.actor_id === moderator.viewer.id)
    return { kind: 'undone', count: 1, eventId: last.id };
  const { undoable } = standingOf((await listForUndo(trx, subjects)).get(event.subject_id) ?? []);
  const outcome = undoable.has(event.id) ? await takeBack(trx, { ...undoing, subject }) : undefined;
  return outcome ?? { kind: 'closing_moved_on', last };
}

async function takeBack(
  trx: Transaction<Database>,
  { subject, event, decisions, partly, moderator, now }: Undoing & { subject: ClosureSubject },
): Promise<UndoOutcome | undefined> {
  const actorId = moderator.viewer.id;
  const modes = modesIn(event);
  if (modes && subject.scope === 'conversation') {
    const conversation = await takeConversation(trx, subject.conversationId);
    const eventId = await takeBackMode(trx, { conversation, event, modes, actorId, now });
    return eventId === undefined ? undefined : { kind: 'undone', count: 1, eventId };
  }
  if (event.numbers.slow_before !== undefined && subject.scope === 'conversation') {
    const conversation = await takeConversation(trx, subject.conversationId);
    const eventId = await takeBackPace(trx, { conversation, event, actorId, now });
    return eventId === undefined ? undefined : { kind: 'undone', count: 1, eventId };
  }
  if (event.numbers.pinned_before !== undefined && subject.scope === 'conversation') {
    const eventId = await takeBackPin(trx, { conversationId: subject.conversationId, event, moderator, now });
    return eventId === undefined ? undefined : { kind: 'undone', count: 1, eventId };
  }
  if (!(await isAsLeft(trx, { subject, event }))) return undefined;
  const batch = decisions.length > 0 ? randomUUID() : undefined;
  const decided = batch ? await undoDecisions(trx, { done: decisions, partly, batch, moderator, now }) : undefined;
  if (decided?.kind === 'moved_on' && !partly) return { ...decided, rest: decided.rest + 1 };
  const eventId = await takeBackClosing(trx, { subject, event, actorId, batch, now });
  return { kind: 'undone', count: 1 + (decided?.kind === 'undone' ? decided.count : 0), eventId };
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
