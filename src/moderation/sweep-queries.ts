import { type Insertable, type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { type DoneEvent, doneColumns } from '../events/queries.ts';
import { addJob } from '../jobs/queries.ts';
import { prepared } from '../prepared.ts';
import type { Sweep, SweepTable } from './table.ts';

/**
 * Stores a sweep, unless the same form or the same undo has begun one.
 *
 * @returns the id of that one, where there is one already.
 */
async function insertSweep(
  trx: Transaction<Database>,
  sweep: Insertable<SweepTable>,
): Promise<{ id: number | undefined; isNew: boolean }> {
  const added = await trx
    .insertInto('sweep')
    .values(sweep)
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (added) return { id: added.id, isNew: true };
  const before = await trx
    .selectFrom('sweep')
    .select('id')
    .where((eb) =>
      eb.or([
        eb('batch', '=', sweep.batch),
        eb.and([eb('undoes_batch', '=', sweep.undoes_batch ?? null), eb('state', '=', 'running')]),
      ]),
    )
    .where('account_id', '=', sweep.account_id)
    .executeTakeFirst();
  return { id: before?.id, isNew: false };
}

/** Stores a sweep, and the job that carries it out. @returns its id, the same where there is one already. */
export async function beginSweep(
  trx: Transaction<Database>,
  sweep: Insertable<SweepTable>,
): Promise<number | undefined> {
  const { id, isNew } = await insertSweep(trx, sweep);
  if (isNew && id !== undefined) await addJob(trx, 'sweep', { sweepId: id });
  return id;
}

/** A sweep by its id. */
export function findSweep(db: Kysely<Database>, id: number): Promise<Sweep | undefined> {
  return db.selectFrom('sweep').selectAll().where('id', '=', id).executeTakeFirst();
}

/** How far a sweep is. */
export type SweepAdvance = Pick<Sweep, 'id' | 'action' | 'state' | 'expected' | 'decided'>;

/** What somebody asked for that is still being carried out, the newest first. */
export function listRunningSweeps(db: Kysely<Database>, accountId: number): Promise<SweepAdvance[]> {
  return db
    .selectFrom('sweep')
    .modifyFront(prepared)
    .select(['id', 'action', 'state', 'expected', 'decided'])
    .where('account_id', '=', accountId)
    .where('state', '=', sql.lit('running'))
    .orderBy('id', 'desc')
    .limit(sql.lit(5))
    .execute();
}

/** A sweep that is to go on, held so that no other process carries on with it; undefined where it has ended. */
export function lockRunning(trx: Transaction<Database>, id: number): Promise<Sweep | undefined> {
  return trx
    .selectFrom('sweep')
    .selectAll()
    .where('id', '=', id)
    .where('state', '=', 'running')
    .forUpdate()
    .executeTakeFirst();
}

/** Ends a sweep: what a person was known by goes, and so do the words that came with it, which stand beside its events. */
export async function endSweep(
  db: Kysely<Database>,
  { id, state, now }: { id: number; state: 'done' | 'stopped'; now: Date },
): Promise<void> {
  await db
    .updateTable('sweep')
    .set({ state, reason: '', note: '', filter: sql`filter - 'text'`, moved_at: now })
    .set({ person_address_hash: null, person_browser_id: null, person_network_hash: null })
    .where('id', '=', id)
    .where('state', '=', 'running')
    .execute();
}

/** The sweep that is still doing what is done in one go with a batch; undefined where none is. */
export async function findRunningOf(db: Kysely<Database>, batch: string): Promise<number | undefined> {
  const query = db.selectFrom('sweep').select('id').where('batch', '=', batch).where('state', '=', 'running');
  return (await query.executeTakeFirst())?.id;
}

/** Ends what is still being done in one go, behind the part that is under way. */
export async function stopBatch(
  trx: Transaction<Database>,
  { batch, now }: { batch: string; now: Date },
): Promise<void> {
  const id = await findRunningOf(trx, batch);
  if (id !== undefined) await endSweep(trx, { id, state: 'stopped', now });
}

/** The last event of all. */
export async function newestEvent(db: Kysely<Database>): Promise<number> {
  const event = await db.selectFrom('event').select('id').orderBy('id', 'desc').limit(1).executeTakeFirst();
  return event?.id ?? 0;
}

/** What was done in one go, in its order, or some of it. @param after id of the last event that was looked at. */
export function listOfBatch(
  db: Kysely<Database>,
  { batch, after, most }: { batch: string; after: number; most: number | undefined },
): Promise<DoneEvent[]> {
  return db
    .selectFrom('event')
    .select(doneColumns)
    .where('batch', '=', batch)
    .where('id', '>', after)
    .orderBy('id')
    .$if(most !== undefined, (query) => query.limit(most ?? 0))
    .execute();
}

/**
 * An event that belongs to what was decided about comments in one go.
 *
 * @returns undefined where it was decided alone, or where something was closed along with it.
 */
export async function findDecidedTogether(
  db: Kysely<Database>,
  eventId: number,
): Promise<(DoneEvent & { readonly batch: string }) | undefined> {
  const event = await db
    .selectFrom('event')
    .select(doneColumns)
    .where('id', '=', eventId)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('event as closing')
            .select('closing.id')
            .whereRef('closing.batch', '=', 'event.batch')
            .where('closing.subject_kind', '<>', 'comment'),
        ),
      ),
    )
    .executeTakeFirst();
  return event && event.batch !== null ? { ...event, batch: event.batch } : undefined;
}

/** How many events a batch has. */
export async function countOfBatch(db: Kysely<Database>, batch: string): Promise<number> {
  const { count } = await db
    .selectFrom('event')
    .select(sql<number>`count(*)::integer`.as('count'))
    .where('batch', '=', batch)
    .executeTakeFirstOrThrow();
  return count;
}

/** One of the events of a batch, by which all of it can be undone; undefined where there is none. */
export async function findEventOf(db: Kysely<Database>, batch: string): Promise<number | undefined> {
  const event = await db
    .selectFrom('event')
    .select('id')
    .where('batch', '=', batch)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  return event?.id;
}
