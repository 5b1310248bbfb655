import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { addJob } from '../jobs/queries.ts';
import type { RuleChoice } from '../rules/rule.ts';
import { measureScope } from './judged-comments.ts';
import { findCandidate, insertReplay, lockRunning, moveOn } from './queries.ts';
import { replayPart } from './replay.ts';
import type { Scope } from './scope.ts';

/** After so many milliseconds another job goes on, since no job may take long (see jobs/queries.ts). */
const longestJob = 5_000;

/**
 * Begins to try rules on what was written before; a job carries it out. The rules themselves stay as they are.
 *
 * @param token of the rules that the form was filled with, which became these.
 * @returns its id.
 */
export async function startReplay(
  db: Kysely<Database>,
  {
    rules,
    token,
    scope,
    actorId,
    now,
  }: { rules: readonly RuleChoice[]; token: string; scope: Scope; actorId: number; now: Date },
): Promise<number> {
  const { first, last, expected } = await measureScope(db, { scope, now });
  return db.transaction().execute(async (trx) => {
    const replayId = await insertReplay(trx, { rules, token, scope, actorId, now, stretch: { first, last }, expected });
    await addJob(trx, 'replay', { replayId });
    return replayId;
  });
}

/** Does a part of a replay, as a job; another job goes on. What was interrupted goes on behind the last part that was committed. */
export async function carryOnReplay(db: Kysely<Database>, { replayId }: { replayId: number }): Promise<void> {
  const rules = await findCandidate(db, replayId);
  if (!rules) return;
  const until = performance.now() + longestJob;
  while (await replayOnce(db, { replayId, rules })) {
    if (performance.now() < until) continue;
    await db.transaction().execute((trx) => addJob(trx, 'replay', { replayId }));
    return;
  }
}

/**
 * Does the next transaction of a replay.
 *
 * @param rules those that it tries.
 * @returns whether there is more to do.
 */
export function replayOnce(
  db: Kysely<Database>,
  { replayId, rules }: { replayId: number; rules: readonly RuleChoice[] },
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const running = await lockRunning(trx, replayId);
    if (!running) return false;
    const { first_judgement: first, next_judgement: last, done } = running;
    const { looked, tally, next } = await replayPart(trx, { rules, stretch: { first, last }, tally: running.tally });
    await moveOn(trx, { replayId, tally, done: done + looked, next });
    return next !== undefined;
  });
}
