import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { prepared } from '../prepared.ts';
import { agreeing, agreeingClosely, agreementOf, type Fingerprint, orders } from '../rules/fingerprint.ts';
import { daysKept } from './days-kept.ts';

/** How many earlier comments say the same, or nearly the same, as one; many are not counted to their end. */
export interface Copies {
  readonly same: number;
  readonly near: number;
  /** How many of these say it so closely that one was made of the other. */
  readonly close: number;
  /** How many of all of them are spam by now. */
  readonly spam: number;
}

/** A text for which copies are looked for. */
interface Printed {
  /** Undefined: it is too short, and is nobody's copy. */
  readonly fingerprint: Fingerprint | undefined;
}

/** So many are enough to know: of each text, and of each band. */
const mostCounted = 50;

/** The columns of what a text is known by, among those of given rows; all null for one that is too short. */
export const printColumns = {
  exact: 'bytea',
  minima: 'smallint[]',
  band_1: 'integer',
  band_2: 'integer',
  band_3: 'integer',
  band_4: 'integer',
} as const;

/** What stands in these columns. */
export function printRow({ exact, near }: Fingerprint) {
  const [band_1, band_2, band_3, band_4] = near?.bands ?? [null, null, null, null];
  return { exact, minima: near ? [...near.minima] : null, band_1, band_2, band_3, band_4 };
}

/**
 * A subquery of one row that counts copies among the comments of all posts, from indexes: it takes no longer the more comments
 * there are.
 *
 * @param asked name of a row with these columns.
 * @param since how far to look back, in SQL; fingerprints are kept for `daysKept.fingerprint`.
 * @param counts whether a comment of this id counts.
 */
export function copiesBefore(
  asked: string,
  { since, counts }: { since: string; counts: (id: RawBuilder<unknown>) => RawBuilder<boolean> },
): RawBuilder<Copies> {
  return sql`(
    select
      count(*) filter (where found.is_same)::integer as same,
      count(*) filter (where not found.is_same)::integer as near,
      count(*) filter (where found.is_close)::integer as close,
      count(*) filter (where (select status = 'spam' from comment where comment.id = found.comment_id))::integer as spam
    from ${copiesOf(asked, since)} found
    where ${sql.ref(`${asked}.exact`)} is not null and ${counts(sql.ref('found.comment_id'))}
  )`;
}

/**
 * Adds the copies among those that come together to those that were counted in the database.
 *
 * @param others those before it that are taken.
 */
export function addCopiesAmong(
  others: readonly Printed[],
  { of: fingerprint, to: counted }: { of: Fingerprint; to: Copies },
): Copies {
  const prints = others.flatMap((other) => other.fingerprint ?? []);
  const agreements = prints.map((print) => agreementOf(fingerprint, print));
  return {
    same: counted.same + prints.filter(({ exact }) => exact.equals(fingerprint.exact)).length,
    near: counted.near + agreements.filter((agreement) => agreement >= agreeing).length,
    close: counted.close + agreements.filter((agreement) => agreement >= agreeingClosely).length,
    spam: counted.spam,
  };
}

// The latest copies of what a row is known by. Each look goes back in time along its index, and ends after so many rows, be they copies
// or not. It asks for a stretch of the index: of one hash Postgres expects a few rows only, and would read and sort all that
// there are.
// It is text, since it takes no values, and is part of what all who reply wait for: to put it together of parts each time takes longer.
function copiesOf(asked: string, since: string): RawBuilder<unknown> {
  const look = (column: 'exact' | 'band_1' | 'band_2' | 'band_3' | 'band_4') => `(
      select comment_id, exact, minima, ${column === 'exact'} as is_same from comment_fingerprint known
      where known.${column} is not null and (known.${column}, known.written_at) > (${asked}.${column}, ${since})
        and (known.${column}, known.written_at) <= (${asked}.${column}, 'infinity'::timestamptz)
      order by known.${column} desc, known.written_at desc limit ${mostCounted}
    )`;
  return sql.raw(`(
    select distinct alike.comment_id, alike.is_same, not alike.is_same and agreed.count >= ${agreeingClosely} as is_close
    from (
      ${look('exact')}
      union all ${look('band_1')} union all ${look('band_2')} union all ${look('band_3')} union all ${look('band_4')}
      offset 0
    ) alike
    cross join lateral (select ${agreementIn('alike.minima', `${asked}.minima`)} as count offset 0) agreed
    where alike.is_same or alike.exact <> ${asked}.exact and agreed.count >= ${agreeing}
  )`);
}

// Written out: to make a table of two arrays and count its rows takes Postgres four times as long. And kept by `offset` where it is: Postgres
// would put it into each look, and prepare it as often.
function agreementIn(one: string, other: string): string {
  return Array.from({ length: orders }, (_none, at) => `(${one}[${at + 1}] = ${other}[${at + 1}])::integer`).join(
    ' + ',
  );
}

/** A copy of a comment: whether it says just the same, or so closely that one was made of the other. */
export interface CopyOfSpam {
  readonly commentId: number;
  readonly isSame: boolean;
  readonly isClose: boolean;
}

/**
 * The copies of a comment that was taken for spam. Nothing where it stands otherwise by now.
 *
 * @returns the newest of each kind only.
 */
export async function findCopiesOfSpam(db: Kysely<Database>, commentId: number): Promise<CopyOfSpam[]> {
  const { rows } = await sql<{ comment_id: number; is_same: boolean; is_close: boolean }>`${prepared}
    select found.comment_id, found.is_same, found.is_close
    from comment_fingerprint asked
    join comment on comment.id = asked.comment_id and comment.status = 'spam'
    cross join lateral ${copiesOf('asked', `asked.written_at - interval '${daysKept.fingerprint} days'`)} found
    where asked.comment_id = ${commentId}::integer and found.comment_id <> asked.comment_id`.execute(db);
  return rows.map(({ comment_id, is_same, is_close }) => ({
    commentId: comment_id,
    isSame: is_same,
    isClose: is_close,
  }));
}

/** A comment and what its text is known by. */
export interface PrintedComment {
  readonly commentId: number;
  /** Undefined: it is too short. */
  readonly fingerprint: Fingerprint | undefined;
  readonly now: Date;
}

/** Keeps what comments are known by that are there already; of new ones `storeComments` does. */
export async function storeFingerprints(
  trx: Transaction<Database>,
  comments: readonly PrintedComment[],
): Promise<void> {
  const rows = comments.flatMap(({ commentId, fingerprint, now }) =>
    fingerprint ? [{ comment_id: commentId, ...printRow(fingerprint), written_at: now }] : [],
  );
  if (rows.length > 0) await trx.insertInto('comment_fingerprint').values(rows).execute();
}

/** Keeps what a comment is known by now that it was edited, instead of what it was known by before. */
export async function replaceFingerprint(trx: Transaction<Database>, comment: PrintedComment): Promise<void> {
  await trx.deleteFrom('comment_fingerprint').where('comment_id', '=', comment.commentId).execute();
  await storeFingerprints(trx, [comment]);
}
