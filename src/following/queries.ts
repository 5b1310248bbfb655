import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import type { Target } from './choices.ts';
import type { Pace, Scope, Subscription } from './table.ts';

/** A subscription that somebody asks for. */
export interface NewSubscription extends Target {
  /** Normalised. */
  readonly email: string;
  readonly pace: Pace;
  readonly browserId: number | undefined;
  /** Whether the address was proved in this browser: then nothing has to be confirmed. */
  readonly proved: boolean;
  readonly now: Date;
}

/**
 * Stores a subscription, or finds the one that there is. Who has not proved the address changes nothing of one that was
 * confirmed. Where several browsers asked and none has proved the address, nobody knows whose it is: none is noted.
 *
 * @returns its id, and whether it still has to be confirmed.
 */
export async function addSubscription(
  trx: Transaction<Database>,
  { email, scope, conversationId, commentId, pace, browserId, proved, now }: NewSubscription,
): Promise<{ id: number; confirmed: boolean }> {
  const confirmedAt = proved ? now : null;
  const { id: followerId } = await trx
    .insertInto('follower')
    .values({ email })
    .onConflict((conflict) => conflict.column('email').doUpdateSet({ email }))
    .returning('id')
    .executeTakeFirstOrThrow();
  const row = await trx
    .insertInto('subscription')
    .values({
      follower_id: followerId,
      scope,
      conversation_id: conversationId,
      comment_id: commentId,
      browser_id: browserId ?? null,
      pace,
      created_at: now,
      asked_at: null,
      confirmed_at: confirmedAt,
      told_status: null,
    })
    .onConflict((conflict) =>
      conflict.constraint('subscription_key').doUpdateSet((eb) => ({
        confirmed_at: eb.fn.coalesce('subscription.confirmed_at', 'excluded.confirmed_at'),
        created_at: sql<Date>`case when subscription.confirmed_at is null then excluded.created_at else subscription.created_at end`,
        pace: sql<Pace>`case when subscription.confirmed_at is null or excluded.confirmed_at is not null
          then excluded.pace else subscription.pace end`,
        browser_id: sql<number | null>`case
          when excluded.confirmed_at is not null then coalesce(excluded.browser_id, subscription.browser_id)
          when subscription.confirmed_at is not null or subscription.browser_id = excluded.browser_id
            then subscription.browser_id
          end`,
      })),
    )
    .returning(['id', 'confirmed_at'])
    .executeTakeFirstOrThrow();
  return { id: row.id, confirmed: row.confirmed_at !== null };
}

/** A subscription as lists and mails name it. */
export interface NamedSubscription extends Pick<Subscription, 'id' | 'scope' | 'pace' | 'created_at' | 'confirmed_at'> {
  readonly email: string;
  readonly conversation_id: number;
  readonly comment_id: number | null;
  /** Of the post or page with the conversation. */
  readonly kind: 'post' | 'page';
  readonly slug: string;
  readonly title: string;
  /** Who wrote the comment, where readers see it; null for a conversation. */
  readonly comment_name: string | null;
}

/** What these addresses follow, confirmed or not, the newest first. */
export async function listSubscriptions(
  db: Kysely<Database>,
  { emails }: { emails: readonly string[] },
): Promise<NamedSubscription[]> {
  if (emails.length === 0) return [];
  return await selectNamed(db)
    .where('follower.email', 'in', emails)
    .orderBy('subscription.id', 'desc')
    .limit(500)
    .execute();
}

/** These subscriptions, as far as they exist. */
export async function findSubscriptions(db: Kysely<Database>, ids: readonly number[]): Promise<NamedSubscription[]> {
  if (ids.length === 0) return [];
  return await selectNamed(db).where('subscription.id', 'in', ids).orderBy('subscription.id').execute();
}

/**
 * Takes it that whoever reads the mail of an address wants these.
 *
 * @param browserId the browser in which the mail's link was followed: it is noted where none was.
 * @returns those that were not confirmed before.
 */
export async function confirmSubscriptions(
  trx: Transaction<Database>,
  { ids, browserId, now }: { ids: readonly number[]; browserId: number | undefined; now: Date },
): Promise<{ id: number; scope: Scope; comment_id: number | null }[]> {
  await lockFollowersOf(trx, ids);
  return await trx
    .updateTable('subscription')
    .set({ confirmed_at: now, browser_id: sql`coalesce(browser_id, ${browserId ?? null}::integer)` })
    .where('id', 'in', ids)
    .where('confirmed_at', 'is', null)
    .returning(['id', 'scope', 'comment_id'])
    .execute();
}

