import type { Kysely } from 'kysely';
import { judgeComment } from '../comments/policies.ts';
import type { Database } from '../database.ts';
import { type RuleChoice, rulesInForce } from '../rules/rule.ts';
import { type JudgedComment, readJudged, type Stretch } from './judged-comments.ts';
import type { Replayed, Tally } from './result.ts';
import { countMore } from './tally.ts';

/** Comments that are judged at a time: nobody else in the process waits longer than for these. */
export const partSize = 200;

/** Judges a comment by other rules, on what was known of it; undefined where it was erased. */
export function replayComment(
  { id: commentId, facts, switches, words, before, decided }: JudgedComment,
  rules: readonly RuleChoice[],
): Replayed | undefined {
  if (words === undefined) return undefined;
  const { rule, status, numbers, opinions } = judgeComment(facts, { rules: rulesInForce(rules, switches), words });
  return { commentId, before, after: { status, rule, numbers, detail: opinions[0]?.detail }, decided };
}

/**
 * Judges the last part of a stretch by other rules, from what is stored and nothing else.
 *
 * @param rules the same array for each part: what is made ready of long lists is kept with them.
 * @returns how many were looked at, the tally with them, and where the rest ends; undefined where there is none.
 */
export async function replayPart(
  db: Kysely<Database>,
  { rules, stretch, tally }: { rules: readonly RuleChoice[]; stretch: Stretch; tally: Tally },
): Promise<{ looked: number; tally: Tally; next: number | undefined }> {
  const { comments, next } = await readJudged(db, { ...stretch, most: partSize });
  const replayed = comments.flatMap((comment) => replayComment(comment, rules) ?? []);
  const looked = comments.length;
  return { looked, tally: countMore(tally, { replayed, erased: looked - replayed.length }), next };
}
