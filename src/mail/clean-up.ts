import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { daysBefore } from '../days-before.ts';

/** For how many days mail is kept that was sent or given up. */
const daysKept = 90;

/** Deletes mail that is done with. What waits to be sent stays, however long that takes. */
export async function cleanUpMail(db: Kysely<Database>, { now }: { now: Date }): Promise<void> {
  await db
    .deleteFrom('mail')
    .where('created_at', '<', daysBefore(now, daysKept))
    .where((where) => where.or([where('sent_at', 'is not', null), where('failed_at', 'is not', null)]))
    .execute();
}
