import type { Transaction } from 'kysely';
import { takeConversation } from '../comments/conversation.ts';
import type { Database } from '../database.ts';
import { type DoneEvent, lastEvents, listForUndo } from '../events/queries.ts';
import { standingOf } from '../events/standing.ts';
import { takeBackClosing } from './close.ts';
import type { Moderator } from './decide.ts';
import { takeBackPace } from './pace.ts';
import { isConversationReachable } from './queries.ts';
import type { UndoOutcome } from './undo-outcome.ts';

/** Takes back a closing, a reopening or a change of the pace. Waits for the replies that are being stored, as every closing does. */
export async function undoClosing(
  trx: Transaction<Database>,
  { event, moderator, now }: { event: DoneEvent; moderator: Moderator; now: Date },
): Promise<UndoOutcome> {
  const { subject_id: conversationId } = event;
  if (!(await isConversationReachable(trx, { conversationId, moderator }))) return { kind: 'unknown' };
  const conversation = await takeConversation(trx, conversationId);
  const subjects = { subjectKind: 'conversation', subjectIds: [conversationId] } as const;
  const last = (await lastEvents(trx, subjects)).get(conversationId);
  if (last?.undoes === event.id && last.actor_id === moderator.viewer.id)
    return { kind: 'undone', count: 1, eventId: last.id };
  const { undoable } = standingOf((await listForUndo(trx, subjects)).get(conversationId) ?? []);
  const actorId = moderator.viewer.id;
  const takeBack = event.numbers.slow_before === undefined ? takeBackClosing : takeBackPace;
  const eventId = undoable.has(event.id) ? await takeBack(trx, { conversation, event, actorId, now }) : undefined;
  return eventId === undefined ? { kind: 'closing_moved_on', last } : { kind: 'undone', count: 1, eventId };
}
