import type { Kysely } from 'kysely';
import { latestRevisions } from '../comments/editing-queries.ts';
import type { CommentStatus } from '../comments/lifecycle.ts';
import { findJudgements } from '../comments/queries.ts';
import type { Database } from '../database.ts';
import { lastEvents } from '../events/queries.ts';
import type { Dates } from '../http/dates.ts';
import { listQueue, loadRecords } from './queries.ts';
import { presentQueueItem, type QueueItem } from './queue-view.ts';

/** How much of what a comment said before stands in the queue: enough to see what kind of edit it was. */
const earlierCharacters = 500;

/** Comments with all that helps to decide on them, in the order of the queue: as many queries for one as for a page. */
export async function findQueueItems(
  db: Kysely<Database>,
  { ids, status, dates }: { ids: readonly number[]; status: CommentStatus; dates: Dates },
): Promise<QueueItem[]> {
  const [rows, judgements, events, revisions, records] = await Promise.all([
    listQueue(db, { ids, status }),
    findJudgements(db, ids),
    lastEvents(db, { subjectKind: 'comment', subjectIds: ids }),
    latestRevisions(db, { commentIds: ids, characters: earlierCharacters }),
    loadRecords(db, ids),
  ]);
  return rows.map((row) => presentQueueItem(row, { judgements, events, revisions, records }, dates));
}
