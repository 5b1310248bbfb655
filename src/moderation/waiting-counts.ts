import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { prepared } from '../prepared.ts';
import { countAppeals } from './appeal-queries.ts';
import { countHandedTo } from './hand-over.ts';
import { type QueueOwner, selectSum } from './queries.ts';
import { countReported } from './report-queries.ts';

/** How much waits within somebody's reach. */
export interface WaitingCounts {
  /** Comments. */
  readonly waiting: number;
  /** Appeals that are open. */
  readonly appeals: number;
  /** Comments that have open reports. */
  readonly reports: number;
  /** Comments that were handed to whoever looks. */
  readonly handed: number;
}

/** Counts all that waits, in one statement. */
export async function countWaiting(db: Kysely<Database>, owner: QueueOwner): Promise<WaitingCounts> {
  const { waiting, appeals, reports, handed } = await db
    .selectNoFrom([
      selectSum(db, { owner, status: 'pending' }).as('waiting'),
      countAppeals(db, owner).as('appeals'),
      countReported(db, owner).as('reports'),
      countHandedTo(db, owner).as('handed'),
    ])
    .modifyFront(prepared)
    .executeTakeFirstOrThrow();
  return { waiting: waiting ?? 0, appeals: appeals ?? 0, reports: reports ?? 0, handed: handed ?? 0 };
}
