import type { Response } from 'express';
import type { Kysely } from 'kysely';
import { signedInViewer, viewerReach } from '../accounts/viewer.ts';
import { latestRevisions } from '../comments/editing-queries.ts';
import type { CommentStatus } from '../comments/lifecycle.ts';
import { findJudgements } from '../comments/queries.ts';
import type { Database } from '../database.ts';
import { lastEvents } from '../events/queries.ts';
import { frameOf } from '../http/render.ts';
import { siteOf } from '../site/current.ts';
import { listDecidedAbove } from './above.ts';
import { listColleagues, loadHandOvers } from './hand-over.ts';
import { moderatorOf, offeredActions } from './moderator.ts';
import { loadNotes } from './notes.ts';
import { listQueue, loadRecords, type QueueRow } from './queries.ts';
import { presentQueueItem, type QueueItem } from './queue-view.ts';

/** How much of what a comment said before stands in the queue: enough to see what kind of edit it was. */
const earlierCharacters = 500;

/** Comments with all that helps to decide on them, in the order of the queue: as many queries for one as for a page. */
export async function loadQueueItems(
  db: Kysely<Database>,
  response: Response,
  { ids, status }: { ids: readonly number[]; status: CommentStatus },
): Promise<QueueItem[]> {
  const rows = await listQueue(db, { ids, status });
  const viewerId = signedInViewer(response).id;
  const postIds = [...new Set(rows.map(({ post_id }) => post_id))];
  const [judgements, events, revisions, records, notes, handOvers, above, colleagues] = await Promise.all([
    findJudgements(db, ids),
    lastEvents(db, { subjectKind: 'comment', subjectIds: ids }),
    latestRevisions(db, { commentIds: idsOf(rows, 'edited'), characters: earlierCharacters }),
    loadRecords(db, ids),
    loadNotes(db, idsOf(rows, 'noted')),
    loadHandOvers(db, idsOf(rows, 'handed')),
    listDecidedAbove(db, { ids, moderator: moderatorOf(response) }),
    status === 'pending' ? listColleagues(db, { postIds, except: viewerId }) : [],
  ]);
  const found = { judgements, events, revisions, records, notes, handOvers, colleagues };
  const { authors_moderate: authorsModerate } = siteOf(response);
  const { dates } = frameOf(response);
  const judgesPeople = viewerReach(response, 'judge_people') === 'all';
  return rows.map((row) => {
    const actions = above.has(row.id) ? [] : offeredActions(response, row.status, row.unconfirmed_spam);
    return presentQueueItem(row, { ...found, viewerId, authorsModerate }, { dates, judgesPeople, actions });
  });
}

function idsOf(rows: readonly QueueRow[], what: 'edited' | 'noted' | 'handed'): number[] {
  return rows.filter((row) => row[what]).map(({ id }) => id);
}
