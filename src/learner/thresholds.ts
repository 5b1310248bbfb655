import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { readFields } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import { type SettingsOutcome, saveSettings } from '../site/settings.ts';
import type { Site } from '../site/table.ts';

/** From which score on, in hundredths, a comment is held or marked as spam; null: none is. */
export interface Thresholds {
  readonly holdFrom: number | null;
  readonly spamFrom: number | null;
}

const names = ['hold_from', 'spam_from'] as const;

/** The thresholds as a form holds them. */
export type ThresholdFields = Record<(typeof names)[number], string>;

/** What is wrong with one of them. */
export interface ThresholdError {
  readonly field: keyof ThresholdFields;
  readonly message: Message;
}

/** The thresholds that are set. */
export function thresholdsOf({ learner_hold_from, learner_spam_from }: Site): Thresholds {
  return { holdFrom: learner_hold_from, spamFrom: learner_spam_from };
}

/** The same as the form shows them. */
export function fieldsOf({ holdFrom, spamFrom }: Thresholds): ThresholdFields {
  return { hold_from: String(holdFrom ?? ''), spam_from: String(spamFrom ?? '') };
}

/** Picks the thresholds out of what was sent. */
export function readThresholds(body: unknown): ThresholdFields {
  return readFields(body, names);
}

/** Checks what was typed. @returns the thresholds, or what is wrong with them. */
export function checkThresholds(fields: ThresholdFields): Thresholds | ThresholdError[] {
  const [holdFrom, spamFrom] = [readScore(fields.hold_from), readScore(fields.spam_from)];
  const errors: ThresholdError[] = [];
  if (holdFrom === undefined) errors.push({ field: 'hold_from', message: { key: 'learner.wrongScore' } });
  if (spamFrom === undefined) errors.push({ field: 'spam_from', message: { key: 'learner.wrongScore' } });
  if (holdFrom && spamFrom && spamFrom <= holdFrom)
    errors.push({ field: 'spam_from', message: { key: 'learner.wrongOrder' } });
  return holdFrom === undefined || spamFrom === undefined || errors.length > 0 ? errors : { holdFrom, spamFrom };
}

/**
 * Saves the thresholds as settings of the site: a change of them is an event, and can be undone.
 *
 * @param version of the settings that the form was filled with.
 */
export function saveThresholds(
  db: Kysely<Database>,
  { thresholds, ...saving }: { thresholds: Thresholds; version: number; actorId: number; now: Date },
): Promise<SettingsOutcome> {
  const { holdFrom, spamFrom } = thresholds;
  return saveSettings(db, { settings: { learner_hold_from: holdFrom, learner_spam_from: spamFrom }, ...saving });
}

// Nothing typed: null; anything but such a number: undefined.
function readScore(text: string): number | null | undefined {
  const typed = text.trim();
  if (typed === '') return null;
  return /^(?:[1-9]\d?|100)$/.test(typed) ? Number(typed) : undefined;
}
