import { type Kysely, sql, type Transaction } from 'kysely';
import { moderationReach, type Reach } from '../accounts/permissions.ts';
import type { Database } from '../database.ts';
import { addJob } from '../jobs/queries.ts';
import { loadSite } from '../site/queries.ts';
import type { AlertContext } from './context.ts';
import { reaches } from './reach.ts';

/**
 * Notes for everybody who wants mail about what waits, and may decide on it, that these comments do; whoever wants it at once
 * is mailed by a job that follows. Done again after a crash, it finds its notes and changes nothing.
 */
export async function gatherAlerts(
  { db, now }: AlertContext,
  { commentIds }: { commentIds: readonly number[] },
): Promise<void> {
  const readers = await findReaders(db);
  await db.transaction().execute(async (trx) => {
    const noted = await note(trx, { readers, commentIds, now: now() });
    for (const { id, moderation_mail } of readers) {
      if (moderation_mail === 'at_once' && noted.has(id)) {
        await addJob(trx, 'mail_alerts', { accountId: id }, { once: true });
      }
    }
  });
}

interface Reader {
  readonly id: number;
  readonly moderation_mail: 'at_once' | 'daily' | 'none';
  readonly reach: Reach;
}

async function findReaders(db: Kysely<Database>): Promise<Reader[]> {
  const { authors_moderate: authorsModerate } = await loadSite(db);
  const accounts = await db
    .selectFrom('account')
    .select(['id', 'role', 'moderation_mail'])
    .where('moderation_mail', '<>', 'none')
    .where('disabled_at', 'is', null)
    .where('email', 'is not', null)
    .orderBy('id')
    .execute();
  return accounts.map(({ role, ...account }) => ({
    ...account,
    reach: moderationReach(role, { authorsModerate }),
  }));
}

// @returns for whom something gathers.
async function note(
  trx: Transaction<Database>,
  { readers, commentIds, now }: { readers: readonly Reader[]; commentIds: readonly number[]; now: Date },
): Promise<Set<number>> {
  const reach = reaches({
    reach: sql`reader.reach`,
    accountId: sql`reader.id`,
    postId: sql`post.id`,
  });
  const { rows } = await sql<{ account_id: number }>`
    insert into alert (account_id, comment_id, created_at)
    select reader.id, comment.id, ${now}::timestamptz
    from unnest(${readers.map(({ id }) => id)}::integer[], ${readers.map((each) => each.reach)}::text[]) as reader (id, reach)
    cross join comment
    join post on post.conversation_id = comment.conversation_id
    where comment.id = any(${commentIds}::integer[]) and comment.status = 'pending' and ${reach}
    order by reader.id, comment.id
    on conflict (account_id, comment_id) do nothing
    returning account_id`.execute(trx);
  return new Set(rows.map(({ account_id }) => account_id));
}
