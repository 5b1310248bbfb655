import type { Generated } from 'kysely';

/** What a moderator took a comment for. */
export type Label = 'spam' | 'good';

/** How many comments of each kind have been learned: one row, or none before the first. */
export interface LearnerTotalTable {
  id: Generated<number>;
  spam: Generated<number>;
  good: Generated<number>;
  /** Whether what was imported is learned, too, by the status that it came with. */
  imported: Generated<boolean>;
  /** Raised whenever something is learned or unlearned. */
  revision: Generated<number>;
}

/** In how many learned comments of each kind a feature occurs; never in none. */
export interface LearnerFeatureTable {
  feature: string;
  spam: number;
  good: number;
}

/** What was learned from one comment. */
export interface LearnedCommentTable {
  comment_id: number;
  label: Label;
  /** With which it was learned, whatever it says now. */
  features: string[];
}

/** A comment that is to be looked at anew. Filled by the database itself, see the migration. */
export interface LearningDueTable {
  /** bigint: Postgres hands it over as text. */
  id: Generated<string>;
  comment_id: number;
}
