import { type Kysely, sql } from 'kysely';
import type { Database } from '../database.ts';
import { published } from './query-parts.ts';
import type { Post } from './table.ts';

/** A post as the index lists it. */
export interface IndexedPost extends Pick<Post, 'id' | 'slug' | 'title'> {
  readonly published_at: Date;
}

/** A stretch of time: from its first moment until before its last. */
export interface Span {
  readonly from: Date;
  readonly until: Date;
}

/**
 * Published posts by title, in the order of the site's language; at most `limit`.
 *
 * @param after the id of a post: only what comes behind it in this order. One that is not published leaves nothing, as an
 * unknown one does: where it would stand tells of its title.
 * @param span only what was published in it.
 */
export async function listTitles(
  db: Kysely<Database>,
  {
    now,
    language,
    limit,
    after,
    span,
  }: { now: Date; language: string; limit: number; after?: number | undefined; span?: Span | undefined },
): Promise<IndexedPost[]> {
  const collation = sql.id(await collationOf(db, language));
  return db
    .selectFrom('post')
    .select(['id', 'slug', 'title'])
    .select((eb) => eb.ref('published_at').$notNull().as('published_at'))
    .where(published('post', now))
    .$if(span !== undefined, (query) =>
      query.where('published_at', '>=', span?.from ?? now).where('published_at', '<', span?.until ?? now),
    )
    .$if(after !== undefined, (query) =>
      query.where(
        (eb) => sql<boolean>`(title collate ${collation}, id) > (
          select title collate ${collation}, id from post where id = ${after} and ${published('post', now)(eb)})`,
      ),
    )
    .orderBy(sql`title collate ${collation}`)
    .orderBy('id')
    .limit(limit)
    .execute();
}

/**
 * Whether more than this many posts are published. Steps over `count` entries of an index and reads no row but the next:
 * the same small cost for every site, however many posts there are.
 */
export async function hasMorePostsThan(db: Kysely<Database>, count: number, { now }: { now: Date }): Promise<boolean> {
  const row = await db
    .selectFrom('post')
    .select('id')
    .where(published('post', now))
    .orderBy('published_at', 'desc')
    .orderBy('id', 'desc')
    .offset(count)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * The years in which something was published, newest first. Steps from year to year along an index, so it costs a
 * look-up for each year, however many posts there are.
 */
export async function listYears(
  db: Kysely<Database>,
  { now, timeZone }: { now: Date; timeZone: string },
): Promise<number[]> {
  const years: number[] = [];
  let latest = await latestUntil(db, { now, until: undefined });
  while (latest) {
    const year = yearIn(latest, timeZone);
    years.push(year);
    latest = await latestUntil(db, { now, until: spanOfYear(year, timeZone).from });
  }
  return years;
}

/** The year, as the zone counts it. */
export function spanOfYear(year: number, timeZone: string): Span {
  const start = (of: number) =>
    new Date(Temporal.PlainDate.from({ year: of, month: 1, day: 1 }).toZonedDateTime(timeZone).epochMilliseconds);
  return { from: start(year), until: start(year + 1) };
}

async function latestUntil(
  db: Kysely<Database>,
  { now, until }: { now: Date; until: Date | undefined },
): Promise<Date | undefined> {
  const row = await db
    .selectFrom('post')
    .select((eb) => eb.ref('published_at').$notNull().as('published_at'))
    .where(published('post', now))
    .$if(until !== undefined, (query) => query.where('published_at', '<', until ?? now))
    .orderBy('published_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.published_at;
}

function yearIn(time: Date, timeZone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(time.getTime()).toZonedDateTimeISO(timeZone).year;
}

// Postgres knows most languages by their tag; for the others the order that suits most, and where it was built without
// ICU, its own.
async function collationOf(db: Kysely<Database>, language: string): Promise<string> {
  const wanted = [`${language}-x-icu`, `${language.split('-')[0]}-x-icu`, 'und-x-icu'];
  const { rows } = await sql<{ collname: string }>`
    select collname from pg_collation
    where collname = any(${wanted}) and collencoding in (-1, pg_char_to_encoding(getdatabaseencoding()))
    order by array_position(${wanted}, collname::text) limit 1`.execute(db);
  return rows[0]?.collname ?? 'default';
}
