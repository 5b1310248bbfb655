import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import type { DoneEvent } from '../events/queries.ts';
import { standingOf, type UndoableEvent } from '../events/standing.ts';
import type { Moderator } from './moderator.ts';
import { mostUndoneAtOnce } from './sweep.ts';
import { beginSweep, newestEvent } from './sweep-queries.ts';
import { undoDecisions } from './undo-decisions.ts';
import type { UndoOutcome } from './undo-outcome.ts';

/**
 * Takes back what was rejected along with a closing: at once, or in parts where it is much, which passes over that to which
 * something else has happened since.
 *
 * @param undoes UUID that the events share which are taken back.
 * @param batch UUID that the events share, with that of the closing.
 */
export async function undoRejections(
  trx: Transaction<Database>,
  {
    undoes,
    done,
    partly,
    batch,
    moderator,
    now,
  }: {
    undoes: string | null;
    done: readonly DoneEvent[];
    partly: boolean;
    batch: string;
    moderator: Moderator;
    now: Date;
  },
): Promise<UndoOutcome> {
  if (done.length <= mostUndoneAtOnce) return await undoDecisions(trx, { done, partly, batch, moderator, now });
  const sweepId = await beginSweep(trx, {
    batch,
    account_id: moderator.viewer.id,
    action: 'undo',
    undoes_batch: undoes,
    asked_at: now,
    through_event: await newestEvent(trx),
    expected: done.length,
    moved_at: now,
  });
  return sweepId === undefined ? { kind: 'unknown' } : { kind: 'begun', sweepId };
}

/** How many of the decisions of a batch can be undone. @param after only those that came after this event. */
export async function countUndoable(
  db: Kysely<Database>,
  { batch, after }: { batch: string; after: number },
): Promise<number> {
  const { rows } = await sql<UndoableEvent & { readonly subject_id: number; readonly asked: boolean }>`
    select id, subject_id, undoes, batch is not distinct from ${batch}::uuid and id > ${after} as asked
    from event
    where subject_kind = 'comment' and subject_id in (
      select subject_id from event where batch = ${batch} and id > ${after} and subject_kind = 'comment'
    )
    order by id`.execute(db);
  let count = 0;
  for (const history of Map.groupBy(rows, ({ subject_id }) => subject_id).values()) {
    const { undoable } = standingOf(history);
    if (history.some(({ id, asked }) => asked && undoable.has(id))) count += 1;
  }
  return count;
}
