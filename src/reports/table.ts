import type { Generated, Selectable } from 'kysely';

/** What can be wrong with a comment; `illegal` has a form of its own. */
export type ReportKind = 'spam' | 'abuse' | 'private_data' | 'off_topic' | 'other' | 'illegal';

/** What became of a report: the comment was taken down, stays, or was deleted by its writer. */
export type ReportOutcome = 'acted' | 'dismissed' | 'gone';

/** What a reader says about a comment: one report for each person and comment. */
export interface ReportTable {
  id: Generated<number>;
  comment_id: number;
  kind: ReportKind;
  text: string;
  /** Of what is illegal: the law that it breaks, and who says so; null for all others. */
  law: string | null;
  name: string | null;
  /** Where the outcome is to be told; typed, never proved, and erased once it was told. */
  email: string | null;
  browser_id: number | null;
  /** Keyed hash of the network it came from; erased after a set time. */
  network_hash: Buffer | null;
  created_at: Date;
  /** null while it is open. */
  outcome: ReportOutcome | null;
  settled_at: Date | null;
  /** What settled it: a dismissal, or what was done to the comment. */
  settled_event_id: number | null;
  /** When the outcome was mailed. */
  told_at: Date | null;
}

export type Report = Selectable<ReportTable>;
