import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { daysBefore } from '../days-before.ts';

/** For how many days links are kept once nobody can use them. */
const daysKept = 30;

/** Deletes sessions and limits that are over, and links that nobody can use any more. */
export async function cleanUpAccounts(db: Kysely<Database>, { now }: { now: Date }): Promise<void> {
  await db.deleteFrom('session').where('expire', '<', now).execute();
  await db.deleteFrom('rate_limit').where('expire', '<', String(now.getTime())).execute();
  // A link that was used before its time is as spent as one whose time is over.
  const before = daysBefore(now, daysKept);
  for (const table of ['invitation', 'password_reset'] as const) {
    await db
      .deleteFrom(table)
      .where((where) => where.or([where('expires_at', '<', before), where('used_at', '<', before)]))
      .execute();
  }
}