/** Changes how soon a follower is told. @param emails one of them must be the follower's. @returns whether it was. */
export async function changePace(
  db: Kysely<Database>,
  { id, emails, pace }: { id: number; emails: readonly string[]; pace: Pace },
): Promise<boolean> {
  if (emails.length === 0) return false;
  const row = await db
    .updateTable('subscription')
    .from('follower')
    .set({ pace })
    .whereRef('follower.id', '=', 'subscription.follower_id')
    .where('follower.email', 'in', emails)
    .where('subscription.id', '=', id)
    .where('subscription.scope', '<>', 'decision')
    .returning('subscription.id')
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Ends subscriptions: all traces of them go, of their follower too where it was the last.
 *
 * @param emails where given, one of them must be the follower's.
 * @returns how many there were.
 */
export async function endSubscriptions(
  trx: Transaction<Database>,
  { ids, emails }: { ids: readonly number[]; emails?: readonly string[] },
): Promise<number> {
  if (ids.length === 0 || emails?.length === 0) return 0;
  const followers = await trx
    .selectFrom('follower')
    .select('id')
    .where('id', 'in', trx.selectFrom('subscription').select('follower_id').where('id', 'in', ids))
    .$if(emails !== undefined, (query) => query.where('email', 'in', emails ?? []))
    .execute();
  const followerIds = followers.map(({ id }) => id);
  if (followerIds.length === 0) return 0;
  await lockFollowers(trx, followerIds);
  const ended = await trx
    .deleteFrom('subscription')
    .where('id', 'in', ids)
    .where('follower_id', 'in', followerIds)
    .returning('id')
    .execute();
  await forgetFollowers(trx, followerIds);
  return ended.length;
}

/** Ends whatever a follower gets once a day. @returns how many subscriptions that were. */
export async function endDigest(trx: Transaction<Database>, { followerId }: { followerId: number }): Promise<number> {
  await lockFollowers(trx, [followerId]);
  const ended = await trx
    .deleteFrom('subscription')
    .where('follower_id', '=', followerId)
    .where('pace', '=', 'daily')
    .returning('id')
    .execute();
  await forgetFollowers(trx, [followerId]);
  return ended.length;
}

/** Erases what is kept of an address as a follower, and the mails to it that have not left yet. */
export async function eraseSubscriptions(trx: Transaction<Database>, { email }: { email: string }): Promise<void> {
  await trx.deleteFrom('follower').where('email', '=', email).execute();
  await trx
    .deleteFrom('mail')
    .where('recipient', '=', email)
    .where('unsubscribe_url', 'is not', null)
    .where('sent_at', 'is', null)
    .execute();
}

/** Deletes what nobody confirmed in time, and followers who are left without a subscription; so many followers at once. */
export async function deleteUnconfirmed(db: Kysely<Database>, { before }: { before: Date }): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const late = await trx
      .selectFrom('subscription')
      .select('follower_id')
      .distinct()
      .where('confirmed_at', 'is', null)
      .where('created_at', '<', before)
      .limit(10_000)
      .execute();
    const followerIds = late.map(({ follower_id }) => follower_id);
    if (followerIds.length === 0) return;
    await lockFollowers(trx, followerIds);
    await trx
      .deleteFrom('subscription')
      .where('follower_id', 'in', followerIds)
      .where('confirmed_at', 'is', null)
      .where('created_at', '<', before)
      .execute();
    await forgetFollowers(trx, followerIds);
  });
}

/** Keeps subscriptions from ending until the transaction does. @returns those that have not ended yet. */
export async function holdSubscriptions(trx: Transaction<Database>, ids: readonly number[]): Promise<Set<number>> {
  await sql`
    select from follower where id in (select follower_id from subscription where id = any(${ids}))
    order by id for key share`.execute(trx);
  const { rows } = await sql<{ id: number }>`select id from subscription where id = any(${ids})`.execute(trx);
  return new Set(rows.map(({ id }) => id));
}

function selectNamed(db: Kysely<Database>) {
  return db
    .selectFrom('subscription')
    .innerJoin('follower', 'follower.id', 'subscription.follower_id')
    .innerJoin('post', 'post.conversation_id', 'subscription.conversation_id')
    .leftJoin('comment', (join) =>
      join.onRef('comment.id', '=', 'subscription.comment_id').on('comment.status', '=', 'approved'),
    )
    .select([
      'subscription.id',
      'subscription.scope',
      'subscription.pace',
      'subscription.created_at',
      'subscription.confirmed_at',
      'subscription.conversation_id',
      'subscription.comment_id',
      'follower.email',
      'post.kind',
      'post.slug',
      'post.title',
      'comment.name as comment_name',
    ]);
}

// Before their subscriptions, as a digest does it. Whoever subscribes meanwhile waits, or is seen by the next statement.
async function lockFollowers(trx: Transaction<Database>, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await trx.selectFrom('follower').select('id').where('id', 'in', ids).orderBy('id').forUpdate().execute();
}

/** Locks whose subscriptions these are; before the subscriptions, as anywhere. */
export async function lockFollowersOf(trx: Transaction<Database>, subscriptionIds: readonly number[]): Promise<void> {
  await sql`
    select from follower where id in (select follower_id from subscription where id = any(${subscriptionIds}))
    order by id for update`.execute(trx);
}

// Those who are left without a subscription.
async function forgetFollowers(trx: Transaction<Database>, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await lockFollowers(trx, ids);
  await trx
    .deleteFrom('follower')
    .where('id', 'in', ids)
    .where(({ not, exists, selectFrom, ref }) =>
      not(exists(selectFrom('subscription').select('id').where('follower_id', '=', ref('follower.id')))),
    )
    .execute();
}
