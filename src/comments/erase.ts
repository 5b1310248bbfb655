import type { Transaction } from 'kysely';
import type { Database } from '../database.ts';

/**
 * Erases what a comment says and said, who said it, and from where. Its place in the thread stays, and so do its events
 * and judgements: they hold numbers only. The key of its form goes too, so that the same form starts anew.
 */
export async function eraseWords(trx: Transaction<Database>, commentId: number): Promise<void> {
  await trx
    .updateTable('comment')
    .set({ name: '', email: null, email_proved: false, website: null, source: '', html: '' })
    .set({ network_hash: null, edited_at: null })
    .where('id', '=', commentId)
    .execute();
  await trx.deleteFrom('revision').where('comment_id', '=', commentId).execute();
  await trx.deleteFrom('submission').where('comment_id', '=', commentId).execute();
}
