import { type Kysely, sql, type Transaction } from 'kysely';
import { moderationReach, type Reach } from '../accounts/permissions.ts';
import { findActiveAccount } from '../accounts/queries.ts';
import type { Role } from '../accounts/table.ts';
import type { Database } from '../database.ts';
import { recordEvent } from '../events/queries.ts';
import { prepared } from '../prepared.ts';
import type { Found } from './matching.ts';
import type { Moderator } from './moderator.ts';
import { filterReachable, isOnPostOf, isWithinReach, type QueueOwner } from './queries.ts';

/** To whom a comment was handed, by whom, and what was said along with it. */
export interface HandedOver {
  readonly comment_id: number;
  readonly to_id: number;
  readonly to_name: string;
  readonly by_name: string;
  readonly note: string;
}

/** Somebody to whom comments can be handed. */
export interface Colleague {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
  /** Those of the posts asked about that are theirs. */
  readonly postIds: readonly number[];
}

/** What became of it. `decided`: the comment does not wait any more. `cannot`: that colleague may not decide on it. */
export type HandingOutcome = 'handed' | 'ended' | 'decided' | 'cannot' | 'unknown';

/**
 * Hands a comment that waits to a colleague, in place of whoever had it before, or to nobody in particular again. Anybody who
 * may decide still can.
 *
 * @param toId undefined: nobody in particular.
 */
export function handOver(
  db: Kysely<Database>,
  {
    commentId,
    toId,
    note,
    moderator,
    authorsModerate,
    now,
  }: {
    commentId: number;
    toId: number | undefined;
    note: string;
    moderator: Moderator;
    authorsModerate: boolean;
    now: Date;
  },
): Promise<HandingOutcome> {
  return db.transaction().execute(async (trx) => {
    const [id] = await filterReachable(trx, { ids: [commentId], moderator });
    if (id === undefined) return 'unknown';
    // Held, so that whoever decides meanwhile comes before or after.
    const comment = await trx
      .selectFrom('comment')
      .select('status')
      .where('id', '=', id)
      .forNoKeyUpdate()
      .executeTakeFirstOrThrow();
    if (comment.status !== 'pending') return 'decided';
    if (toId !== undefined && !(await mayDecide(trx, { accountId: toId, commentId: id, authorsModerate })))
      return 'cannot';
    const said = { note, by_id: moderator.viewer.id, handed_at: now };
    await setHandOver(trx, { commentId: id, toId, said });
    await recordEvent(trx, {
      subjectKind: 'comment',
      subjectId: id,
      action: toId === undefined ? 'hand_back' : 'hand_over',
      actorId: moderator.viewer.id,
      ...(toId !== undefined && { numbers: { to: toId } }),
      now,
    });
    return toId === undefined ? 'ended' : 'handed';
  });
}

