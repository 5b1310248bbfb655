import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { daysBefore } from '../days-before.ts';

/** For how many days the text of an appeal is kept once it was decided. */
const daysKept = 180;

/** Erases the texts of appeals that were decided long ago. That there was one stays: a decision is appealed once. */
export async function cleanUpAppeals(db: Kysely<Database>, { now }: { now: Date }): Promise<void> {
  await db
    .updateTable('appeal')
    .set({ text: null })
    .where('text', 'is not', null)
    .where('decided_at', '<', daysBefore(now, daysKept))
    .execute();
}
