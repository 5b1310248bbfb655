import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { daysBefore } from '../days-before.ts';
import { givenRows } from '../given-rows.ts';
import { known, type Question, question } from '../pipeline.ts';
import { prepared } from '../prepared.ts';
import type { Place } from '../rules/places.ts';
import { daysKept } from './days-kept.ts';
import type { Lead } from './judge.ts';

/** A comment that leads to places, and who writes it. */
export interface Leading {
  readonly places: readonly Place[];
  readonly browserId: number | undefined;
  readonly networkHash: Buffer | undefined;
  /** The name that it is written under. */
  readonly name: string;
  /** The comment that is judged again since it was edited: neither it nor what came after it counts. */
  readonly editedId?: number | undefined;
  readonly now: Date;
}

/** So many are enough to know, of each place. */
const mostCounted = 50;

/**
 * Counts the strangers who led to the same places: other people, of whom nothing stands approved. Places count where nothing stands
 * that was approved and leads there, and the post itself does not. In one query, from indexes: of each place so many rows at most.
 *
 * @returns one list for each, in their order: the places that count, be it that nobody led there.
 */
export function leadsOf({
  comments,
  conversationId,
}: {
  comments: readonly Leading[];
  conversationId: number;
}): Question<Lead[][]> {
  const asked = comments.flatMap(({ places, ...leading }, index) =>
    places.map(({ host, place }) => ({
      ...{ index, host, place },
      browser_id: leading.browserId,
      network_hash: leading.networkHash,
      name: leading.name,
      edited_id: leading.editedId,
      since: daysBefore(leading.now, daysKept.place),
    })),
  );
  if (asked.length === 0) return known(comments.map(() => []));
  const statement = sql<Lead & { index: number }>`
    ${prepared} with asked as materialized (
      select * from ${givenRows('asked', askedColumns, asked)}
    ),
    told as materialized (
      select host from (select distinct host from asked) each where exists (
        select from post where post.conversation_id = ${conversationId}::integer
          and strpos(post.html, host) > 0
          and post.html ~ ('//(www\\.)?' || regexp_replace(host, '([^a-z0-9-])', '\\\\\\1', 'g') || '(["/:?#]|&)')
      )
    )
    select asked.index, asked.host, asked.place, led.others, led.spam
    from asked
    cross join lateral (
      select
        least(count(distinct browser), count(distinct caller))::integer as others,
        least(
          count(distinct browser) filter (where confirmed), count(distinct caller) filter (where confirmed)
        )::integer as spam
      from ${strangersAt(sql`asked.place`, sql`asked.since`)} stranger
      where stranger.comment_id < coalesce(asked.edited_id, 2147483647)
        and (stranger.browser_id is null or stranger.browser_id is distinct from asked.browser_id)
        and (stranger.network_hash is null or (stranger.network_hash, lower(stranger.name)) is distinct from
          (asked.network_hash, lower(asked.name)))
    ) led
    where not exists (select from comment_place where comment_place.place = asked.place and known)
      and asked.host not in (select host from told)
    order by asked.nth`;
  return question(statement, (rows) => {
    const found = Map.groupBy(rows, ({ index }) => index);
    return comments.map((_comment, index) =>
      (found.get(index) ?? []).map(({ host, place, others, spam }) => ({ host, place, others, spam })),
    );
  });
}

const askedColumns = {
  index: 'integer',
  host: 'text',
  place: 'text',
  browser_id: 'integer',
  network_hash: 'bytea',
  name: 'text',
  edited_id: 'integer',
  since: 'timestamptz',
} as const;

// Who led to a place, newest first, read backwards along the index as copies are. Who comes from one network under one name again is one
// person, be it without a cookie; and so is who comes in one browser. Somebody is known of whom something else stands approved.
// One by one and in an order, so that indexes are read: else Postgres may expect to do better by reading all comments.
function strangersAt(place: RawBuilder<unknown>, since: RawBuilder<unknown>) {
  return sql`(
    select
      found.comment_id, comment.browser_id, comment.network_hash, comment.name,
      coalesce(comment.browser_id, -comment.id) as browser,
      coalesce(encode(comment.network_hash, 'hex'), comment.id::text) || ' ' || lower(comment.name) as caller,
      comment.status = 'spam' and not comment.unconfirmed_spam as confirmed
    from (
      select comment_id from comment_place
      where (place, written_at) > (${place}, ${since}) and (place, written_at) <= (${place}, 'infinity'::timestamptz)
      order by place desc, written_at desc limit ${sql.lit(mostCounted)}
    ) found
    cross join lateral (
      select id, account_id, browser_id, network_hash, name, status, unconfirmed_spam
      from comment where comment.id = found.comment_id limit 1
    ) comment
    where comment.account_id is null and (
      select known.id from comment known
      where known.browser_id = comment.browser_id and known.status = 'approved' and known.id <> comment.id
      order by known.created_at desc limit 1
    ) is null
  )`;
}

/**
 * What came of strangers and leads to a place to which a comment leads that was taken for spam. Nothing where the comment stands otherwise by
 * now, or the place is known by now.
 *
 * @returns ids, the newest only.
 */
export async function findSharersOfSpam(
  db: Kysely<Database>,
  { commentId, place }: { commentId: number; place: string },
): Promise<number[]> {
  const { rows } = await sql<{ comment_id: number }>`
    ${prepared} select stranger.comment_id
    from comment
    join comment_place asked on asked.comment_id = comment.id and asked.place = ${place}
    cross join lateral ${strangersAt(sql`asked.place`, sql`asked.written_at - ${sql.lit(`${daysKept.place} days`)}::interval`)} stranger
    where comment.id = ${commentId}::integer and comment.status = 'spam' and stranger.comment_id <> comment.id
      and not exists (select from comment_place where comment_place.place = asked.place and known)`.execute(db);
  return rows.map(({ comment_id }) => comment_id);
}

/** A comment and where it leads. */
export interface PlacedComment {
  readonly commentId: number;
  readonly places: readonly Place[];
  /** Whether it vouches for its places, see leads.ts: then they are known here. */
  readonly known: boolean;
  readonly now: Date;
}

/** Keeps where comments lead that are there already; of new ones `storeComments` does. */
export async function storePlaces(trx: Transaction<Database>, comments: readonly PlacedComment[]): Promise<void> {
  const rows = comments.flatMap(({ commentId, places, known, now }) =>
    places.map(({ place }) => ({ comment_id: commentId, place, known, written_at: now })),
  );
  if (rows.length > 0) await trx.insertInto('comment_place').values(rows).execute();
}

/**
 * Keeps where a comment leads now that it was edited, instead of where it led before: what is new nobody has approved, unless it
 * vouches for it itself.
 */
export async function replacePlaces(
  trx: Transaction<Database>,
  { commentId, places, known: allKnown, now }: PlacedComment,
): Promise<void> {
  const before = await trx
    .deleteFrom('comment_place')
    .where('comment_id', '=', commentId)
    .returning(['place', 'known'])
    .execute();
  const known = new Set(before.filter((each) => each.known).map(({ place }) => place));
  await storePlaces(
    trx,
    [true, false].map((isKnown) => ({
      ...{ commentId, known: isKnown, now },
      places: places.filter(({ place }) => (allKnown || known.has(place)) === isKnown),
    })),
  );
}
