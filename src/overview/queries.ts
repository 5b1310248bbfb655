import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import { moderatorActions } from '../comments/lifecycle.ts';
import type { Database } from '../database.ts';
import { listForUndo } from '../events/queries.ts';
import { standingOf } from '../events/standing.ts';
import { isOnPostOf, type QueueOwner } from '../moderation/queries.ts';

/** So many of the latest decisions, and of the latest spam, are looked at, however many there are on the site. */
export const mostCounted = 5_000;

/** A decision of a moderator, as far as it is counted. */
export interface CountedDecision {
  readonly moderatorId: number;
  readonly moderator: string;
  readonly decidedAt: Date;
  /** Seconds for which the comment had waited; null where it did not wait. */
  readonly waited: number | null;
  /** Whether it was undone, and that holds. */
  readonly overturned: boolean;
}

/**
 * The latest decisions of the site, from a day on: all of them, or those on one's own posts.
 *
 * @returns also whether there may be more of them that were not looked at.
 */
export async function listDecisions(
  db: Kysely<Database>,
  { owner, since }: { owner: QueueOwner; since: Date },
): Promise<{ decisions: CountedDecision[]; cut: boolean }> {
  const latest = db
    .selectFrom('event')
    .select(['event.id', 'event.subject_id', 'event.actor_id', 'event.from_status', 'event.created_at'])
    .select('event.conversation_id')
    .where(isDecision)
    .orderBy('event.id', 'desc')
    .limit(mostCounted);
  // By id, as the index has them; the few that are too old go afterwards, or it would be read to its end.
  const rows = await db
    .selectFrom(latest.as('decision'))
    .innerJoin('account', 'account.id', 'decision.actor_id')
    .leftJoin('post', 'post.conversation_id', 'decision.conversation_id')
    .select(['decision.id', 'decision.subject_id', 'decision.created_at', 'account.id as moderator_id', 'account.name'])
    .select((eb) => [
      eb
        .case()
        .when('decision.from_status', '=', 'pending')
        .then(
          eb
            .selectFrom('event as held')
            .select(
              sql<number>`extract(epoch from ${sql.ref('decision.created_at')} - ${sql.ref('held.created_at')})::float8`.as(
                'waited',
              ),
            )
            .where('held.subject_kind', '=', 'comment')
            .whereRef('held.subject_id', '=', 'decision.subject_id')
            .whereRef('held.id', '<', 'decision.id')
            .where('held.to_status', '=', 'pending')
            .where('held.from_status', 'is distinct from', 'pending')
            .orderBy('held.id', 'desc')
            .limit(1),
        )
        .end()
        .as('waited'),
      eb
        .exists(eb.selectFrom('event as undo').select('undo.id').whereRef('undo.undoes', '=', 'decision.id'))
        .as('was_undone'),
      sql<boolean>`${isOnPostOf(owner)(eb as unknown as ExpressionBuilder<Database, 'post'>)}`.as('within_reach'),
    ])
    .execute();
  const counted = rows.filter(({ created_at, within_reach }) => created_at >= since && within_reach);
  const undone = counted.filter(({ was_undone }) => was_undone).map(({ subject_id }) => subject_id);
  const histories = await listForUndo(db, { subjectKind: 'comment', subjectIds: [...new Set(undone)] });
  return {
    // An undo can be undone itself: then the decision holds.
    decisions: counted.map((row) => ({
      moderatorId: row.moderator_id,
      moderator: row.name,
      decidedAt: row.created_at,
      waited: row.waited,
      overturned: Boolean(row.was_undone) && !standingOf(histories.get(row.subject_id) ?? []).holding.has(row.id),
    })),
    cut: rows.length === mostCounted && rows.every(({ created_at }) => created_at >= since),
  };
}

/** An appeal that was answered. */
export interface AnsweredAppeal {
  readonly answeredAt: Date;
  /** Whether the decision was taken back. */
  readonly granted: boolean;
}

/** The latest appeals that were answered, from a day on: all of them, or those on one's own posts. */
export async function listAnsweredAppeals(
  db: Kysely<Database>,
  { owner, since }: { owner: QueueOwner; since: Date },
): Promise<AnsweredAppeal[]> {
  const latest = db
    .selectFrom('appeal')
    .select(['comment_id', 'decided_at', 'outcome'])
    .where('decided_event_id', 'is not', null)
    .orderBy('decided_event_id', 'desc')
    .limit(mostCounted);
  const rows = await db
    .selectFrom(latest.as('latest'))
    .innerJoin('comment', 'comment.id', 'latest.comment_id')
    .innerJoin('post', 'post.conversation_id', 'comment.conversation_id')
    .select(['latest.decided_at', 'latest.outcome'])
    .where('latest.decided_at', '>=', since)
    .where(isOnPostOf(owner))
    .execute();
  return rows.flatMap(({ decided_at: answeredAt, outcome }) =>
    answeredAt ? [{ answeredAt, granted: outcome === 'overturned' }] : [],
  );
}

/** When the latest spam came, from a day on: all of it, or that on one's own posts. */
export async function listSpamTimes(
  db: Kysely<Database>,
  { owner, since }: { owner: QueueOwner; since: Date },
): Promise<{ times: Date[]; cut: boolean }> {
  const latestThat = (status: 'spam' | 'expired') => {
    const some = db
      .selectFrom('comment')
      .select(['comment.id', 'comment.created_at', 'comment.conversation_id'])
      .where('comment.status', '=', status)
      .orderBy('comment.id', 'desc')
      .limit(mostCounted);
    return db.selectFrom(some.as('some')).selectAll();
  };
  // What has expired since came as well.
  const latest = db
    .selectFrom(latestThat('spam').unionAll(latestThat('expired')).as('either'))
    .selectAll()
    .orderBy('id', 'desc')
    .limit(mostCounted);
  const rows = await db
    .selectFrom(latest.as('latest'))
    .innerJoin('post', 'post.conversation_id', 'latest.conversation_id')
    .select('latest.created_at')
    .where('latest.created_at', '>=', since)
    .where(isOnPostOf(owner))
    .execute();
  return { times: rows.map(({ created_at }) => created_at), cut: rows.length === mostCounted };
}

// In the words of the index, which is for these only.
const isDecision = sql<boolean>`event.subject_kind = 'comment' and event.actor_id is not null
  and event.action in (${sql.join(moderatorActions.map((action) => sql.lit(action)))})`;
