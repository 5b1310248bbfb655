import type { Transaction } from 'kysely';
import type { Database } from '../database.ts';

// Of what is illegal a check asks for a law and a name; they stay there, empty.
const wordless = { text: '', email: null };

/** Erases the words of reports about a comment that is erased: they may quote it, or name its writer. Who waits for the outcome is still told. */
export async function eraseReportsAbout(trx: Transaction<Database>, commentId: number): Promise<void> {
  await trx.updateTable('report').set({ text: '' }).where('comment_id', '=', commentId).execute();
}

/**
 * Erases what somebody reported: where the address was typed, and in the browsers in which it was proved. That there was a
 * report stays, without a word.
 */
export async function eraseReportsBy(trx: Transaction<Database>, { email }: { email: string }): Promise<void> {
  const theirs = trx
    .selectFrom('report')
    .select('id')
    .where((where) =>
      where.or([
        where('email', '=', email),
        where('browser_id', 'in', trx.selectFrom('proved_address').select('browser_id').where('email', '=', email)),
      ]),
    );
  const anonymous = { ...wordless, network_hash: null };
  await trx
    .updateTable('report')
    .set({ ...anonymous, law: '', name: '' })
    .where('kind', '=', 'illegal')
    .where('id', 'in', theirs)
    .execute();
  await trx.updateTable('report').set(anonymous).where('kind', '<>', 'illegal').where('id', 'in', theirs).execute();
}
