import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { daysBefore } from '../days-before.ts';

/** For how many days a report is kept once it was settled, and for how many the network that it came from. */
const daysKept = { report: 180, networkHash: 30 };

/** Deletes reports that were settled long ago, and forgets which networks the others came from. */
export async function cleanUpReports(db: Kysely<Database>, { now }: { now: Date }): Promise<void> {
  const old = daysBefore(now, daysKept.report);
  await db.transaction().execute(async (trx) => {
    const reports = trx.selectFrom('report').select('id').where('settled_at', '<', old);
    const events = trx.selectFrom('event').select('id').where('subject_kind', '=', 'report');
    await trx
      .deleteFrom('event_note')
      .where('event_id', 'in', events.where('subject_id', 'in', reports))
      .execute();
    await trx.deleteFrom('report').where('settled_at', '<', old).execute();
  });
  await db
    .updateTable('report')
    .set({ network_hash: null })
    .where('network_hash', 'is not', null)
    .where('created_at', '<', daysBefore(now, daysKept.networkHash))
    .execute();
}
