import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../database.ts';
import type { RuleChoice } from '../rules/rule.ts';
import type { Stretch } from './judged-comments.ts';
import type { Tally } from './result.ts';
import type { Scope } from './scope.ts';
import type { Replay } from './table.ts';
import { emptyTally } from './tally.ts';

/** Stores rules that are to be tried. @returns the id of the replay. */
export async function insertReplay(
  trx: Transaction<Database>,
  {
    rules,
    token,
    scope,
    actorId,
    now,
    stretch,
    expected,
  }: {
    rules: readonly RuleChoice[];
    token: string;
    scope: Scope;
    actorId: number;
    now: Date;
    stretch: Stretch;
    expected: number;
  },
): Promise<number> {
  const { id } = await trx
    .insertInto('replay')
    .values({
      asked_by: actorId,
      asked_at: now,
      candidate: JSON.stringify(rules),
      rules_token: token,
      scope: JSON.stringify(scope),
      first_judgement: stretch.first,
      next_judgement: stretch.last,
      expected,
      tally: JSON.stringify(emptyTally),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** How far a replay is, without the rules that it tries: those can be long. */
export type ReplayProgress = Pick<Replay, 'id' | 'state' | 'done' | 'expected'>;

/** How far a replay is; undefined where there is none, or none any more. */
export function findProgress(db: Kysely<Database>, id: number): Promise<ReplayProgress | undefined> {
  return db.selectFrom('replay').select(['id', 'state', 'done', 'expected']).where('id', '=', id).executeTakeFirst();
}

/** What a replay tried and what came of it; undefined where there is none. */
export function findReplay(db: Kysely<Database>, id: number): Promise<Replay | undefined> {
  return db.selectFrom('replay').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The rules that a replay tries; undefined where it has ended. */
export async function findCandidate(db: Kysely<Database>, id: number): Promise<RuleChoice[] | undefined> {
  const replay = await db
    .selectFrom('replay')
    .select('candidate')
    .where('id', '=', id)
    .where('state', '=', 'running')
    .executeTakeFirst();
  return replay?.candidate;
}

/** A replay that is to go on, held so that no other process carries on with it; undefined where it has ended. */
export function lockRunning(
  trx: Transaction<Database>,
  id: number,
): Promise<Pick<Replay, 'first_judgement' | 'next_judgement' | 'done' | 'tally'> | undefined> {
  return trx
    .selectFrom('replay')
    .select(['first_judgement', 'next_judgement', 'done', 'tally'])
    .where('id', '=', id)
    .where('state', '=', 'running')
    .forUpdate()
    .executeTakeFirst();
}

/** Stores what has come of a replay so far. @param next where the rest ends; undefined: there is none, and it has ended. */
export async function moveOn(
  trx: Transaction<Database>,
  { replayId, tally, done, next }: { replayId: number; tally: Tally; done: number; next: number | undefined },
): Promise<void> {
  await trx
    .updateTable('replay')
    .set({
      tally: JSON.stringify(tally),
      done,
      ...(next === undefined ? { state: 'done' } : { next_judgement: next }),
    })
    .where('id', '=', replayId)
    .execute();
}
