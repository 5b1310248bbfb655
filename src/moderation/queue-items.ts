import type { Response } from 'express';
import type { Kysely } from 'kysely';
import { signedInViewer, viewerReach } from '../accounts/viewer.ts';
import { latestRevisions } from '../comments/editing-queries.ts';
import { findJudgements } from '../comments/queries.ts';
import type { Database } from '../database.ts';
import { lastEvents } from '../events/queries.ts';
import { frameOf } from '../http/render.ts';
import { siteOf } from '../site/current.ts';
import { listColleagues, loadHandOvers } from './hand-over.ts';
import { loadNotes } from './notes.ts';
import { loadRecords, type QueueRow } from './queries.ts';
import { presentQueueItem, type QueueItem } from './queue-view.ts';

/** How much of what a comment said before stands in the queue: enough to see what kind of edit it was. */
const earlierCharacters = 500;

/** Looks up all that helps to decide on some comments, and makes them ready to print. */
export async function loadQueueItems(
  db: Kysely<Database>,
  response: Response,
  rows: readonly QueueRow[],
): Promise<QueueItem[]> {
  const ids = rows.map(({ id }) => id);
  const viewerId = signedInViewer(response).id;
  const postIds = [...new Set(rows.map(({ post_id }) => post_id))];
  const [judgements, events, revisions, records, notes, handOvers, colleagues] = await Promise.all([
    findJudgements(db, ids),
    lastEvents(db, { subjectKind: 'comment', subjectIds: ids }),
    latestRevisions(db, { commentIds: ids, characters: earlierCharacters }),
    loadRecords(db, ids),
    loadNotes(db, ids),
    loadHandOvers(db, ids),
    listColleagues(db, { postIds, except: viewerId }),
  ]);
  const found = { judgements, events, revisions, records, notes, handOvers, colleagues };
  const { authors_moderate: authorsModerate } = siteOf(response);
  const { dates } = frameOf(response);
  const judgesPeople = viewerReach(response, 'judge_people') === 'all';
  return rows.map((row) => presentQueueItem(row, { ...found, viewerId, authorsModerate }, { dates, judgesPeople }));
}
