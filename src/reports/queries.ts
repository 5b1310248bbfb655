import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import type { ReportDraft } from './form.ts';
import type { Report } from './table.ts';

/** Who reports, as far as that is known. */
export interface Reporter {
  readonly browserId: number | undefined;
  readonly networkHash: Buffer;
}

/** A report about a comment that somebody made before, known by the browser or, without one, by the network. */
export function findOwnReport(
  db: Kysely<Database>,
  { commentId, reporter }: { commentId: number; reporter: Reporter },
): Promise<Report | undefined> {
  const { browserId, networkHash } = reporter;
  const reports = db.selectFrom('report').selectAll().where('comment_id', '=', commentId);
  const own =
    browserId === undefined
      ? reports.where('browser_id', 'is', null).where('network_hash', '=', networkHash)
      : reports.where('browser_id', '=', browserId);
  return own.executeTakeFirst();
}

/** Stores a report. @returns its id. */
export async function insertReport(
  trx: Transaction<Database>,
  { commentId, reporter, draft, now }: { commentId: number; reporter: Reporter; draft: ReportDraft; now: Date },
): Promise<number> {
  const { id } = await trx
    .insertInto('report')
    .values({
      comment_id: commentId,
      kind: draft.kind,
      text: draft.text,
      law: draft.claim?.law ?? null,
      name: draft.claim?.name ?? null,
      email: draft.email ?? null,
      browser_id: reporter.browserId ?? null,
      network_hash: reporter.networkHash,
      created_at: now,
      outcome: null,
      settled_at: null,
      settled_event_id: null,
      told_at: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** From how many networks the open reports about a comment came: who has two browsers is one of them. */
export async function countReporters(db: Kysely<Database>, commentId: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(distinct network_hash)::integer as count from report
    where comment_id = ${commentId} and outcome is null`.execute(db);
  return rows[0]?.count ?? 0;
}

/** A report with its post, and what the person who decided gave as a reason. */
export type AnsweredReport = NonNullable<Awaited<ReturnType<typeof findAnswered>>>;

/** A report, and what became of it. */
export function findAnswered(db: Kysely<Database>, id: number) {
  return db
    .selectFrom('report')
    .innerJoin('comment', 'comment.id', 'report.comment_id')
    .innerJoin('post', 'post.conversation_id', 'comment.conversation_id')
    .leftJoin('event_note', 'event_note.event_id', 'report.settled_event_id')
    .selectAll('report')
    .select(['post.title', 'comment.shown'])
    .select((eb) => eb.fn.coalesce('event_note.reason', eb.val('')).as('reason'))
    .where('report.id', '=', id)
    .executeTakeFirst();
}
