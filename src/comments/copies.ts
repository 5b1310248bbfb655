import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { prepared } from '../prepared.ts';
import { agreeing, areNear, type Fingerprint } from '../rules/fingerprint.ts';

/** How many earlier comments say the same, or nearly the same, as one; many are not counted to their end. */
export interface Copies {
  readonly same: Copied;
  readonly near: Copied;
  /** How many of all of them are spam by now. */
  readonly spam: number;
}

/** Written in the same browser, and in others. */
export interface Copied {
  readonly bySame: number;
  readonly byOthers: number;
}

/** A text for which copies are looked for. */
export interface Printed {
  /** Undefined: it is too short, and is nobody's copy. */
  readonly fingerprint: Fingerprint | undefined;
  readonly browserId: number | undefined;
  /** The comment that is judged again since it was edited: neither it nor what came after it counts. */
  readonly editedId?: number | undefined;
}

/** So many are enough to know: of each text, and of each band. */
const mostCounted = 50;

/**
 * Counts copies among the comments of all posts, and among the texts themselves: what comes before another in the list was
 * written before it. In one query, from indexes: it takes no longer the more comments there are.
 *
 * @param since how far to look back; fingerprints are kept for 30 days.
 * @returns one for each, in their order.
 */
export async function countCopies(
  db: Kysely<Database>,
  { fingerprints, since }: { fingerprints: readonly Printed[]; since: Date },
): Promise<Copies[]> {
  const stored = await countStored(db, { fingerprints, since });
  return fingerprints.map((printed, index) => {
    const listed = fingerprints.slice(0, index);
    const { same, near, spam } = stored.get(index) ?? { same: none, near: none, spam: 0 };
    return {
      same: plus(same, printed, listed, (one, other) => one.exact.equals(other.exact)),
      near: plus(near, printed, listed, areNear),
      spam,
    };
  });
}

const none: Copied = { bySame: 0, byOthers: 0 };

function plus(
  counted: Copied,
  { fingerprint, browserId }: Printed,
  listed: readonly Printed[],
  isCopy: (one: Fingerprint, other: Fingerprint) => boolean,
): Copied {
  if (!fingerprint) return none;
  const copies = listed.filter((other) => other.fingerprint && isCopy(fingerprint, other.fingerprint));
  const own = copies.filter((copy) => browserId !== undefined && copy.browserId === browserId).length;
  return { bySame: counted.bySame + own, byOthers: counted.byOthers + copies.length - own };
}

interface Row {
  readonly place: number;
  readonly same: number;
  readonly same_own: number;
  readonly near: number;
  readonly near_own: number;
  readonly spam: number;
}

async function countStored(
  db: Kysely<Database>,
  { fingerprints, since }: { fingerprints: readonly Printed[]; since: Date },
): Promise<Map<number, Copies>> {
  const asked = fingerprints.flatMap(({ fingerprint, ...writing }, place) =>
    fingerprint ? [{ ...writing, ...fingerprint, place }] : [],
  );
  if (asked.length === 0) return new Map();
  const { rows } = await sql<Row>`${prepared}
    select
      asked.place,
      count(*) filter (where is_same)::integer as same,
      count(*) filter (where is_same and is_own)::integer as same_own,
      count(*) filter (where not is_same)::integer as near,
      count(*) filter (where not is_same and is_own)::integer as near_own,
      count(*) filter (where is_spam)::integer as spam
    from unnest(
      ${asked.map(({ place }) => place)}::integer[],
      ${asked.map(({ exact }) => exact)}::bytea[],
      ${asked.map(({ near }) => near && `{${near.minima.join(',')}}`)}::text[],
      ${asked.map(({ near }) => near?.bands[0] ?? null)}::integer[],
      ${asked.map(({ near }) => near?.bands[1] ?? null)}::integer[],
      ${asked.map(({ near }) => near?.bands[2] ?? null)}::integer[],
      ${asked.map(({ near }) => near?.bands[3] ?? null)}::integer[],
      ${asked.map(({ browserId }) => browserId ?? null)}::integer[],
      ${asked.map(({ editedId }) => editedId ?? null)}::integer[]
    ) as asked (place, exact, minima, band_1, band_2, band_3, band_4, browser_id, edited_id)
    cross join lateral (
      select
        found.is_same,
        coalesce((select browser_id from comment where comment.id = found.comment_id) = asked.browser_id, false) as is_own,
        (select status = 'spam' from comment where comment.id = found.comment_id) as is_spam
      from ${copiesOfAsked(sql`${since}::timestamptz`)} found
      where found.comment_id < coalesce(asked.edited_id, 2147483647)
    ) copy
    group by asked.place`.execute(db);
  return new Map(
    rows.map((row) => [
      row.place,
      {
        same: { bySame: row.same_own, byOthers: row.same - row.same_own },
        near: { bySame: row.near_own, byOthers: row.near - row.near_own },
        spam: row.spam,
      },
    ]),
  );
}

