import type { ColumnType, Generated, Selectable } from 'kysely';

/** Who may comment without waiting, for the whole site or one conversation. */
export type CommentMode = 'open' | 'first_held' | 'all_held' | 'closed';

/** All comment modes, from the most open to the most closed. */
export const commentModes: readonly CommentMode[] = ['open', 'first_held', 'all_held', 'closed'];

/** The settings of the site: one row. */
export interface SiteTable {
  id: Generated<number>;
  title: string;
  tagline: Generated<string>;
  /** BCP 47 tag of the interface and of the sorting of titles. */
  language: Generated<string>;
  /** IANA name of the zone in which dates are shown and publication is scheduled. */
  time_zone: Generated<string>;
  comment_mode: Generated<CommentMode>;
  /** Days after publication at which conversations close by themselves; null: never. */
  close_after_days: number | null;
  /** Days in which nothing was said, after which conversations close by themselves; null: never. */
  close_after_quiet_days: number | null;
  /** Minutes for which a comment can be edited by its writer; 0: not at all. */
  edit_minutes: Generated<number>;
  /** Days after which spam is erased; null: never. */
  spam_days: Generated<number | null>;
  email_required: Generated<boolean>;
  /** Whether authors decide over comments on their own posts. */
  authors_moderate: Generated<boolean>;
  /** What else they may do there: take down what stands, pin one comment, close and slow down conversations. */
  authors_remove: Generated<boolean>;
  authors_pin: Generated<boolean>;
  authors_close: Generated<boolean>;
  /** Names the present state of the rules, see rules/current.ts. */
  rules_token: Generated<string>;
  version: Generated<number>;
}

/** What something is set to; a rule is an object, and their order a list. */
export type SettingValue = string | number | boolean | null | object;

/** What a change of settings or rules changed: by the name of the column, and as `rule.<name>` and `rules.order`. */
export type ChangedFields = Readonly<Record<string, { readonly before: SettingValue; readonly after: SettingValue }>>;

/** What each change of the settings changed, beside its event. Written as JSON text, read as an object. */
export interface SettingsChangeTable {
  event_id: number;
  fields: ColumnType<ChangedFields, string, never>;
}

/** Keys that the processes share: 32 random bytes each. */
export interface SecretTable {
  name: 'session' | 'visitor' | 'network' | 'setup' | 'feed' | 'following' | 'persons' | 'alerts';
  value: Buffer;
}

export type Site = Selectable<SiteTable>;
