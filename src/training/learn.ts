import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { addJob } from '../jobs/queries.ts';
import { changeFeatures, changeTotal, loadTotal, storeLessons, takeLessons, tallyOf } from '../learner/queries.ts';
import { tryTurn } from '../turns.ts';
import { findLessons } from './labels.ts';

/** Comments that one transaction looks at. */
const batchSize = 100;

/** After so many milliseconds another job goes on, since no job may take long (see jobs/queries.ts). */
const longestJob = 5_000;

/** Learns and unlearns what is due, as a job; another job goes on where that takes long. */
export async function learnDue(db: Kysely<Database>): Promise<void> {
  const until = performance.now() + longestJob;
  while (await learnSome(db)) {
    if (performance.now() < until) continue;
    await db.transaction().execute((trx) => addJob(trx, 'learn', {}, { once: true }));
    return;
  }
}

/**
 * Looks at the next comments that are due, and learns them anew. One process does so at a time; another one leaves it to that.
 * What was noted later stays due, even of the same comments: nobody who decides waits.
 *
 * @returns whether there may be more.
 */
export function learnSome(db: Kysely<Database>): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    if (!(await tryTurn(trx, { about: 'learner', id: 1 }))) return false;
    const due = await trx
      .selectFrom('learning_due')
      .select(['id', 'comment_id'])
      .orderBy('id')
      .limit(batchSize)
      .execute();
    if (due.length === 0) return false;
    await learnAnew(trx, [...new Set(due.map(({ comment_id }) => comment_id))]);
    const ids = due.map(({ id }) => id);
    await trx.deleteFrom('learning_due').where('id', 'in', ids).execute();
    return due.length === batchSize;
  });
}

// What was learned of them goes, exactly as it came; what they teach now comes.
async function learnAnew(trx: Transaction<Database>, commentIds: readonly number[]): Promise<void> {
  const { imported } = await loadTotal(trx);
  const forgotten = await takeLessons(trx, commentIds);
  const learned = await findLessons(trx, { commentIds, imported });
  if (forgotten.length + learned.length === 0) return;
  await storeLessons(trx, learned);
  const tally = tallyOf({ learned, forgotten });
  await changeFeatures(trx, tally.features);
  await changeTotal(trx, tally.total);
}
