import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Database } from '../database.ts';

/** A signed-in browser of an account. */
export interface SessionRow {
  /** See `sessionMark`. */
  readonly mark: string;
  readonly signedInAt: Date;
  readonly userAgent: string;
}

/** What stands for a session in a page: a hash of its id, because who knows the id itself is signed in. */
export function sessionMark(sessionId: string): string {
  return createHash('sha256').update(sessionId).digest('hex');
}

/** The sessions of an account that have not run out, the latest first; at most 50. */
export function listSessions(
  db: Kysely<Database>,
  { accountId, now }: { accountId: number; now: Date },
): Promise<SessionRow[]> {
  return db
    .selectFrom('session')
    .select([
      markInDatabase.as('mark'),
      sql<Date>`(sess ->> 'signedInAt')::timestamptz`.as('signedInAt'),
      sql<string>`coalesce(sess ->> 'userAgent', '')`.as('userAgent'),
    ])
    .where('account_id', '=', accountId)
    .where('expire', '>', now)
    .orderBy('signedInAt', 'desc')
    .limit(50)
    .execute();
}

/** Ends one session of an account. @returns whether there was one. */
export async function endSession(
  db: Kysely<Database>,
  { accountId, mark }: { accountId: number; mark: string },
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('session')
    .where('account_id', '=', accountId)
    .where(markInDatabase, '=', mark)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/**
 * Ends the sessions of an account: all of them, or all but the one with the id `except`. What was mailed to it gives no right
 * any more either.
 */
export async function endSessions(
  db: Kysely<Database>,
  { accountId, except }: { accountId: number; except?: string },
): Promise<void> {
  await db
    .updateTable('account')
    .set({ mailed_rights_key: sql`gen_random_uuid()` })
    .where('id', '=', accountId)
    .execute();
  await db
    .deleteFrom('session')
    .where('account_id', '=', accountId)
    .$if(except !== undefined, (query) => query.where('sid', '!=', except as string))
    .execute();
}

const markInDatabase = sql<string>`encode(sha256(convert_to(sid, 'UTF8')), 'hex')`;
