import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../database.ts';
import { prepared } from '../prepared.ts';
import { featuresOf, type Written } from './features.ts';
import { type Counts, isTrained, leastOfEach, leastSeen, type Score, scoreFeatures } from './score.ts';

/**
 * Scores comments by what has been learned, with one query.
 *
 * @returns one for each, in their order; undefined for all while too little has been learned.
 */
export async function scoreComments(
  db: Kysely<Database>,
  { texts }: { texts: readonly Written[] },
): Promise<(Score | undefined)[]> {
  const features = texts.map(featuresOf);
  const learned = await loadLearned(db, [...new Set(features.flat())]);
  return features.map((each) => learned && scoreFeatures(each, learned));
}

/** Whether enough has been learned to score by, as part of another statement. */
export function isTrainedNow(): RawBuilder<boolean> {
  return sql<boolean>`exists (
    select from learner_total where spam >= ${sql.lit(leastOfEach)} and good >= ${sql.lit(leastOfEach)}
  )`;
}

async function loadLearned(db: Kysely<Database>, features: readonly string[]) {
  // As one value: a hundred rows take longer to be taken apart than to be found.
  const { rows } = await sql<Counts & { known: [feature: string, spam: number, good: number][] }>`${prepared}
    select total.spam, total.good, (
      select coalesce(json_agg(json_build_array(feature, spam, good)), '[]') from learner_feature
      where feature = any(${features}::text[]) and spam + good >= ${sql.lit(leastSeen)}
    ) as known
    from learner_total total
    where total.spam >= ${sql.lit(leastOfEach)} and total.good >= ${sql.lit(leastOfEach)}`.execute(db);
  const [total] = rows;
  if (!total || !isTrained(total)) return undefined;
  const known = new Map(total.known.map(([feature, spam, good]) => [feature, { spam, good }]));
  return { total, countsOf: (feature: string) => known.get(feature) };
}
