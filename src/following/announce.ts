import { sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { addJob } from '../jobs/queries.ts';
import { endSubscriptions } from './queries.ts';

/**
 * Has a comment told to its followers once the transaction is committed, if there are any, and if readers could not read
 * it before.
 *
 * @param isNew whether it was just written; else this is called before the event that makes it readable is recorded.
 */
export async function announceReadable(
  trx: Transaction<Database>,
  {
    commentId,
    conversationId,
    parentId,
    isNew = false,
    now,
  }: { commentId: number; conversationId: number; parentId: number | null; isNew?: boolean; now: Date },
): Promise<void> {
  // What was taken back before anybody was told of it is still to be told.
  const { rows } = await sql`
    insert into announcement (comment_id, created_at)
    select ${commentId}::integer, ${now}::timestamptz
    where (
      exists (
        select from subscription
        where conversation_id = ${conversationId} and scope in ('branch', 'conversation') and confirmed_at is not null
      )
      or exists (
        select from subscription
        where conversation_id = ${conversationId} and comment_id = ${parentId} and scope = 'replies'
          and confirmed_at is not null
      )
    ) and (
      ${isNew}::boolean
      or exists (select from announcement where comment_id = ${commentId})
      or not exists (
        select from event where subject_kind = 'comment' and subject_id = ${commentId} and to_status = 'approved'
      )
    )
    on conflict (comment_id) do update set created_at = excluded.created_at where announcement.told_at is null
    returning comment_id`.execute(trx);
  if (rows.length > 0) await addJob(trx, 'tell_followers', { commentId });
}

/**
 * Ends what the writers of comments wanted to be told about them: nobody answers or decides on what is deleted. All that
 * one transaction deletes goes in one call, which locks the followers in their order.
 */
export async function endOwn(
  trx: Transaction<Database>,
  { commentIds }: { commentIds: readonly number[] },
): Promise<void> {
  if (commentIds.length === 0) return;
  const own = await trx
    .selectFrom('subscription')
    .select('id')
    .where('comment_id', 'in', commentIds)
    .where('scope', 'in', ['replies', 'decision'])
    .execute();
  await endSubscriptions(trx, { ids: own.map(({ id }) => id) });
}

/** Has what a moderator decided told to the comment's writer, if that was asked for. */
export async function announceDecision(
  trx: Transaction<Database>,
  { commentId }: { commentId: number },
): Promise<void> {
  const asked = await trx
    .selectFrom('subscription')
    .select('id')
    .where('comment_id', '=', commentId)
    .where('scope', '=', 'decision')
    .where('confirmed_at', 'is not', null)
    .limit(1)
    .executeTakeFirst();
  if (asked) await addJob(trx, 'tell_decision', { commentId });
}
