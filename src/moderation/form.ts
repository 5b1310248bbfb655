import { type ModeratorAction, moderatorActions } from '../comments/lifecycle.ts';
import { readLocalTime } from '../http/dates.ts';
import { readFields, readId, readList } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import type { Speakers } from '../posts/table.ts';

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

/** A closing, as it came with the form. */
export interface ClosingForm {
  readonly reason: string;
  readonly note: string;
  /** Who may still speak. */
  readonly speakers: Speakers;
  /** From when on it holds; undefined: from now on. */
  readonly beginsAt: Date | undefined;
  /** Whether what waits when it closes is rejected with the reason; else it is decided as usual. */
  readonly rejectWaiting: boolean;
}

const speakerChoices: readonly Speakers[] = ['nobody', 'author', 'staff'];

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

/**
 * Reads a closing.
 *
 * @param timeZone in which its date was typed.
 * @returns a sentence where something in it cannot be taken.
 */
export function readClosing(body: unknown, { timeZone, now }: { timeZone: string; now: Date }): ClosingForm | Message {
  const fields = readFields(body, ['reason', 'note', 'speakers', 'begins_at', 'waiting']);
  const speakers = speakerChoices.find((each) => each === (fields.speakers || 'nobody'));
  const beginsAt = fields.begins_at === '' ? undefined : readLocalTime(fields.begins_at, timeZone);
  const rejectWaiting = fields.waiting === 'reject';
  if (!speakers) return { key: 'closing.speakersWrong' };
  if (fields.begins_at !== '' && !(beginsAt && beginsAt > now)) return { key: 'closing.dateWrong' };
  const [reason, note] = [fields.reason.trim(), fields.note.trim()];
  return checkWords(reason, note) ?? { reason, note, speakers, beginsAt, rejectWaiting };
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
