import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import type { LearnedCommentTable, LearnerTotalTable } from './table.ts';

/** What has been learned in all. */
export type Total = Pick<Selectable<LearnerTotalTable>, 'spam' | 'good' | 'imported' | 'revision'>;

/** By how much counts go up or down. */
export interface Difference {
  spam: number;
  good: number;
}

/** How much has been learned, and how. */
export async function loadTotal(db: Kysely<Database>): Promise<Total> {
  const row = await db.selectFrom('learner_total').select(['spam', 'good', 'imported', 'revision']).executeTakeFirst();
  return row ?? { spam: 0, good: 0, imported: false, revision: 0 };
}

/** How many changes are yet to be learned. */
export async function countDue(db: Kysely<Database>): Promise<number> {
  const { count } = await db
    .selectFrom('learning_due')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Takes away what was learned of these comments. @returns what that was. */
export function takeLessons(trx: Transaction<Database>, commentIds: readonly number[]): Promise<LearnedCommentTable[]> {
  return trx.deleteFrom('learned_comment').where('comment_id', 'in', commentIds).returningAll().execute();
}

/** Keeps what is learned of comments beside them. */
export async function storeLessons(trx: Transaction<Database>, lessons: readonly LearnedCommentTable[]): Promise<void> {
  if (lessons.length === 0) return;
  await trx.insertInto('learned_comment').values(lessons).execute();
}

/** By how much what is learned and what is forgotten change the counts, of each feature and in all. */
export function tallyOf({
  learned,
  forgotten,
}: {
  learned: readonly LearnedCommentTable[];
  forgotten: readonly LearnedCommentTable[];
}): { total: Difference; features: ReadonlyMap<string, Difference> } {
  const total = { spam: 0, good: 0 };
  const byFeature = new Map<string, Difference>();
  const add = ({ label, features }: LearnedCommentTable, by: 1 | -1) => {
    total[label] += by;
    for (const feature of features) {
      const difference = byFeature.get(feature) ?? { spam: 0, good: 0 };
      difference[label] += by;
      byFeature.set(feature, difference);
    }
  };
  for (const lesson of learned) add(lesson, 1);
  for (const lesson of forgotten) add(lesson, -1);
  return { total, features: byFeature };
}

/** Counts features up and down. One that occurs nowhere any more is gone. */
export async function changeFeatures(
  trx: Transaction<Database>,
  differences: ReadonlyMap<string, Difference>,
): Promise<void> {
  const changed = [...differences].filter(([, { spam, good }]) => spam !== 0 || good !== 0);
  if (changed.length === 0) return;
  // First up: a row whose counts were below nothing for a moment would be refused.
  await sql`
    insert into learner_feature (feature, spam, good)
    select * from ${rowsOf(changed, (count) => Math.max(0, count))}
    where spam > 0 or good > 0
    on conflict (feature) do update
    set spam = learner_feature.spam + excluded.spam, good = learner_feature.good + excluded.good`.execute(trx);
  const lost = rowsOf(changed, (count) => Math.max(0, -count));
  await sql`
    delete from learner_feature known using ${lost}
    where known.feature = difference.feature and known.spam = difference.spam and known.good = difference.good`.execute(
    trx,
  );
  await sql`
    update learner_feature known set spam = known.spam - difference.spam, good = known.good - difference.good
    from ${lost}
    where known.feature = difference.feature and (difference.spam > 0 or difference.good > 0)`.execute(trx);
}

/** Counts the learned comments up and down. */
export async function changeTotal(trx: Transaction<Database>, { spam, good }: Difference): Promise<void> {
  await sql`
    insert into learner_total (spam, good, revision) values (${Math.max(0, spam)}, ${Math.max(0, good)}, 1)
    on conflict (id) do update
    set spam = learner_total.spam + ${spam}::integer, good = learner_total.good + ${good}::integer,
      revision = learner_total.revision + 1`.execute(trx);
}

function rowsOf(differences: readonly (readonly [string, Difference])[], part: (count: number) => number) {
  return sql`unnest(
    ${differences.map(([feature]) => feature)}::text[],
    ${differences.map(([, { spam }]) => part(spam))}::integer[],
    ${differences.map(([, { good }]) => part(good))}::integer[]
  ) as difference (feature, spam, good)`;
}
