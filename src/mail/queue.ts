import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { addJob } from '../jobs/queries.ts';

/** A mail as whoever causes it words it. */
export interface Letter {
  /** One address, without a name. */
  readonly recipient: string;
  readonly subject: string;
  /** Plain text. */
  readonly body: string;
  /** Absolute address that ends mails such as this one by a POST (RFC 8058); none: it was asked for once. */
  readonly unsubscribeUrl?: string | undefined;
}

/**
 * Has a mail sent once the transaction is committed; rolled back, nobody hears of it.
 *
 * @throws TypeError where the recipient is not one address: the form that took it should have refused it.
 */
export async function queueMail(
  trx: Transaction<Database>,
  { recipient, subject, body, unsubscribeUrl, now }: Letter & { readonly now: Date },
): Promise<void> {
  if (!/^[^\s\p{Cc},;<>"]+@[^\s\p{Cc},;<>"@]+$/u.test(recipient)) throw new TypeError('A mail goes to one address.');
  const { id } = await trx
    .insertInto('mail')
    .values({
      message_id: randomUUID(),
      recipient,
      subject: oneLine(subject),
      body,
      unsubscribe_url: unsubscribeUrl ?? null,
      created_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await addJob(trx, 'deliver_mail', { mailId: id });
}

// A line break in a header would begin another header.
function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}
