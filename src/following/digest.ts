import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { createDates, type Dates } from '../http/dates.ts';
import { createTranslate } from '../http/messages.ts';
import { addJob } from '../jobs/queries.ts';
import { queueMail } from '../mail/queue.ts';
import { loadSite } from '../site/queries.ts';
import type { FollowingContext } from './context.ts';
import { lastClosing } from './digest-time.ts';
import { type DigestGroup, type LetterContext, type QuotedComment, wordDigest } from './letters.ts';
import type { Scope } from './table.ts';

/** So many comments a digest quotes; of the others it says how many there are. */
const mostQuoted = 50;

/** So many digests one job sends; another one goes on, since no job may take long (see jobs/queries.ts). */
const digestsPerJob = 500;

/**
 * Sends everybody who follows once a day what waited at the last closing, in one mail. One follower is one transaction: who
 * got a digest gets no second one, whatever happens, and no more than one is held in memory.
 */
export async function sendDigests(context: FollowingContext): Promise<void> {
  const { db } = context;
  const now = context.now();
  const site = await loadSite(db);
  const until = lastClosing(now, site.time_zone);
  const words = { ...context, site: site.title, t: createTranslate(site.language) };
  const dates = createDates(site.language, site.time_zone);
  let followerId: number | undefined = 0;
  for (let sent = 0; sent < digestsPerJob; sent += 1) {
    followerId = await nextFollower(db, { after: followerId, until });
    if (followerId === undefined) return;
    const digest = { followerId, until, words, dates, now };
    await db.transaction().execute((trx) => sendDigest(trx, digest));
  }
  await db.transaction().execute((trx) => addJob(trx, 'send_digests', {}));
}

async function nextFollower(
  db: Kysely<Database>,
  { after, until }: { after: number; until: Date },
): Promise<number | undefined> {
  const row = await db
    .selectFrom('digest_item')
    .select('follower_id')
    .where('follower_id', '>', after)
    .where('created_at', '<=', until)
    .orderBy('follower_id')
    .limit(1)
    .executeTakeFirst();
  return row?.follower_id;
}

interface DigestOf {
  readonly followerId: number;
  readonly until: Date;
  readonly words: LetterContext;
  readonly dates: Dates;
  readonly now: Date;
}

async function sendDigest(
  trx: Transaction<Database>,
  { followerId, until, words, dates, now }: DigestOf,
): Promise<void> {
  // Held, so that what is erased meanwhile is either not quoted or found in this mail; before the follower, as anywhere.
  const commentIds = await shareWaiting(trx, { followerId, until });
  // Whoever else is at it waits here, and finds nothing afterwards.
  const follower = await trx
    .selectFrom('follower')
    .select('email')
    .where('id', '=', followerId)
    .forUpdate()
    .executeTakeFirst();
  const rows = await quotedRows(trx, { followerId, commentIds, now });
  await sql`delete from digest_item where follower_id = ${followerId} and comment_id = any(${commentIds})`.execute(trx);
  const [first] = rows;
  if (!follower || !first) return;
  const letter = wordDigest(words, { followerId, groups: groupRows(rows), count: first.count, dates });
  await queueMail(trx, { ...letter, recipient: follower.email, now });
}

/** Locks the comments that wait for a follower. @returns their ids. */
async function shareWaiting(
  trx: Transaction<Database>,
  { followerId, until }: { followerId: number; until: Date },
): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from comment
    where id in (select comment_id from digest_item where follower_id = ${followerId} and created_at <= ${until})
    order by id
    for share`.execute(trx);
  return rows.map(({ id }) => id);
}

interface QuotedRow extends QuotedComment {
  readonly conversation_id: number;
  readonly kind: 'post' | 'page';
  readonly slug: string;
  readonly subscription_id: number;
  readonly scope: Scope;
  /** Of the conversation. */
  readonly group_count: number;
  /** Of the whole digest. */
  readonly count: number;
}

/** What of these comments still waits and can be read, conversation by conversation. */
async function quotedRows(
  trx: Transaction<Database>,
  { followerId, commentIds, now }: { followerId: number; commentIds: readonly number[]; now: Date },
): Promise<QuotedRow[]> {
  const { rows } = await sql<QuotedRow>`
    select comment.id, comment.name, comment.html, comment.created_at, comment.conversation_id,
      post.title, post.kind, post.slug, subscription.id as subscription_id, subscription.scope,
      count(*) over (partition by comment.conversation_id)::integer as group_count,
      count(*) over ()::integer as count
    from digest_item
    join subscription on subscription.id = digest_item.subscription_id
    join comment on comment.id = digest_item.comment_id and comment.status = 'approved'
    join post on post.conversation_id = comment.conversation_id
      and post.published_at <= ${now} and post.deleted_at is null
    where digest_item.follower_id = ${followerId} and digest_item.comment_id = any(${commentIds})
    order by comment.conversation_id, comment.id
    limit ${mostQuoted}`.execute(trx);
  return rows;
}

function groupRows(rows: readonly QuotedRow[]): DigestGroup[] {
  return [...Map.groupBy(rows, ({ conversation_id }) => conversation_id).values()].map((group) => {
    const [first] = group as [QuotedRow, ...QuotedRow[]];
    const scopes = new Map(group.map(({ subscription_id, scope }) => [subscription_id, scope]));
    return {
      title: first.title,
      kind: first.kind,
      slug: first.slug,
      comments: group,
      count: first.group_count,
      subscriptions: [...scopes].map(([id, scope]) => ({ id, scope })),
    };
  });
}
