import { type ModeratorAction, moderatorActions } from '../comments/lifecycle.ts';
import { readFields, readId, readList } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';

/** Longest reason and note, in characters. */
export const longestReason = 500;
export const longestNote = 2_000;

/** What a moderator decided, as it came with the form. */
export interface DecisionForm {
  readonly action: ModeratorAction;
  readonly reason: string;
  readonly note: string;
  /** The text of a reply to be published with an approval; empty: none. */
  readonly reply: string;
  /** The last event that the moderator was shown of each comment, by the comment's id. */
  readonly seen: ReadonlyMap<number, number>;
}

/** The words that go with a closing. */
export interface ClosingForm {
  readonly reason: string;
  readonly note: string;
}

/**
 * Reads a decision over one comment.
 *
 * @returns a sentence where something in it cannot be taken.
 */
export function readDecision(body: unknown, commentId: number): DecisionForm | Message {
  const fields = readFields(body, ['action', 'reason', 'note', 'reply', 'seen']);
  const seen = readId(fields.seen);
  return checkDecision(fields, seen === undefined ? new Map() : new Map([[commentId, seen]]));
}

/**
 * Reads a decision over several comments at once.
 *
 * @returns the ids of the comments, each once, and the decision; a sentence where something cannot be taken.
 */
export function readBulkDecision(body: unknown): { ids: number[]; decision: DecisionForm } | Message {
  const fields = readFields(body, ['action', 'reason', 'note']);
  const decision = checkDecision({ ...fields, reply: '' }, readSeen(body));
  if ('key' in decision) return decision;
  const ids = new Set(readList(body, 'ids').flatMap((text) => readId(text) ?? []));
  return { ids: [...ids].sort((a, b) => a - b), decision };
}

/** Reads the words that go with a closing. */
export function readClosing(body: unknown): ClosingForm | Message {
  const { reason, note } = readFields(body, ['reason', 'note']);
  return checkWords(reason, note) ?? { reason: reason.trim(), note: note.trim() };
}

// Written as “comment:event”, one for each comment of the page.
function readSeen(body: unknown): Map<number, number> {
  const pairs = readList(body, 'seen').map((pair) => pair.split(':').map(readId));
  return new Map(pairs.flatMap(([comment, event]) => (comment && event ? [[comment, event] as const] : [])));
}

function checkDecision(
  fields: Record<'action' | 'reason' | 'note' | 'reply', string>,
  seen: ReadonlyMap<number, number>,
): DecisionForm | Message {
  const action = moderatorActions.find((each) => each === fields.action);
  if (!action) return { key: 'decision.unknownAction' };
  const reply = fields.reply.trim();
  if (reply !== '' && action !== 'approve') return { key: 'decision.replyOnlyWithApproval' };
  const [reason, note] = [fields.reason.trim(), fields.note.trim()];
  return checkWords(reason, note) ?? { action, reason, note, reply, seen };
}

/** @returns a sentence where a reason or a note is too long. */
export function checkWords(reason: string, note: string): Message | undefined {
  if ([...reason].length > longestReason) return { key: 'decision.reasonLong', values: { most: longestReason } };
  if ([...note].length > longestNote) return { key: 'decision.noteLong', values: { most: longestNote } };
  return undefined;
}
