import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { CommentStatus } from '../comments/lifecycle.ts';
import type { Comment } from '../comments/table.ts';
import type { Database } from '../database.ts';
import { addressMark } from '../persons/address-mark.ts';
import type { GivenStanding, Person } from '../persons/person.ts';
import type { KnownBy } from '../persons/standing.ts';

/** The guest who wrote a comment, as far as it says who that is. */
export interface Writer extends Person {
  readonly commentId: number;
  /** As it was typed; empty where it was erased. */
  readonly name: string;
  /** The address where it was proved. */
  readonly email: string | null;
}

/** Finds the guest who wrote a comment; undefined where there is no such comment, or one of the staff wrote it. */
export async function findWriter(db: Kysely<Database>, commentId: number): Promise<Writer | undefined> {
  return await writers(db).where('id', '=', commentId).executeTakeFirst();
}

/**
 * Finds the guest again whom a sweep is about, by the comment on which it was asked for, or by another one of theirs where
 * that one does not say any more who they are. No address has an index by its mark, so that others are looked through then.
 *
 * @returns undefined where no comment says who they are.
 */
export async function findSwept(
  db: Kysely<Database>,
  { commentId, person }: { commentId: number; person: Person },
): Promise<Writer | undefined> {
  const { address_hash, browser_id, network_hash } = person;
  const theirs = writers(db)
    .$if(address_hash !== null, (query) =>
      query.where('email_proved', '=', true).where(addressMark(sql.ref('email')), '=', address_hash),
    )
    .$if(browser_id !== null, (query) => query.where('browser_id', '=', browser_id))
    .$if(network_hash !== null, (query) => query.where('network_hash', '=', network_hash));
  return (await theirs.where('id', '=', commentId).executeTakeFirst()) ?? (await theirs.limit(1).executeTakeFirst());
}

function writers(db: Kysely<Database>) {
  return db
    .selectFrom('comment')
    .select(['id as commentId', 'name', 'browser_id', 'network_hash'])
    .select(sql<string | null>`case when email_proved then email end`.as('email'))
    .select(sql<Buffer | null>`case when email_proved then ${addressMark(sql.ref('email'))} end`.as('address_hash'))
    .where('account_id', 'is', null);
}

/** Comments that are counted of one person. */
export const mostCounted = 1_000;

/** How many comments of each status there are. */
export type StatusCounts = Readonly<Partial<Record<CommentStatus, number>>>;

/** How the newest comments stand that came from where a comment came from: `mostCounted` at most. */
export async function countByStatus(
  db: Kysely<Database>,
  { commentId, by }: { commentId: number; by: KnownBy },
): Promise<StatusCounts> {
  const { rows } = await sql<{ status: CommentStatus; count: number }>`
    select status, count(*)::integer as count from (
      select other.status from comment one join lateral (
        select status from comment other where ${isFrom(by)} order by other.created_at desc limit ${mostCounted}
      ) other on true
      where one.id = ${commentId}
    ) counted
    group by status`.execute(db);
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

/** The newest comments of these statuses that came from where a comment came from. @returns their ids. */
export async function listFrom(
  db: Kysely<Database>,
  {
    commentId,
    by,
    statuses,
    limit,
  }: { commentId: number; by: KnownBy; statuses: readonly CommentStatus[]; limit: number },
): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select other.id from comment one join lateral (
      select id from comment other
      where ${isFrom(by)} and other.status = any(${statuses}::text[])
      order by other.created_at desc
      limit ${limit}
    ) other on true
    where one.id = ${commentId}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Which comments of a person a sweep is about. */
export interface Sweepable {
  readonly person: Pick<Writer, 'email' | 'browser_id' | 'network_hash'>;
  readonly by: KnownBy;
  readonly statuses: readonly CommentStatus[];
}

/** Some of what is to be swept up of a person, the oldest first. @param after id of the last one that was looked at. */
export async function listToSweep(
  db: Kysely<Database>,
  { person, by, statuses, after, most }: Sweepable & { after: number; most: number },
): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select other.id from ${known(person)} one join comment other
    on ${isFrom(by)} and ${hasStatus(statuses)} and other.id::bigint > ${after}
    order by other.id::bigint
    limit ${most}`.execute(db);
  return rows.map(({ id }) => id);
}

/** How much there is to be swept up of a person, exactly. */
export async function countToSweep(db: Kysely<Database>, { person, by, statuses }: Sweepable): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count
    from ${known(person)} one join comment other on ${isFrom(by)} and ${hasStatus(statuses)}`.execute(db);
  return rows[0]?.count ?? 0;
}

