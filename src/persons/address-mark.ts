import { type RawBuilder, sql } from 'kysely';

/**
 * The keyed hash of a normalised e-mail address, made by the database with a key of its own: it tells the same address again
 * and no address by itself. Hashed twice, so that nobody can lengthen what was hashed.
 *
 * @param email an expression of text.
 */
export function addressMark(email: RawBuilder<unknown>): RawBuilder<Buffer> {
  return sql<Buffer>`(
    select sha256(value || sha256(value || convert_to(${email}, 'UTF8'))) from secret where name = 'persons'
  )`;
}
