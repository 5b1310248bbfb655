import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { addJob } from '../jobs/queries.ts';
import { lockReports } from './lock.ts';
import type { ReportOutcome } from './table.ts';

/** Something that happened to a comment: where it stands now, and the event that says so. */
export interface Step {
  readonly to: string;
  readonly eventId: number;
}

/** What becomes of the open reports about a comment by where it goes; a comment that waits settles none. */
const outcomes: Readonly<Record<string, ReportOutcome>> = {
  approved: 'dismissed',
  rejected: 'acted',
  spam: 'acted',
  removed: 'acted',
  deleted: 'gone',
  expired: 'acted',
};

/** Settles the open reports about comments by what was done to these; by the comment's id. */
export async function settleReports(
  trx: Transaction<Database>,
  { steps, now }: { steps: ReadonlyMap<number, Step>; now: Date },
): Promise<void> {
  const settling = [...steps].flatMap(([commentId, { to, eventId }]) => {
    const outcome = outcomes[to];
    return outcome ? [{ commentId, eventId, outcome }] : [];
  });
  if (settling.length === 0) return;
  const about = settling.map(({ commentId }) => commentId);
  await lockReports(trx, sql`comment_id = any(${about}::integer[]) and outcome is null`);
  const { rows } = await sql<{ id: number }>`
    update report set outcome = step.outcome, settled_at = ${now}, settled_event_id = step.event_id
    from unnest(
      ${about}::integer[],
      ${settling.map(({ eventId }) => eventId)}::integer[],
      ${settling.map(({ outcome }) => outcome)}::text[]
    ) as step (comment_id, event_id, outcome)
    where report.comment_id = step.comment_id and report.outcome is null
    returning report.id`.execute(trx);
  await tellReporters(
    trx,
    rows.map(({ id }) => id),
  );
}

/** Settles reports by their own dismissals: events by the report's id. */
export async function dismissReports(
  trx: Transaction<Database>,
  { dismissals, now }: { dismissals: ReadonlyMap<number, number>; now: Date },
): Promise<void> {
  await lockReports(trx, sql`id = any(${[...dismissals.keys()]}::integer[])`);
  await sql`
    update report set outcome = 'dismissed', settled_at = ${now}, settled_event_id = dismissal.event_id
    from unnest(${[...dismissals.keys()]}::integer[], ${[...dismissals.values()]}::integer[]) as dismissal (id, event_id)
    where report.id = dismissal.id`.execute(trx);
  await tellReporters(trx, [...dismissals.keys()]);
}

/** Opens reports again whose settling was taken back. @returns their ids. */
export async function reopenReports(
  trx: Transaction<Database>,
  { eventIds }: { eventIds: readonly number[] },
): Promise<number[]> {
  const ids = await lockReports(trx, sql`settled_event_id = any(${eventIds}::integer[])`);
  if (ids.length > 0)
    await trx
      .updateTable('report')
      .set({ outcome: null, settled_at: null, settled_event_id: null })
      .where('id', 'in', ids)
      .execute();
  return ids;
}

/** Whether anybody waits to hear of these. */
async function tellReporters(trx: Transaction<Database>, ids: readonly number[]): Promise<void> {
  for (const reportId of await withAddress(trx, ids)) await addJob(trx, 'tell_reporter', { reportId });
}

async function withAddress(db: Kysely<Database>, ids: readonly number[]): Promise<number[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('report')
    .select('id')
    .where('id', 'in', ids)
    .where('email', 'is not', null)
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}
