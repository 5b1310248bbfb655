import type { Generated, Selectable } from 'kysely';

/** What became of an appeal: the decision stands, or it was taken back. */
export type AppealOutcome = 'upheld' | 'overturned';

/** What the writer of a comment says against a decision on it: one appeal for each deciding event. */
export interface AppealTable {
  id: Generated<number>;
  comment_id: number;
  /** The event that decided. */
  event_id: number;
  /** null once it was decided and the time for which it is kept is over. */
  text: string | null;
  created_at: Date;
  /** null while it is open. */
  outcome: AppealOutcome | null;
  decided_at: Date | null;
  /** What decided it: an event of the appeal itself, or the one by which the comment came back. */
  decided_event_id: number | null;
}

export type Appeal = Selectable<AppealTable>;
