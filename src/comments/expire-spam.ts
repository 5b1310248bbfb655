import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { daysBefore } from '../days-before.ts';
import { loadSite } from '../site/queries.ts';
import { changeStatus, lockWithAncestors } from './transition.ts';

/** Comments that one transaction erases: so long others wait for them. */
const batchSize = 100;

/** Transactions of one clean-up, which comes every hour: no job may take long (see jobs/queries.ts). */
const mostBatches = 50;

/**
 * Erases what has been spam for as long as the owner lets it: what a rule took for it, and what a moderator marked. The days
 * count from the last that happened to it, so that every decision can be undone, and the answer to an appeal read, for as long. While a writer waits for the answer
 * to an appeal, the comment stays.
 */
export async function expireSpam(db: Kysely<Database>, { now }: { now: Date }): Promise<void> {
  const { spam_days: days } = await loadSite(db);
  if (days === null) return;
  let after: Place | undefined;
  for (let batch = 0; batch < mostBatches; batch += 1) {
    const part = { days, before: daysBefore(now, days), after, now };
    after = await db.transaction().execute((trx) => expireSome(trx, part));
    if (!after) return;
  }
}

/** A comment in the order in which they are gone through. */
interface Place {
  readonly id: number;
  readonly created_at: Date;
}

// @returns where to go on; undefined where there is no more.
async function expireSome(
  trx: Transaction<Database>,
  { days, before, after, now }: { days: number; before: Date; after: Place | undefined; now: Date },
): Promise<Place | undefined> {
  const behind = after ? sql`(created_at, id) > (${after.created_at}, ${after.id})` : sql`true`;
  const found = await findDue(trx, { which: behind, before });
  const locked = await lockWithAncestors(
    trx,
    found.map(({ id }) => id),
  );
  // Somebody may have decided on some, or appealed, before they were locked.
  const due = await findDue(trx, { which: sql`id = any(${[...locked.keys()]}::integer[])`, before });
  await changeStatus(
    trx,
    due.flatMap(({ id }) => locked.get(id) ?? []),
    { action: 'expire', actorId: undefined, rule: 'spam_age', numbers: { days }, now },
  );
  return found.length === batchSize ? found.at(-1) : undefined;
}

async function findDue(
  trx: Transaction<Database>,
  { which, before }: { which: RawBuilder<unknown>; before: Date },
): Promise<Place[]> {
  const { rows } = await sql<Place>`
    select id, created_at from comment
    where status = 'spam' and created_at < ${before} and ${which}
      and not exists (
        select from event where subject_kind = 'comment' and subject_id = comment.id and event.created_at >= ${before}
      )
      and not exists (
        select from appeal where appeal.comment_id = comment.id and (outcome is null or decided_at >= ${before})
      )
    order by created_at, id limit ${batchSize}`.execute(trx);
  return rows;
}
