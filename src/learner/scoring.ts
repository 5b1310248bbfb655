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
  const { rows } = await sql<Counts & { all_spam: number; all_good: number; feature: string | null }>`${prepared}
    select total.spam as all_spam, total.good as all_good, known.feature, known.spam, known.good
    from learner_total total
    left join learner_feature known
      on known.feature = any(${features}::text[]) and known.spam + known.good >= ${sql.lit(leastSeen)}
      and total.spam >= ${leastOfEach}::integer and total.good >= ${leastOfEach}::integer`.execute(db);
  const total = { spam: rows[0]?.all_spam ?? 0, good: rows[0]?.all_good ?? 0 };
  if (!isTrained(total)) return undefined;
  const known = new Map(rows.map(({ feature, spam, good }) => [feature, { spam, good }]));
  return { total, countsOf: (feature: string) => known.get(feature) };
}
