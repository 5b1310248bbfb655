import { readFields } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import type { Settings } from '../site/settings.ts';
import { type CommentMode, commentModes } from '../site/table.ts';
import { normaliseLine } from '../text/plain-text.ts';

/** The settings as a form holds them. */
export type SettingsFields = Record<SettingName, string>;

/** One thing that is wrong with a setting. */
export interface SettingError {
  readonly field: SettingName;
  readonly message: Message;
}

/** The settings by the names of their fields, in the order of the form. */
export const settingNames = [
  'title',
  'tagline',
  'language',
  'time_zone',
  'comment_mode',
  'close_after_days',
  'close_after_quiet_days',
  'edit_minutes',
  'spam_days',
  'email_required',
  'authors_moderate',
  'authors_remove',
  'authors_pin',
  'authors_close',
] as const;

export type SettingName = (typeof settingNames)[number];

/** What this form sets; the rest has forms of its own. */
type FormSettings = Pick<Settings, SettingName>;

const longest = { title: 100, tagline: 200 };
const most = { closeAfterDays: 36_500, editMinutes: 1_440, spamDays: 3_650 };

/** Picks the settings out of what was sent. */
export function readSettings(body: unknown): SettingsFields {
  return readFields(body, settingNames);
}

/** The stored settings as the form shows them. */
export function fieldsOf(site: FormSettings): SettingsFields {
  return {
    title: site.title,
    tagline: site.tagline,
    language: site.language,
    time_zone: site.time_zone,
    comment_mode: site.comment_mode,
    close_after_days: site.close_after_days === null ? '' : String(site.close_after_days),
    close_after_quiet_days: site.close_after_quiet_days === null ? '' : String(site.close_after_quiet_days),
    edit_minutes: String(site.edit_minutes),
    spam_days: site.spam_days === null ? '' : String(site.spam_days),
    email_required: site.email_required ? 'on' : '',
    authors_moderate: site.authors_moderate ? 'on' : '',
    authors_remove: site.authors_remove ? 'on' : '',
    authors_pin: site.authors_pin ? 'on' : '',
    authors_close: site.authors_close ? 'on' : '',
  };
}

/**
 * Checks what was typed.
 *
 * @param choices the languages and time zones that there are.
 * @returns the settings, or what is wrong with them.
 */
export function checkSettings(
  fields: SettingsFields,
  choices: { languages: readonly string[]; timeZones: readonly string[] },
): FormSettings | SettingError[] {
  const title = normaliseLine(fields.title);
  const tagline = normaliseLine(fields.tagline);
  const mode = commentModes.find((each) => each === fields.comment_mode);
  const days = readNumber(fields.close_after_days);
  const quietDays = readNumber(fields.close_after_quiet_days);
  const minutes = readNumber(fields.edit_minutes);
  const spamDays = readNumber(fields.spam_days) ?? 0;
  const errors: SettingError[] = [];
  const refuse = (field: SettingName, message: Message) => errors.push({ field, message });

  if (title === '') refuse('title', { key: 'settings.titleMissing' });
  if (lengthOf(title) > longest.title) refuse('title', { key: 'settings.tooLong', values: { most: longest.title } });
  if (lengthOf(tagline) > longest.tagline)
    refuse('tagline', { key: 'settings.tooLong', values: { most: longest.tagline } });
  if (!choices.languages.includes(fields.language)) refuse('language', { key: 'settings.chooseOne' });
  if (!choices.timeZones.includes(fields.time_zone)) refuse('time_zone', { key: 'settings.chooseOne' });
  if (!mode) refuse('comment_mode', { key: 'settings.chooseOne' });
  for (const [field, count] of [['close_after_days', days] as const, ['close_after_quiet_days', quietDays] as const]) {
    if (count !== undefined && !(count >= 1 && count <= most.closeAfterDays))
      refuse(field, { key: 'settings.daysWrong', values: { most: most.closeAfterDays } });
  }
  if (!(minutes !== undefined && minutes <= most.editMinutes))
    refuse('edit_minutes', { key: 'settings.minutesWrong', values: { most: most.editMinutes } });
  if (!(spamDays <= most.spamDays))
    refuse('spam_days', { key: 'settings.spam_daysWrong', values: { most: most.spamDays } });
  if (errors.length > 0) return errors;

  return {
    title,
    tagline,
    language: fields.language,
    time_zone: fields.time_zone,
    comment_mode: mode as CommentMode,
    close_after_days: days ?? null,
    close_after_quiet_days: quietDays ?? null,
    edit_minutes: minutes as number,
    spam_days: spamDays === 0 ? null : spamDays,
    email_required: fields.email_required === 'on',
    authors_moderate: fields.authors_moderate === 'on',
    authors_remove: fields.authors_remove === 'on',
    authors_pin: fields.authors_pin === 'on',
    authors_close: fields.authors_close === 'on',
  };
}

// Nothing typed: undefined; anything but a whole number: not a number, which no comparison lets pass.
function readNumber(text: string): number | undefined {
  const typed = text.trim();
  if (typed === '') return undefined;
  return /^\d{1,9}$/.test(typed) ? Number(typed) : Number.NaN;
}

function lengthOf(text: string): number {
  return [...text].length;
}
