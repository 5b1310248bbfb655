import { type Kysely, sql } from 'kysely';
import type { Database } from '../database.ts';
import { daysBefore } from '../days-before.ts';

/** For how many days a standing is still listed once it is over: as long as a browser keeps its cookie. */
const daysKept = 400;

/**
 * Deletes standings that have been over for long. Those of networks go as soon as they are over, and their time is: a network's
 * hash is kept no longer here than with comments.
 */
export async function cleanUpStandings(db: Kysely<Database>, { now }: { now: Date }): Promise<void> {
  const over = sql<Date>`least(ended_at, ends_at)`;
  await db
    .deleteFrom('standing')
    .where(({ or, and, eb }) =>
      or([
        eb(over, '<', daysBefore(now, daysKept)),
        and([eb('network_hash', 'is not', null), eb('ends_at', '<', now)]),
      ]),
    )
    .execute();
}
