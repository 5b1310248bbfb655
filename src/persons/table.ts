import type { Generated, Selectable } from 'kysely';

/** How somebody who comments is met. */
export type StandingKind = 'trusted' | 'held' | 'timed_out' | 'banned';

/** What a moderator decided about a person: exactly one of `address_hash`, `browser_id` and `network_hash` says about whom. */
export interface StandingTable {
  id: Generated<number>;
  kind: StandingKind;
  /** Keyed hash of a proved address, see address-mark.ts. */
  address_hash: Buffer | null;
  browser_id: number | null;
  /** Keyed hash as in `comment.network_hash`. */
  network_hash: Buffer | null;
  begins_at: Date;
  /** null: until it is ended. */
  ends_at: Date | null;
  /** For the person concerned. */
  reason: Generated<string>;
  /** For staff only. */
  note: Generated<string>;
  given_by: number;
  /** The comment on which it was decided; null once its writer erased it. */
  comment_id: number | null;
  /** When it was ended or undone before its time. */
  ended_at: Generated<Date | null>;
}

export type StandingRow = Selectable<StandingTable>;