// The values themselves, and not the comment that says them: that may be deleted on the way.
function known({ email, browser_id, network_hash }: Sweepable['person']): RawBuilder<unknown> {
  return sql`(
    select ${email}::text as email, true as email_proved, ${browser_id}::integer as browser_id,
      ${network_hash}::bytea as network_hash
  )`;
}

// In words of its own, since what waits has indexes of its own.
function hasStatus(statuses: readonly CommentStatus[]): RawBuilder<boolean> {
  return sql`other.status in (${sql.join(statuses.map((status) => sql.lit(status)))})`;
}

// Each is read from an index in the order of time.
function isFrom(by: KnownBy): RawBuilder<boolean> {
  switch (by) {
    case 'address':
      return sql`one.email_proved and other.email = one.email and other.email_proved`;
    case 'browser':
      return sql`other.browser_id = one.browser_id`;
    case 'network':
      return sql`other.network_hash = one.network_hash`;
  }
}

/** A comment of a person, as their page lists it. */
export type WrittenRow = Pick<Comment, 'id' | 'status' | 'html' | 'created_at'> & {
  readonly post_title: string;
  readonly post_id: number;
};

/** Some comments by their ids, the newest first. */
export async function listWrittenBy(db: Kysely<Database>, ids: readonly number[]): Promise<WrittenRow[]> {
  return await db
    .selectFrom('comment')
    .innerJoin('post', 'post.conversation_id', 'comment.conversation_id')
    .select(['comment.id', 'comment.status', 'comment.html', 'comment.created_at'])
    .select(['post.title as post_title', 'post.id as post_id'])
    .where('comment.id', '=', sql<number>`any(${ids}::integer[])`)
    .orderBy('comment.created_at', 'desc')
    .execute();
}

/** A standing that holds, as the list of all shows it. */
export type CurrentStanding = GivenStanding & {
  /** As it was typed; null or empty where that was erased. */
  readonly name: string | null;
};

/** Standings that a page of the list has. */
export const standingRows = 50;

/**
 * A page of the standings that hold now, and one row more where it goes on: what ends next comes first.
 *
 * @param after id of the last one of the page before.
 */
export async function listCurrent(
  db: Kysely<Database>,
  { after, now }: { after: number | undefined; now: Date },
): Promise<CurrentStanding[]> {
  const ends = sql`coalesce(standing.ends_at, 'infinity'::timestamptz)`;
  return await db
    .selectFrom('standing')
    .innerJoin('account', 'account.id', 'standing.given_by')
    .leftJoin('comment', 'comment.id', 'standing.comment_id')
    .selectAll('standing')
    .select(['account.name as giver', 'comment.name'])
    .where('standing.ended_at', 'is', null)
    .where(sql<boolean>`${ends} > ${now}::timestamptz`)
    .$if(after !== undefined, (query) =>
      query.where(
        sql<boolean>`(${ends}, standing.id) > (
          select coalesce(last.ends_at, 'infinity'::timestamptz), last.id from standing last where last.id = ${after ?? 0}
        )`,
      ),
    )
    .orderBy(ends)
    .orderBy('standing.id')
    .limit(standingRows + 1)
    .execute();
}
