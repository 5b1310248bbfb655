import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { lockWithAncestors } from '../comments/transition.ts';
import type { Database } from '../database.ts';
import { findEvent, recordEvents, type ToldEvent } from '../events/queries.ts';
import { dismissReports } from '../reports/settle.ts';
import type { Moderator } from './moderator.ts';
import { filterReachable } from './queries.ts';
import { listOpenReports } from './report-queries.ts';

/** What became of a dismissal. */
export type Dismissed =
  | { readonly kind: 'done'; readonly count: number; readonly eventId: number }
  /** Somebody else has settled all of them; the event says who and how. */
  | { readonly kind: 'settled'; readonly event: ToldEvent | undefined }
  | { readonly kind: 'unknown' };

/**
 * Dismisses the open reports about a comment that a moderator has seen; the comment stays as it is. Those that came later
 * stay open.
 *
 * @param through id of the last report that was shown.
 */
export function dismissSeen(
  db: Kysely<Database>,
  {
    commentId,
    through,
    note,
    moderator,
    now,
  }: { commentId: number; through: number; note: string; moderator: Moderator; now: Date },
): Promise<Dismissed> {
  return db.transaction().execute(async (trx) => {
    const reachable = await filterReachable(trx, { ids: [commentId], moderator });
    if ((await lockWithAncestors(trx, reachable)).size === 0) return { kind: 'unknown' };
    const ids = await listOpenReports(trx, { commentId, through });
    const [first] = ids;
    if (first === undefined) {
      const settled = await trx
        .selectFrom('report')
        .select('settled_event_id')
        .where('comment_id', '=', commentId)
        .where('id', '=', through)
        .executeTakeFirst();
      if (!settled) return { kind: 'unknown' };
      const event = await findEvent(trx, settled.settled_event_id ?? 0);
      // A form that was sent twice.
      const again = event?.action === 'dismiss' && event.actor_id === moderator.viewer.id;
      return again ? { kind: 'done', count: 1, eventId: event.id } : { kind: 'settled', event };
    }
    const batch = ids.length > 1 ? randomUUID() : undefined;
    const events = await recordEvents(
      trx,
      ids.map((id) => ({
        subjectKind: 'report',
        subjectId: id,
        action: 'dismiss',
        actorId: moderator.viewer.id,
        batch,
        note: id === first ? note : '',
        now,
      })),
    );
    await dismissReports(trx, { dismissals: new Map(ids.map((id, index) => [id, events[index] as number])), now });
    return { kind: 'done', count: ids.length, eventId: events[0] as number };
  });
}
