import type { Generated, Selectable } from 'kysely';

/** A mail that is to be sent, or was: recipient, subject and body are erased once it is. */
export interface MailTable {
  id: Generated<number>;
  /** The Message-ID header: the same at every attempt. */
  message_id: string;
  recipient: string | null;
  subject: string | null;
  body: string | null;
  created_at: Date;
  sent_at: Date | null;
  /** When it was given up. */
  failed_at: Date | null;
  last_error: string | null;
}

export type Mail = Selectable<MailTable>;