/** To whom comments were handed, by the comment's id. */
export async function loadHandOvers(
  db: Kysely<Database>,
  commentIds: readonly number[],
): Promise<Map<number, HandedOver>> {
  if (commentIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('hand_over')
    .innerJoin('account as to', 'to.id', 'hand_over.to_id')
    .innerJoin('account as by', 'by.id', 'hand_over.by_id')
    .modifyFront(prepared)
    .select(['hand_over.comment_id', 'hand_over.to_id', 'hand_over.note', 'to.name as to_name', 'by.name as by_name'])
    .where('hand_over.comment_id', '=', sql<number>`any(${commentIds}::integer[])`)
    .execute();
  return new Map(rows.map((row) => [row.comment_id, row]));
}

const mostCounted = 1_000;

/** Counts, within another statement, how many comments wait that were handed to somebody; beyond a thousand nobody counts. */
export function countHandedTo(db: Kysely<Database>, owner: QueueOwner) {
  const handed = db
    .selectFrom('hand_over')
    .innerJoin('comment', 'comment.id', 'hand_over.comment_id')
    .innerJoin('post', 'post.conversation_id', 'comment.conversation_id')
    .select('hand_over.comment_id')
    .where('hand_over.to_id', '=', owner.viewer.id)
    .where(isOnPostOf(owner))
    .limit(sql.lit(mostCounted));
  return db.selectFrom(handed.as('handed')).select(sql<number>`count(*)::integer`.as('count'));
}

/** What waits and was handed to somebody, the oldest first. @param after id of the last comment of the page before. */
export async function findHandedTo(
  db: Kysely<Database>,
  { owner, after, wanted }: { owner: QueueOwner; after: number | undefined; wanted: number },
): Promise<Found> {
  const rows = await db
    .selectFrom('hand_over')
    .innerJoin('comment', 'comment.id', 'hand_over.comment_id')
    .select('hand_over.comment_id as id')
    .where('hand_over.to_id', '=', owner.viewer.id)
    .where('comment.status', '=', 'pending')
    .where(isWithinReach(owner))
    .$if(after !== undefined, (query) => query.where('hand_over.comment_id', '>', after ?? 0))
    .orderBy('hand_over.comment_id')
    .limit(wanted)
    .execute();
  const ids = rows.map(({ id }) => id);
  return { ids, matching: ids.length, looked: ids.length, last: ids.at(-1), more: ids.length === wanted };
}

const mostColleagues = 100;

/** Who else of the staff may decide on something on these posts, by name. */
export async function listColleagues(
  db: Kysely<Database>,
  { postIds, except }: { postIds: readonly number[]; except: number },
): Promise<Colleague[]> {
  const rows = await db
    .selectFrom('account')
    .leftJoin('post_author', (join) =>
      join
        .onRef('post_author.account_id', '=', 'account.id')
        .on('post_author.post_id', '=', sql<number>`any(${postIds}::integer[])`),
    )
    .modifyFront(prepared)
    .select(['account.id', 'account.name', 'account.role'])
    .select(({ fn }) => fn.agg<(number | null)[]>('array_agg', ['post_author.post_id']).as('post_ids'))
    .where('account.disabled_at', 'is', null)
    .where('account.email', 'is not', null)
    .where('account.id', '<>', except)
    .where((eb) => eb.or([eb('account.role', '<>', 'author'), eb('post_author.post_id', 'is not', null)]))
    .groupBy(['account.id', 'account.name', 'account.role'])
    .orderBy('account.name')
    .limit(sql.lit(mostColleagues))
    .execute();
  return rows.map(({ post_ids, ...row }) => ({ ...row, postIds: post_ids.flatMap((id) => id ?? []) }));
}

/** Whether a colleague may decide on what is said on a post. */
export function reachesPostOf({ role, postIds }: Colleague, postId: number, authorsModerate: boolean): boolean {
  const reach: Reach = moderationReach(role, { authorsModerate });
  return reach === 'all' || (reach === 'own' && postIds.includes(postId));
}

async function setHandOver(
  trx: Transaction<Database>,
  {
    commentId,
    toId,
    said,
  }: { commentId: number; toId: number | undefined; said: { note: string; by_id: number; handed_at: Date } },
): Promise<void> {
  if (toId === undefined) {
    await trx.deleteFrom('hand_over').where('comment_id', '=', commentId).execute();
    return;
  }
  await trx
    .insertInto('hand_over')
    .values({ comment_id: commentId, to_id: toId, ...said })
    .onConflict((conflict) => conflict.column('comment_id').doUpdateSet({ to_id: toId, ...said }))
    .execute();
}

async function mayDecide(
  trx: Transaction<Database>,
  { accountId, commentId, authorsModerate }: { accountId: number; commentId: number; authorsModerate: boolean },
): Promise<boolean> {
  const account = await findActiveAccount(trx, accountId);
  if (!account) return false;
  const reach = moderationReach(account.role, { authorsModerate });
  return (await filterReachable(trx, { ids: [commentId], moderator: { viewer: account, reach } })).length > 0;
}
