/** Keys by which services elsewhere know the owner. They are shown to nobody, and stay out of backups. */
export interface OutsideKeyTable {
  /** The address that the key is for, as `readServiceUrl` takes it. */
  url: string;
  key: string;
}

/** What became of a comment, as a service is told it. */
export type Outcome = 'spam' | 'good';

/** What the service was told last of a comment. */
export interface OutsideToldTable {
  comment_id: number;
  /** The judgement in which it had said otherwise. Of any other it was told nothing. */
  judgement_id: number;
  outcome: Outcome;
  told_at: Date;
}
