import { sql, type Transaction } from 'kysely';
import { eraseAppeals } from '../appeals/queries.ts';
import type { Database } from '../database.ts';
import { eraseReportsAbout } from '../reports/erase.ts';

/**
 * Erases what a comment says and said, who said it, and what others said about it to moderators. Its place in the thread
 * stays, and so do its events and judgements, which then hold numbers only. What colleagues noted about it goes. The key of its form
 * goes too, so that the same form starts anew. Of where it came from the hash stays
 * until the limits that count it are over (see clean-up.ts): who deletes may not post more for it.
 */
export async function eraseWords(trx: Transaction<Database>, commentId: number): Promise<void> {
  await trx
    .updateTable('comment')
    .set({ name: '', email: null, email_proved: false, website: null, source: '', html: '' })
    .set({ edited_at: null })
    .where('id', '=', commentId)
    .execute();
  await trx
    .updateTable('judgement')
    .set({ facts: sql`facts - 'hosts' - 'leads' - 'weighed'` })
    .where('comment_id', '=', commentId)
    .execute();
  await eraseAppeals(trx, commentId);
  await eraseReportsAbout(trx, commentId);
  await trx.deleteFrom('revision').where('comment_id', '=', commentId).execute();
  await trx.deleteFrom('comment_fingerprint').where('comment_id', '=', commentId).execute();
  await trx.deleteFrom('comment_place').where('comment_id', '=', commentId).execute();
  await trx.deleteFrom('colleague_note').where('comment_id', '=', commentId).execute();
  await trx.deleteFrom('submission').where('comment_id', '=', commentId).execute();
}
