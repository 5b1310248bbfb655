import type { Generated, Selectable } from 'kysely';

/** A mail that is to be sent, or was: recipient, subject and body are erased once it is. */
export interface MailTable {
  id: Generated<number>;
  /** A UUID; with the site's host it makes the Message-ID header, which is the same at every attempt. */
  message_id: string;
  recipient: string | null;
  subject: string | null;
  body: string | null;
  /** For the List-Unsubscribe header; erased with the text. */
  unsubscribe_url: string | null;
  created_at: Date;
  sent_at: Date | null;
  /** When it was given up. */
  failed_at: Date | null;
  /** What the mail server said last, for the staff, with addresses masked. */
  last_error: string | null;
}

export type Mail = Selectable<MailTable>;
