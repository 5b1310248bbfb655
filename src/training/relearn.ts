import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { storeLessons, type Total } from '../learner/queries.ts';
import { takeTurn } from '../turns.ts';
import { findLessons } from './labels.ts';

/** Comments that are looked at together. */
const batchSize = 500;

/**
 * Forgets everything and learns all decisions that stand anew, in one transaction: until it is done, scores are what they were.
 * The numbers are those that learning bit by bit comes to.
 *
 * @param options `imported`: whether what came from elsewhere is learned by the status that it came with; that holds for what
 * is learned later, too. `onProgress` is told how many comments have been looked at. Once `stopping`, nothing has changed.
 * @returns what has been learned; undefined where it was stopped.
 */
export async function learnFromNothing(
  db: Kysely<Database>,
  { imported, stopping, onProgress }: { imported: boolean; stopping: AbortSignal; onProgress: (seen: number) => void },
): Promise<(Total & { features: number }) | undefined> {
  try {
    return await db.transaction().execute(async (trx) => {
      await takeTurn(trx, { about: 'learner', id: 1 });
      for (const table of ['learning_due', 'learned_comment', 'learner_feature'] as const)
        await trx.deleteFrom(table).execute();
      let last = 0;
      let seen = 0;
      for (;;) {
        stopping.throwIfAborted();
        const commentIds = await nextComments(trx, last);
        await storeLessons(trx, await findLessons(trx, { commentIds, imported }));
        last = commentIds.at(-1) ?? last;
        seen += commentIds.length;
        if (commentIds.length > 0) onProgress(seen);
        if (commentIds.length < batchSize) break;
      }
      const features = await countFeatures(trx);
      return { ...(await countLearned(trx, imported)), features };
    });
  } catch (error) {
    if (stopping.aborted) return undefined;
    throw error;
  }
}

async function nextComments(trx: Transaction<Database>, after: number): Promise<number[]> {
  const rows = await trx
    .selectFrom('comment')
    .select('id')
    .where('id', '>', after)
    .where('status', 'in', ['approved', 'spam'])
    .orderBy('id')
    .limit(batchSize)
    .execute();
  return rows.map(({ id }) => id);
}

/** Counts the features of all that has been learned, where none are counted yet. @returns how many there are. */
export async function countFeatures(trx: Transaction<Database>): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into learner_feature (feature, spam, good)
    select feature collate "C", count(*) filter (where label = 'spam'), count(*) filter (where label = 'good')
    from learned_comment cross join unnest(features) as feature
    group by feature collate "C"`.execute(trx);
  return Number(numAffectedRows ?? 0);
}

/** Counts the comments that have been learned. */
export async function countLearned(trx: Transaction<Database>, imported: boolean): Promise<Total> {
  const { rows } = await sql<Total>`
    insert into learner_total (spam, good, imported, revision)
    select count(*) filter (where label = 'spam'), count(*) filter (where label = 'good'), ${imported}::boolean, 1
    from learned_comment
    on conflict (id) do update
    set spam = excluded.spam, good = excluded.good, imported = excluded.imported, revision = learner_total.revision + 1
    returning spam, good, imported, revision`.execute(trx);
  return rows[0] as Total;
}
