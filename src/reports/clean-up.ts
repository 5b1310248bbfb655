import { type Kysely, sql } from 'kysely';
import type { Database } from '../database.ts';
import { daysBefore } from '../days-before.ts';
import { eraseEventNotes } from '../events/erase-notes.ts';
import { lockReports } from './lock.ts';

/** For how many days a report is kept once it was settled, and for how many the network that it came from. */
const daysKept = { report: 180, networkHash: 30 };

/** Deletes reports that were settled long ago, and forgets which networks the others came from. */
export async function cleanUpReports(db: Kysely<Database>, { now }: { now: Date }): Promise<void> {
  const old = daysBefore(now, daysKept.report);
  await db.transaction().execute(async (trx) => {
    const settled = sql<boolean>`settled_at < ${old}`;
    const subjectIds = (await trx.selectFrom('report').select('id').where(settled).execute()).map(({ id }) => id);
    await eraseEventNotes(trx, { subjectKind: 'report', subjectIds });
    const ids = await lockReports(trx, settled);
    if (ids.length > 0) await trx.deleteFrom('report').where('id', 'in', ids).execute();
  });
  await db.transaction().execute(async (trx) => {
    const before = daysBefore(now, daysKept.networkHash);
    const ids = await lockReports(trx, sql`network_hash is not null and created_at < ${before}`);
    if (ids.length > 0) await trx.updateTable('report').set({ network_hash: null }).where('id', 'in', ids).execute();
  });
}
