import { randomUUID } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import type { CommentStatus } from '../comments/lifecycle.ts';
import { changeStatus, lockWithAncestors } from '../comments/transition.ts';
import type { Database } from '../database.ts';
import { lastEvents } from '../events/queries.ts';
import type { SweepForm } from './person-form.ts';
import { listFrom } from './person-queries.ts';

/** Comments that one sweep takes away at most: it is one transaction. */
export const mostSwept = 500;

/** What can be swept up: what waits, or that and what readers see. */
export const sweepable: Readonly<Record<SweepForm['scope'], readonly CommentStatus[]>> = {
  pending: ['pending'],
  all: ['pending', 'approved'],
};

/** What became of a sweep; by the event all of it can be undone. */
export interface Swept {
  readonly count: number;
  readonly eventId: number | undefined;
}

/**
 * Takes away what a person wrote, the newest first, in one transaction and as one batch: what waits is rejected and what
 * stands is removed, or all of it is spam.
 *
 * @param commentId one of the person's comments.
 */
export function sweepUp(
  db: Kysely<Database>,
  { commentId, sweep, actorId, now }: { commentId: number; sweep: SweepForm; actorId: number; now: Date },
): Promise<Swept> {
  return db.transaction().execute(async (trx) => {
    const statuses = sweepable[sweep.scope];
    const ids = await listFrom(trx, { commentId, by: sweep.by, statuses, limit: mostSwept });
    const locked = [...(await lockWithAncestors(trx, ids)).values()];
    // What somebody decided on meanwhile is left alone.
    const open = locked.filter(({ status }) => statuses.includes(status));
    const done = await changeStatus(trx, open, {
      action: sweep.action,
      otherwise: 'remove',
      actorId,
      batch: open.length > 1 ? randomUUID() : undefined,
      reason: sweep.reason,
      now,
    });
    const [first] = done.keys();
    return { count: done.size, eventId: await lastEventOf(trx, first) };
  });
}

async function lastEventOf(trx: Transaction<Database>, id: number | undefined): Promise<number | undefined> {
  if (id === undefined) return undefined;
  return (await lastEvents(trx, { subjectKind: 'comment', subjectIds: [id] })).get(id)?.id;
}
