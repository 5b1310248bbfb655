import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { addJob } from '../jobs/queries.ts';
import { maskAddress, maskAddresses } from './mask.ts';

/** A mail that could not be delivered so far, as the owner sees it: without anybody's address. */
export interface UndeliveredMail {
  readonly id: number;
  readonly subject: string;
  /** Masked. */
  readonly recipient: string;
  readonly createdAt: Date;
  /** When it was given up; null: it will be tried again. */
  readonly failedAt: Date | null;
  /** What the mail server said last, with addresses masked. */
  readonly error: string;
}

/** How many mails were given up. */
export async function countGivenUp(db: Kysely<Database>): Promise<number> {
  const { count } = await db
    .selectFrom('mail')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('sent_at', 'is', null)
    .where('failed_at', 'is not', null)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Mail that could not be delivered so far: what was given up first, then the newest. */
export async function listUndelivered(db: Kysely<Database>, { limit }: { limit: number }): Promise<UndeliveredMail[]> {
  const rows = await db
    .selectFrom('mail')
    .select(['id', 'recipient', 'subject', 'created_at', 'failed_at', 'last_error'])
    .where('sent_at', 'is', null)
    .where('last_error', 'is not', null)
    .orderBy(({ eb }) => eb('failed_at', 'is', null))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    subject: row.subject ?? '',
    recipient: maskAddress(row.recipient ?? ''),
    createdAt: row.created_at,
    failedAt: row.failed_at,
    error: maskAddresses(row.last_error ?? ''),
  }));
}

/** Has a mail tried again that was given up, with as many tries as a new one. @returns whether there was one. */
export function retryMail(db: Kysely<Database>, { id }: { id: number }): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const mail = await trx
      .updateTable('mail')
      .set({ failed_at: null })
      .where('id', '=', id)
      .where('sent_at', 'is', null)
      .where('failed_at', 'is not', null)
      .returning('id')
      .executeTakeFirst();
    if (mail) await addJob(trx, 'deliver_mail', { mailId: mail.id });
    return mail !== undefined;
  });
}

/** Deletes a mail that could not be delivered; the job that would try it again finds nothing. @returns whether there was one. */
export async function dropMail(db: Kysely<Database>, { id }: { id: number }): Promise<boolean> {
  const mail = await db
    .deleteFrom('mail')
    .where('id', '=', id)
    .where('sent_at', 'is', null)
    .where('last_error', 'is not', null)
    .returning('id')
    .executeTakeFirst();
  return mail !== undefined;
}
