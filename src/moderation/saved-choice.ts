import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { readFields, readId } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import { listSavedWords, type SavedEntry } from './saved-words.ts';

/** Saved words as a form offers them. */
export interface SavedChoices {
  readonly reasons: readonly SavedEntry[];
  readonly replies: readonly SavedEntry[];
}

/** The saved words that can be chosen for a decision. */
export async function loadSavedChoices(db: Kysely<Database>): Promise<SavedChoices> {
  const all = await listSavedWords(db);
  return {
    reasons: all.filter(({ kind }) => kind === 'reason'),
    replies: all.filter(({ kind }) => kind === 'reply'),
  };
}

/**
 * Puts saved words that were chosen into the form of a decision. What was typed counts more: it may be the same words, edited.
 *
 * @returns a sentence where what was chosen is not there any more.
 */
export async function fillInSaved(
  db: Kysely<Database>,
  body: unknown,
): Promise<{ readonly body: object } | { readonly refused: Message }> {
  const chosen = readFields(body, ['savedReason', 'savedReply', 'reason', 'reply']);
  const filled: Record<string, string> = {};
  const wanted = [
    { id: chosen.savedReason, kind: 'reason', typed: chosen.reason },
    { id: chosen.savedReply, kind: 'reply', typed: chosen.reply },
  ].filter(({ id, typed }) => id !== '' && typed.trim() === '');
  const all = wanted.length > 0 ? await listSavedWords(db) : [];
  for (const { id, kind } of wanted) {
    const words = all.find((each) => each.kind === kind && each.id === readId(id));
    if (!words) return { refused: { key: 'saved.gone' } };
    filled[kind] = words.text;
  }
  return { body: { ...(typeof body === 'object' ? body : {}), ...filled } };
}
