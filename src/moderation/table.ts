import type { Generated } from 'kysely';

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
