import { randomUUID } from 'node:crypto';
import { type Kysely, type SelectQueryBuilder, sql, type Transaction } from 'kysely';
import { erasedStatuses } from '../comments/lifecycle.ts';
import { changeStatus, lockWithAncestors } from '../comments/transition.ts';
import type { Database } from '../database.ts';
import { eraseEventNotes } from '../events/erase-notes.ts';
import { eraseSubscriptions } from '../following/queries.ts';
import { eraseStandings } from '../persons/erasure.ts';
import { eraseReportsBy } from '../reports/erase.ts';

/** What is to be erased: an address that the browser has proved, and perhaps what else was written in it. */
export interface Erasure {
  readonly email: string;
  readonly browserId: number;
  /** Whether comments go, too, that were written in this browser without a proved address. */
  readonly alsoUnproved: boolean;
  readonly now: Date;
}

/** Comments that one transaction erases, or takes the address out of. */
const batchSize = 100;

/** Transactions of one call: a request takes a few seconds at most. */
const mostBatches = 3;

/**
 * Erases an address and all that was written with it where it was proved. Names, texts, addresses and revisions go, the
 * thread keeps its shape, and events stay: they hold ids only. Comments in which somebody merely typed the address lose
 * that. The comments go first, some hundred with each call, and the right to erase them last: it is called until all is gone,
 * and what was interrupted can be done again.
 *
 * @returns whether all is gone.
 */
export async function eraseAddress(db: Kysely<Database>, erasure: Erasure): Promise<boolean> {
  const batch = randomUUID();
  for (let done = 0; done < mostBatches; done += 1) {
    const more = await db
      .transaction()
      .execute(async (trx) => (await eraseSome(trx, { ...erasure, batch })) || (await forgetTyped(trx, erasure.email)));
    if (!more) {
      await eraseRest(db, erasure.email);
      return true;
    }
  }
  return false;
}

async function eraseRest(db: Kysely<Database>, email: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await eraseReportsBy(trx, { email });
    await eraseSubscriptions(trx, { email });
    await eraseStandings(trx, { email });
    await trx.deleteFrom('mail').where('recipient', '=', email).where('sent_at', 'is', null).execute();
    const proved = trx.selectFrom('proved_address').select('browser_id').where('email', '=', email);
    await erasePersonNotes(trx, proved);
    await trx.deleteFrom('proof').where('email', '=', email).execute();
    await trx.deleteFrom('proved_address').where('email', '=', email).execute();
  });
}

// @returns whether there may be more.
async function eraseSome(trx: Transaction<Database>, erasure: Erasure & { readonly batch: string }): Promise<boolean> {
  const ids = await findSome(trx, erasure);
  if (ids.length === 0) return false;
  const locked = await lockWithAncestors(trx, ids);
  await eraseNotes(trx, ids);
  await eraseQuotes(trx, ids);
  await erasePersonNotes(trx, trx.selectFrom('comment').select('browser_id').where('id', 'in', ids));
  await trx.updateTable('comment').set({ browser_id: null, network_hash: null }).where('id', 'in', ids).execute();
  await changeStatus(trx, locked.values(), {
    action: 'delete',
    actorId: undefined,
    batch: erasure.batch,
    now: erasure.now,
  });
  return true;
}

async function findSome(trx: Transaction<Database>, { email, browserId, alsoUnproved }: Erasure): Promise<number[]> {
  const comments = () => trx.selectFrom('comment').select('id').limit(batchSize);
  const proved = comments().where('email', '=', email).where('email_proved', '=', true);
  const unproved = comments().where('browser_id', '=', browserId).where('email_proved', '=', false);
  // What was erased before has lost its words, but not yet its browser.
  const erased = comments()
    .where('status', 'in', erasedStatuses)
    .where('browser_id', 'in', trx.selectFrom('proved_address').select('browser_id').where('email', '=', email));
  for (const some of [proved, erased, ...(alsoUnproved ? [unproved] : [])]) {
    const rows = await some.execute();
    if (rows.length > 0) return rows.map(({ id }) => id);
  }
  return [];
}

// Anybody may have typed the address, so these are not its owner's to delete; but it is the owner's.
// @returns whether there may be more.
async function forgetTyped(trx: Transaction<Database>, email: string): Promise<boolean> {
  const typed = await trx
    .selectFrom('comment')
    .select('id')
    .where('email', '=', email)
    .where('email_proved', '=', false)
    .orderBy('id')
    .limit(batchSize)
    .forNoKeyUpdate()
    .execute();
  if (typed.length === 0) return false;
  const ids = typed.map(({ id }) => id);
  await trx
    .updateTable('comment')
    .set({ email: null })
    .where('id', 'in', ids)
    .where('email_proved', '=', false)
    .execute();
  return true;
}

// The words beside an event may quote the comment, or name who wrote it.
async function eraseNotes(trx: Transaction<Database>, ids: readonly number[]): Promise<void> {
  await eraseEventNotes(trx, { subjectKind: 'comment', subjectIds: ids });
  const reports = await trx.selectFrom('report').select('id').where('comment_id', 'in', ids).execute();
  await eraseEventNotes(trx, { subjectKind: 'report', subjectIds: reports.map(({ id }) => id) });
}

// What colleagues noted about whoever uses these browsers.
async function erasePersonNotes(
  trx: Transaction<Database>,
  browserIds: SelectQueryBuilder<Database, never, { browser_id: number | null }>,
): Promise<void> {
  await trx.deleteFrom('colleague_note').where('browser_id', 'in', browserIds).execute();
}

// A mail that has not left quotes the comment to its followers, and links to it.
async function eraseQuotes(trx: Transaction<Database>, ids: readonly number[]): Promise<void> {
  await trx
    .deleteFrom('mail')
    .where('sent_at', 'is', null)
    .where(sql<boolean>`body ~ ${`/comments/(${ids.join('|')})([^0-9]|$)`}`)
    .execute();
}
