import { setImmediate as pause } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { type Example, heaviest, type Judged, judgeHeldOut } from '../learner/held-out.ts';
import type { Total } from '../learner/queries.ts';
import { isTrained, type Weighed } from '../learner/score.ts';

/** Comments that are scored anew to tell how well it goes: the newest. */
const mostExamples = 2_000;

/** In so many of them at least something occurs that is told as weighing much. */
export const leastTold = 5;

const mostTold = 10;

/** How well the learner does with decisions that it has not seen. */
export interface Evaluation {
  readonly judged: readonly Judged[];
  /** What weighs most for spam, and against it, the heaviest first. */
  readonly forSpam: readonly Weighed[];
  readonly forGood: readonly Weighed[];
}

/** Tells how well the learner does; undefined while it is off. */
export type Evaluate = (total: Total) => Promise<Evaluation | undefined>;

/** Makes what tells how well the learner does. The answer is kept in memory until something is learned. */
export function createEvaluation(db: Kysely<Database>): Evaluate {
  let kept: { readonly revision: number; readonly evaluation: Promise<Evaluation> } | undefined;
  return async (total) => {
    if (!isTrained(total)) return undefined;
    if (kept?.revision !== total.revision) {
      const evaluation = evaluate(db);
      kept = { revision: total.revision, evaluation };
      evaluation.catch(() => {
        kept = undefined;
      });
    }
    return await kept?.evaluation;
  };
}

async function evaluate(db: Kysely<Database>): Promise<Evaluation> {
  const newest: Example[] = await db
    .selectFrom('learned_comment')
    .select(['label', 'features'])
    .orderBy('comment_id', 'desc')
    .limit(mostExamples)
    .execute();
  const examples = newest.toReversed();
  const judged: Judged[] = [];
  for (const part of judgeHeldOut(examples)) {
    judged.push(...part);
    // Others want their pages meanwhile.
    await pause();
  }
  const weighed = heaviest(examples, leastTold);
  return {
    judged,
    forSpam: weighed.filter(({ weight }) => weight > 0).slice(0, mostTold),
    forGood: weighed.filter(({ weight }) => weight < 0).slice(0, mostTold),
  };
}
