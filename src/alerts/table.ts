/** A comment that waits, and a moderator who is to be told of it by mail: one row for each, so that nobody is told twice. */
export interface AlertTable {
  account_id: number;
  comment_id: number;
  created_at: Date;
  /** When the mail that tells it was written; null: it gathers. */
  told_at: Date | null;
}
