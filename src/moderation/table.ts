import type { ColumnType, Generated, Selectable } from 'kysely';
import type { ModeratorAction } from '../comments/lifecycle.ts';
import type { KnownBy } from '../persons/standing.ts';

/** What saved words are for: the reason of a decision, or a reply. */
export type SavedKind = 'reason' | 'reply';

/** Words that all moderators use. A change ends a row and adds another one. */
export interface SavedWordsTable {
  id: Generated<number>;
  kind: SavedKind;
  title: string;
  text: string;
  saved_by: number;
  saved_at: Date;
  ended_by: Generated<number | null>;
  /** When they were changed or taken away. */
  ended_at: Generated<Date | null>;
}

/** What moderators note for each other: about one comment, or about whoever uses a browser. */
export interface ColleagueNoteTable {
  id: Generated<number>;
  comment_id: number | null;
  browser_id: number | null;
  text: string;
  written_by: number;
  written_at: Date;
}

/** Who is to decide on a comment that waits. */
export interface HandOverTable {
  comment_id: number;
  to_id: number;
  by_id: number;
  note: string;
  handed_at: Date;
}

/** A decision about all comments that match some filters, that one person wrote, or that wait where it was closed, or the undo of what was done together. */
export interface SweepTable {
  id: Generated<number>;
  /** UUID that all of its events share. */
  batch: string;
  /** The moderator who asked for it. */
  account_id: number;
  action: ModeratorAction | 'undo';
  /** The filters as the fields of their address, see filter.ts; null for an undo, for a person, and for what is rejected with a closing. */
  filter: ColumnType<Readonly<Record<string, string>> | null, string | null, string | null>;
  /** The batch that an undo takes back. */
  undoes_batch: string | null;
  /** The closing with which what waits is rejected. */
  closure_id: number | null;
  /** A comment of the person whose comments are swept up, by what they are known, and whether what stands is, too. */
  person_id: number | null;
  person_by: KnownBy | null;
  person_scope: 'pending' | 'all' | null;
  /** What they are known by: one of these until it ends, and none from then on. */
  person_address_hash: Generated<Buffer | null>;
  person_browser_id: Generated<number | null>;
  person_network_hash: Generated<Buffer | null>;
  reason: Generated<string>;
  note: Generated<string>;
  asked_at: Date;
  /** The last event of all when it was asked for: what something happened to since is passed over. */
  through_event: number;
  /** How many matched when it was asked for. */
  expected: number;
  /** How far it is: id of the last comment, or of the last event for an undo, that was looked at; 0: not begun. */
  position: Generated<number>;
  decided: Generated<number>;
  state: Generated<'running' | 'stopped' | 'done'>;
  moved_at: Date;
}

export type Sweep = Selectable<SweepTable>;
