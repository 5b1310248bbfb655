import { sql, type Transaction } from 'kysely';
import { moderationReach, type Reach } from '../accounts/permissions.ts';
import type { Account } from '../accounts/table.ts';
import type { Database } from '../database.ts';
import type { Site } from '../site/table.ts';
import { reaches } from './reach.ts';

/** So many comments one mail quotes; of the others it says how many there are. */
const mostQuoted = 50;

/** A comment that waits, as a mail tells it. */
export interface WaitingComment {
  readonly id: number;
  readonly name: string;
  readonly html: string;
  readonly created_at: Date;
  /** Of the post. */
  readonly title: string;
}

/** What is told in one mail. */
export interface Gathered {
  readonly quoted: readonly WaitingComment[];
  /** All of it, with what is not quoted. */
  readonly count: number;
}

/** Locks the comments that gather for an account, so that nobody decides on them or erases them while they are told. */
export async function shareGathered(
  trx: Transaction<Database>,
  { accountId, until }: { accountId: number; until: Date },
): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from comment
    where id in (
      select comment_id from alert where account_id = ${accountId} and told_at is null and created_at <= ${until}
    )
    order by id
    for share`.execute(trx);
  return rows.map(({ id }) => id);
}

/**
 * Takes what is to be told of these comments: what still waits and lies within the account's reach is marked as told, all else is
 * forgotten, so that it is told where it waits once more.
 *
 * @param account locked.
 */
export async function takeGathered(
  trx: Transaction<Database>,
  {
    account,
    commentIds,
    site,
    now,
  }: {
    account: Pick<Account, 'id' | 'role'>;
    commentIds: readonly number[];
    site: Pick<Site, 'authors_moderate'>;
    now: Date;
  },
): Promise<Gathered> {
  const own = moderationReach(account.role, { authorsModerate: site.authors_moderate });
  const within = reaches({
    reach: sql<Reach>`${own}::text`,
    accountId: sql`${account.id}::integer`,
    postId: sql`post.id`,
  });
  const { rows } = await sql<WaitingComment & { count: number }>`
    with told as (
      update alert set told_at = ${now}
      from comment join post on post.conversation_id = comment.conversation_id
      where alert.account_id = ${account.id} and alert.comment_id = any(${commentIds}::integer[]) and alert.told_at is null
        and comment.id = alert.comment_id and comment.status = 'pending' and ${within}
      returning comment.id, comment.name, comment.html, comment.created_at, post.title
    )
    select told.*, count(*) over ()::integer as count from told order by id limit ${mostQuoted}`.execute(trx);
  await sql`
    delete from alert
    where account_id = ${account.id} and comment_id = any(${commentIds}::integer[]) and told_at is null`.execute(trx);
  return { quoted: rows, count: rows[0]?.count ?? 0 };
}
