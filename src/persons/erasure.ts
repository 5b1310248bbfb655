import { sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { addressMark } from './address-mark.ts';

/**
 * Erases what was decided about the person of an address, as far as they can ask for it: words may quote them, and go; what is
 * not needed to keep somebody out ends. That somebody is shut out stays until its end, by a keyed hash that tells no address.
 */
export async function eraseStandings(trx: Transaction<Database>, { email }: { email: string }): Promise<void> {
  const mark = addressMark(sql`${email}::text`);
  await trx.deleteFrom('standing').where('address_hash', '=', mark).where('kind', 'in', ['trusted', 'held']).execute();
  await trx
    .updateTable('standing')
    .set({ reason: '', note: '', comment_id: null })
    .where(({ or, eb, selectFrom }) =>
      or([
        eb('address_hash', '=', mark),
        eb(
          'browser_id',
          'in',
          selectFrom('proved_address').select('proved_address.browser_id').where('proved_address.email', '=', email),
        ),
      ]),
    )
    .execute();
}
