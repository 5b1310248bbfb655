import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { scoreComments } from '../learner/scoring.ts';
import type { Facts } from './judge.ts';
import type { Typed } from './read-text.ts';

/** What the learner says of a comment; nothing while too little has been learned. */
export type ScoreFacts = Pick<Facts, 'score' | 'weighed'>;

/** Of what weighed for or against a comment, so much is kept. */
const mostWeighed = 5;

/**
 * Scores comments by what the learner has learned.
 *
 * @param trained whether it has learned enough to score by: where not, it is not asked.
 * @returns one for each, in their order.
 */
export async function findScores(
  db: Kysely<Database>,
  { texts, trained }: { texts: readonly Typed[]; trained: boolean },
): Promise<ScoreFacts[]> {
  if (!trained) return texts.map(() => ({}));
  const scores = await scoreComments(db, {
    texts: texts.map(({ name, website, source }) => ({ name, website, source, sourceFormat: 'markdown' })),
  });
  return scores.map((score) =>
    score ? { score: Math.round(score.score * 100), weighed: score.weighed.slice(0, mostWeighed) } : {},
  );
}
