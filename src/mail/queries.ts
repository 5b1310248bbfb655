import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import type { Mail } from './table.ts';

/** A mail that is still to be sent, with its text. */
export type UnsentMail = Pick<Mail, 'message_id' | 'created_at' | 'unsubscribe_url'> & {
  readonly recipient: string;
  readonly subject: string;
  readonly body: string;
};

/** The mail, unless it was sent or is no more. */
export function findUnsentMail(db: Kysely<Database>, id: number): Promise<UnsentMail | undefined> {
  return db
    .selectFrom('mail')
    .select(['message_id', 'created_at', 'recipient', 'subject', 'body', 'unsubscribe_url'])
    .where('id', '=', id)
    .where('sent_at', 'is', null)
    .$narrowType<UnsentMail>()
    .executeTakeFirst();
}

/** Notes that a mail was sent, and erases what it said and to whom. */
export async function recordSent(db: Kysely<Database>, id: number, sentAt: Date): Promise<void> {
  await db
    .updateTable('mail')
    .set({
      ...{ sent_at: sentAt, failed_at: null, last_error: null },
      ...{ recipient: null, subject: null, body: null, unsubscribe_url: null },
    })
    .where('id', '=', id)
    .execute();
}

/**
 * Notes why a mail was not sent.
 *
 * @param failure `error`: without addresses; `failedAt`: when it was given up, or null where it will be tried again.
 */
export async function recordFailure(
  db: Kysely<Database>,
  id: number,
  failure: { readonly error: string; readonly failedAt: Date | null },
): Promise<void> {
  await db
    .updateTable('mail')
    .set({ last_error: failure.error, failed_at: failure.failedAt })
    .where('id', '=', id)
    .execute();
}
