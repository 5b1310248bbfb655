import { sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { lockReports } from './lock.ts';

/** Erases the words of reports about a comment that is erased: they may quote it, or name its writer. Who waits for the outcome is still told. */
export async function eraseReportsAbout(trx: Transaction<Database>, commentId: number): Promise<void> {
  const ids = await lockReports(trx, sql`comment_id = ${commentId}`);
  if (ids.length === 0) return;
  await trx.updateTable('report').set({ text: '' }).where('id', 'in', ids).execute();
}

/**
 * Erases what somebody reported: where the address was typed, and in the browsers in which it was proved. That there was a
 * report stays, without a word.
 */
export async function eraseReportsBy(trx: Transaction<Database>, { email }: { email: string }): Promise<void> {
  const ids = await lockReports(
    trx,
    sql`email = ${email} or browser_id in (select browser_id from proved_address where proved_address.email = ${email})`,
  );
  if (ids.length === 0) return;
  // Of what is illegal a check asks for a law and a name; they stay there, empty.
  const emptied = (column: 'law' | 'name') => sql<string | null>`case when ${sql.ref(column)} is not null then '' end`;
  await trx
    .updateTable('report')
    .set({ text: '', email: null, network_hash: null, law: emptied('law'), name: emptied('name') })
    .where('id', 'in', ids)
    .execute();
}
