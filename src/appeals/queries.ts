import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { eraseEventNotes } from '../events/erase-notes.ts';
import { prepared } from '../prepared.ts';
import type { Appeal, AppealOutcome } from './table.ts';

/** Files an appeal. @returns its id; undefined where the decision has one already. */
export async function insertAppeal(
  trx: Transaction<Database>,
  { commentId, eventId, text, now }: { commentId: number; eventId: number; text: string; now: Date },
): Promise<number | undefined> {
  const row = await trx
    .insertInto('appeal')
    .values({
      comment_id: commentId,
      event_id: eventId,
      text,
      created_at: now,
      outcome: null,
      decided_at: null,
      decided_event_id: null,
    })
    .onConflict((conflict) => conflict.constraint('appeal_event_key').doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id;
}

/** An appeal with the reason that came with its outcome. */
export type ToldAppeal = Appeal & { readonly reason: string };

/** The appeals against these decisions, by the deciding event. */
export async function findAppealsAgainst(
  db: Kysely<Database>,
  eventIds: readonly number[],
): Promise<Map<number, ToldAppeal>> {
  if (eventIds.length === 0) return new Map();
  const rows = await selectTold(db).where('appeal.event_id', 'in', eventIds).execute();
  return new Map(rows.map((row) => [row.event_id, row]));
}

/** Which of these comments there was an appeal about: hardly any, so that this is asked before more is. */
export async function listAppealed(db: Kysely<Database>, commentIds: readonly number[]): Promise<number[]> {
  if (commentIds.length === 0) return [];
  const { rows } = await sql<{ comment_id: number }>`
    ${prepared} select comment_id from appeal where comment_id = any(${commentIds}::integer[])`.execute(db);
  return rows.map(({ comment_id }) => comment_id);
}

/** The last appeal about each of these comments, by the comment's id. */
export async function findLastAppeals(
  db: Kysely<Database>,
  commentIds: readonly number[],
): Promise<Map<number, ToldAppeal>> {
  if (commentIds.length === 0) return new Map();
  const rows = await selectTold(db)
    .where('appeal.comment_id', 'in', commentIds)
    .distinctOn('appeal.comment_id')
    .orderBy('appeal.comment_id')
    .orderBy('appeal.id', 'desc')
    .execute();
  return new Map(rows.map((row) => [row.comment_id, row]));
}

/** An appeal, locked until the transaction ends; its comment is locked before. */
export function lockAppeal(trx: Transaction<Database>, id: number): Promise<Appeal | undefined> {
  return trx.selectFrom('appeal').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

/** Notes what became of an appeal, and by which event. */
export async function closeAppeal(
  trx: Transaction<Database>,
  { id, outcome, eventId, now }: { id: number; outcome: AppealOutcome; eventId: number; now: Date },
): Promise<void> {
  await trx
    .updateTable('appeal')
    .set({ outcome, decided_at: now, decided_event_id: eventId })
    .where('id', '=', id)
    .execute();
}

/** Comments that are back, or wait again, each by the event that did so: what its writer said something against is no more. */
export async function closeAppealsOfReturned(
  trx: Transaction<Database>,
  { returned, now }: { returned: ReadonlyMap<number, number>; now: Date },
): Promise<void> {
  if (returned.size === 0) return;
  await sql`
    update appeal set outcome = 'overturned', decided_at = ${now}, decided_event_id = returned.event_id
    from unnest(${[...returned.keys()]}::integer[], ${[...returned.values()]}::integer[]) as returned (comment_id, event_id)
    where appeal.comment_id = returned.comment_id and appeal.outcome is null`.execute(trx);
}

/** A decision by which a comment stays down: its event, and the one that it takes back. */
export interface DecidedAnew {
  readonly eventId: number;
  readonly undoes: number | undefined;
}

/**
 * Comments that stay down by another decision than before: what was said against that one is answered. Where it was taken
 * back itself, the appeal has done so, though what was decided before it holds again.
 */
export async function closeAppealsOfDecided(
  trx: Transaction<Database>,
  { decided, now }: { decided: ReadonlyMap<number, DecidedAnew>; now: Date },
): Promise<void> {
  if (decided.size === 0) return;
  const steps = [...decided.values()];
  await sql`
    update appeal set decided_at = ${now}, decided_event_id = step.event_id,
      outcome = case when appeal.event_id = step.undoes then 'overturned' else 'upheld' end
    from unnest(
      ${[...decided.keys()]}::integer[],
      ${steps.map(({ eventId }) => eventId)}::integer[],
      ${steps.map(({ undoes }) => undoes ?? null)}::integer[]
    ) as step (comment_id, event_id, undoes)
    where appeal.comment_id = step.comment_id and appeal.outcome is null`.execute(trx);
}

/** Opens appeals again whose outcome was taken back. @returns their ids. */
export async function reopenAppeals(
  trx: Transaction<Database>,
  { eventIds }: { eventIds: readonly number[] },
): Promise<number[]> {
  if (eventIds.length === 0) return [];
  const rows = await trx
    .updateTable('appeal')
    .set({ outcome: null, decided_at: null, decided_event_id: null })
    .where('decided_event_id', 'in', eventIds)
    .where('text', 'is not', null)
    .returning('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** Erases what was said against decisions on a comment, and what was answered. */
export async function eraseAppeals(trx: Transaction<Database>, commentId: number): Promise<void> {
  const appeals = await trx.selectFrom('appeal').select('id').where('comment_id', '=', commentId).execute();
  if (appeals.length === 0) return;
  await eraseEventNotes(trx, { subjectKind: 'appeal', subjectIds: appeals.map(({ id }) => id) });
  await trx.deleteFrom('appeal').where('comment_id', '=', commentId).execute();
}

function selectTold(db: Kysely<Database>) {
  return db
    .selectFrom('appeal')
    .leftJoin('event_note', 'event_note.event_id', 'appeal.decided_event_id')
    .selectAll('appeal')
    .select((eb) => eb.fn.coalesce('event_note.reason', eb.val('')).as('reason'));
}
