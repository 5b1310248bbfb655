import type { Kysely } from 'kysely';
import { findClosure, subjectOf } from '../comments/closures.ts';
import type { Database } from '../database.ts';
import { addJob } from '../jobs/queries.ts';
import { takeSubject } from './close.ts';
import { rejectInParts } from './reject-waiting.ts';

/**
 * Begins to reject what waits, as a job at the date of a closing. Waits for the replies that are being stored. Nothing is
 * rejected where the closing was called off, or another one was put in its place.
 */
export function rejectAsItCloses(
  db: Kysely<Database>,
  { closureId, now }: { closureId: number; now: Date },
): Promise<void> {
  return db.transaction().execute(async (trx) => {
    const asked = await trx.selectFrom('closure').selectAll().where('id', '=', closureId).executeTakeFirst();
    if (!asked) return;
    const subject = subjectOf(asked);
    await takeSubject(trx, subject);
    const closure = await findClosure(trx, subject);
    if (closure?.id !== closureId || closure.closed_by === null) return;
    const { waiting_batch, begins_at, closed_by: actorId } = closure;
    if (waiting_batch === null || begins_at === null) return;
    // The clock by which jobs are done is ahead of this one.
    if (begins_at > now) await addJob(trx, 'reject_waiting', { closureId }, { runAt: begins_at });
    else await rejectInParts(trx, { subject, closure: { ...closure, waiting_batch }, actorId, now });
  });
}
