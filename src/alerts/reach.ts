import { type RawBuilder, sql } from 'kysely';
import type { Reach } from '../accounts/permissions.ts';

/**
 * The condition that an account may decide on what is said on a post: SQL, since it is asked for many at once.
 *
 * @param of columns or values: how far the account's right to moderate reaches, its id, and the post's.
 */
export function reaches(of: {
  reach: RawBuilder<Reach>;
  accountId: RawBuilder<number>;
  postId: RawBuilder<number>;
}): RawBuilder<boolean> {
  return sql<boolean>`(
    ${of.reach} = 'all' or ${of.reach} = 'own' and exists (
      select from post_author where post_author.post_id = ${of.postId} and post_author.account_id = ${of.accountId}
    )
  )`;
}
