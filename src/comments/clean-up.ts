import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { daysBefore } from '../days-before.ts';
import { erasedStatuses } from './lifecycle.ts';

/** For how many days things are kept; of what was erased, as long as the limits look back: it counts as if it stood. */
const daysKept = { networkHash: 30, networkHashOfErased: 1 / 24, submission: 30, fingerprint: 30, place: 30 };

/**
 * Forgets which networks comments came from, and deletes the keys of their forms, what their texts are known by, and where they led,
 * unless that is known here.
 */
export async function cleanUpComments(db: Kysely<Database>, { now }: { now: Date }): Promise<void> {
  await db
    .updateTable('comment')
    .set({ network_hash: null })
    .where('network_hash', 'is not', null)
    .where((where) =>
      where.or([
        where('created_at', '<', daysBefore(now, daysKept.networkHash)),
        where.and([
          where('status', 'in', erasedStatuses),
          where('created_at', '<', daysBefore(now, daysKept.networkHashOfErased)),
        ]),
      ]),
    )
    .execute();
  await db.deleteFrom('submission').where('created_at', '<', daysBefore(now, daysKept.submission)).execute();
  await db.deleteFrom('comment_fingerprint').where('written_at', '<', daysBefore(now, daysKept.fingerprint)).execute();
  await db
    .deleteFrom('comment_place')
    .where('written_at', '<', daysBefore(now, daysKept.place))
    .where('known', '=', false)
    .execute();
}