// The latest copies of a row `asked`. Each look goes back in time along its index, and ends after so many rows, be they copies
// or not. It asks for a stretch of the index: of one hash Postgres expects a few rows only, and would read and sort all that
// there are.
function copiesOfAsked(since: RawBuilder<Date>): RawBuilder<unknown> {
  const look = (column: 'exact' | 'band_1' | 'band_2' | 'band_3' | 'band_4') => {
    const [own, other] = [sql.ref(`comment_fingerprint.${column}`), sql.ref(`asked.${column}`)];
    return sql`(
      select comment_id, exact, minima, ${column === 'exact'}::boolean as is_same from comment_fingerprint
      where ${own} is not null and (${own}, written_at) > (${other}, ${since})
        and (${own}, written_at) <= (${other}, 'infinity'::timestamptz)
      order by ${own} desc, written_at desc limit ${mostCounted}::integer
    )`;
  };
  return sql`(
    select * from (
      ${look('exact')}
      union ${look('band_1')} union ${look('band_2')} union ${look('band_3')} union ${look('band_4')}
    ) alike
    where alike.is_same or alike.exact <> asked.exact and ${agreeing}::integer <= (
      select count(*) from unnest(alike.minima, asked.minima::smallint[]) as pair (one, other) where one = other
    )
  )`;
}

/** A copy of a comment, and whether it says just the same. */
export interface CopyOfSpam {
  readonly commentId: number;
  readonly isSame: boolean;
}

/**
 * The copies of a comment that was taken for spam. Nothing where it stands otherwise by now.
 *
 * @returns the newest of each kind only.
 */
export async function findCopiesOfSpam(db: Kysely<Database>, commentId: number): Promise<CopyOfSpam[]> {
  const { rows } = await sql<{ comment_id: number; is_same: boolean }>`${prepared}
    select found.comment_id, found.is_same
    from comment_fingerprint asked
    join comment on comment.id = asked.comment_id and comment.status = 'spam'
    cross join lateral ${copiesOfAsked(sql`asked.written_at - interval '30 days'`)} found
    where asked.comment_id = ${commentId}::integer and found.comment_id <> asked.comment_id`.execute(db);
  return rows.map(({ comment_id, is_same }) => ({ commentId: comment_id, isSame: is_same }));
}

/** A comment and what its text is known by. */
export interface PrintedComment {
  readonly commentId: number;
  /** Undefined: it is too short. */
  readonly fingerprint: Fingerprint | undefined;
  readonly now: Date;
}

/** Keeps what new comments are known by, in the transaction that stores them. */
export async function storeFingerprints(
  trx: Transaction<Database>,
  comments: readonly PrintedComment[],
): Promise<void> {
  const rows = comments.flatMap(({ commentId, fingerprint, now }) =>
    fingerprint ? [rowOf({ commentId, fingerprint, now })] : [],
  );
  if (rows.length > 0) await trx.insertInto('comment_fingerprint').values(rows).execute();
}

/** Keeps what a comment is known by now that it was edited, instead of what it was known by before. */
export async function replaceFingerprint(trx: Transaction<Database>, comment: PrintedComment): Promise<void> {
  await trx.deleteFrom('comment_fingerprint').where('comment_id', '=', comment.commentId).execute();
  await storeFingerprints(trx, [comment]);
}

function rowOf({
  commentId,
  fingerprint: { exact, near },
  now,
}: PrintedComment & { readonly fingerprint: Fingerprint }) {
  const [band_1, band_2, band_3, band_4] = near?.bands ?? [null, null, null, null];
  const minima = near ? [...near.minima] : null;
  return { comment_id: commentId, exact, minima, band_1, band_2, band_3, band_4, written_at: now };
}
