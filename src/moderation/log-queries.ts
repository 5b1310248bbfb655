import { type Kysely, sql } from 'kysely';
import type { Database } from '../database.ts';
import { isOnPostOf, type QueueOwner } from './queries.ts';

/** Rows that a page of the log has. */
export const logRows = 50;

/** How many that were done in one go are counted; beyond, there are more. */
export const mostTogether = 1_000;

/** What of the log is asked for: all of it, or what happened to one thing, or by one person. */
export type LogFilter =
  | { readonly kind: 'all' }
  | { readonly kind: 'comment' | 'by' | 'post' | 'person'; readonly id: number };

/** An event as the log lists it. */
export type LogRow = Awaited<ReturnType<typeof listLog>>[number];

/**
 * A page of the log, the newest first, and one row more where it goes on. Who moderates only own posts sees what happened to
 * these and their comments; others see everything.
 *
 * @param before id of the last event of the page before.
 */
export function listLog(
  db: Kysely<Database>,
  { owner, filter, before }: { owner: QueueOwner; filter: LogFilter; before: number | undefined },
) {
  const matching = db
    .selectFrom('event')
    .select('event.id')
    .$if(before !== undefined, (query) => query.where('event.id', '<', before ?? 0))
    .$if(filter.kind === 'comment', (query) =>
      query.where('event.subject_kind', '=', 'comment').where('event.subject_id', '=', idOf(filter)),
    )
    .$if(filter.kind === 'person', (query) =>
      query.where('event.subject_kind', '=', 'standing').where('event.subject_id', 'in', aboutTheSame(idOf(filter))),
    )
    .$if(filter.kind === 'by', (query) => query.where('event.actor_id', '=', idOf(filter)))
    .orderBy('event.id', 'desc')
    .limit(logRows + 1);
  // Some of each conversation, each from the index, so that those of all others do not matter.
  const amongPosts = db
    .selectFrom('post')
    .innerJoinLateral(
      () => matching.where('event.conversation_id', '=', sql.ref<number>('post.conversation_id')).as('matching'),
      (join) => join.onTrue(),
    )
    .select('matching.id')
    .where(isOnPostOf(owner))
    .$if(filter.kind === 'post', (query) => query.where('post.id', '=', idOf(filter)))
    .orderBy('matching.id', 'desc')
    .limit(logRows + 1);
  const listed = owner.reach === 'all' && filter.kind !== 'post' ? matching : amongPosts;
  return db
    .selectFrom(listed.as('listed'))
    .innerJoin('event', 'event.id', 'listed.id')
    .leftJoin('event_note', 'event_note.event_id', 'event.id')
    .leftJoin('account as actor', 'actor.id', 'event.actor_id')
    .leftJoin('post', 'post.conversation_id', 'event.conversation_id')
    .leftJoin('appeal', (join) =>
      join.onRef('appeal.id', '=', 'event.subject_id').on('event.subject_kind', '=', 'appeal'),
    )
    .leftJoin('report', (join) =>
      join.onRef('report.id', '=', 'event.subject_id').on('event.subject_kind', '=', 'report'),
    )
    .leftJoin('comment', (join) =>
      join.on(sql<boolean>`comment.id = case event.subject_kind
        when 'comment' then event.subject_id when 'branch' then event.subject_id
        when 'appeal' then appeal.comment_id when 'report' then report.comment_id end`),
    )
    .leftJoin('account as person', (join) =>
      join.onRef('person.id', '=', 'event.subject_id').on('event.subject_kind', '=', 'account'),
    )
    .leftJoin('standing', (join) =>
      join.onRef('standing.id', '=', 'event.subject_id').on('event.subject_kind', '=', 'standing'),
    )
    .leftJoin('settings_change', 'settings_change.event_id', 'event.id')
    .leftJoin('comment as judged', 'judged.id', 'standing.comment_id')
    .selectAll('event')
    .select([
      'event_note.reason',
      'event_note.note',
      'actor.name as actor_name',
      'post.id as post_id',
      'post.title as post_title',
      'post.kind as post_kind',
      'post.slug as post_slug',
      'comment.id as comment_id',
      'comment.name as comment_name',
      'person.name as person_name',
      'standing.comment_id as standing_comment_id',
      'standing.reason as standing_reason',
      'standing.note as standing_note',
      'judged.name as judged_name',
      'settings_change.fields as changed_settings',
    ])
    .select((eb) =>
      eb
        .exists(
          eb
            .selectFrom('post_author')
            .select('post_author.post_id')
            .whereRef('post_author.post_id', '=', 'post.id')
            .where('post_author.account_id', '=', owner.viewer.id),
        )
        .$castTo<boolean>()
        .as('on_own_post'),
    )
    .select((eb) =>
      eb
        .selectFrom(
          eb
            .selectFrom('event as each')
            .select('each.id')
            .whereRef('each.batch', '=', 'event.batch')
            .limit(mostTogether + 1)
            .as('done'),
        )
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .as('together'),
    )
    .orderBy('event.id', 'desc')
    .execute();
}

// All that was decided about a person by the same key as one standing; alone where that one was deleted.
function aboutTheSame(standingId: number) {
  return sql<number>`(
    select ${standingId}::integer
    union
    select other.id from standing one join standing other
      on other.address_hash = one.address_hash or other.browser_id = one.browser_id or other.network_hash = one.network_hash
    where one.id = ${standingId}
  )`;
}

function idOf(filter: LogFilter): number {
  return filter.kind === 'all' ? 0 : filter.id;
}
