import { randomUUID } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import type { CommentStatus } from '../comments/lifecycle.ts';
import { changeStatus, lockWithAncestors } from '../comments/transition.ts';
import type { Database } from '../database.ts';
import { lastEvents } from '../events/queries.ts';
import { columnOf } from '../persons/person.ts';
import type { KnownBy } from '../persons/standing.ts';
import type { SweepForm } from './person-form.ts';
import { countToSweep, listToSweep, type Writer } from './person-queries.ts';
import { beginSweep, newestEvent } from './sweep-queries.ts';
import type { SweepTable } from './table.ts';

/** Comments that are swept up at once: it is one transaction. More are swept up in parts, by a job. */
const mostAtOnce = 200;

/** What can be swept up: what waits, or that and what readers see. */
export const sweepable: Readonly<Record<SweepForm['scope'], readonly CommentStatus[]>> = {
  pending: ['pending'],
  all: ['pending', 'approved'],
};

// What a person is known by is kept until the end: any of their comments may be deleted on the way.
const keptIn = {
  address: 'person_address_hash',
  browser: 'person_browser_id',
  network: 'person_network_hash',
} as const satisfies Record<KnownBy, keyof SweepTable>;

/** What became of a sweep; by the event all of it can be undone. */
export type Swept =
  | { readonly kind: 'swept'; readonly count: number; readonly eventId: number | undefined }
  /** It is so much that it is done in parts. */
  | { readonly kind: 'begun'; readonly sweepId: number | undefined };

/**
 * Takes away all that a person wrote, as one batch: what waits is rejected and what stands is removed, or all of it is spam.
 */
export function sweepUp(
  db: Kysely<Database>,
  { person, sweep, actorId, now }: { person: Writer; sweep: SweepForm; actorId: number; now: Date },
): Promise<Swept> {
  return db.transaction().execute(async (trx) => {
    const statuses = sweepable[sweep.scope];
    const asked = { person, by: sweep.by, statuses };
    const ids = await listToSweep(trx, { ...asked, after: 0, most: mostAtOnce + 1 });
    if (ids.length > mostAtOnce) {
      const sweepId = await beginSweep(trx, {
        ...{ person_id: person.commentId, person_by: sweep.by, person_scope: sweep.scope },
        [keptIn[sweep.by]]: person[columnOf[sweep.by]],
        batch: sweep.batch,
        account_id: actorId,
        action: sweep.action,
        reason: sweep.reason,
        asked_at: now,
        through_event: await newestEvent(trx),
        expected: await countToSweep(trx, asked),
        moved_at: now,
      });
      return { kind: 'begun', sweepId };
    }
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
    return { kind: 'swept', count: done.size, eventId: await lastEventOf(trx, first) };
  });
}

async function lastEventOf(trx: Transaction<Database>, id: number | undefined): Promise<number | undefined> {
  if (id === undefined) return undefined;
  return (await lastEvents(trx, { subjectKind: 'comment', subjectIds: [id] })).get(id)?.id;
}
