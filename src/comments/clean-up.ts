import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../database.ts';
import { daysBefore } from '../days-before.ts';
import { daysKept } from './days-kept.ts';
import { erasedStatuses } from './lifecycle.ts';

/**
 * Forgets which networks comments came from, and deletes the keys of their forms, what their texts are known by, and where they led,
 * unless that is known here. What somebody changes at the moment is left for the next time: who erases or decides on many comments
 * changes such rows one after the other, so to wait for one while holding others may be to wait in a circle.
 */
export async function cleanUpComments(db: Kysely<Database>, { now }: { now: Date }): Promise<void> {
  await forgetNetworks(db, now);
  await deleteFree(db, 'submission', sql`created_at < ${daysBefore(now, daysKept.submission)}`);
  await deleteFree(db, 'comment_fingerprint', sql`written_at < ${daysBefore(now, daysKept.fingerprint)}`);
  await deleteFree(db, 'comment_place', sql`written_at < ${daysBefore(now, daysKept.place)} and not known`);
}

async function forgetNetworks(db: Kysely<Database>, now: Date): Promise<void> {
  await db
    .with(
      (cte) => cte('free').materialized(),
      (cte) =>
        cte
          .selectFrom('comment')
          .select('id')
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
          .forNoKeyUpdate()
          .skipLocked(),
    )
    .updateTable('comment')
    .set({ network_hash: null })
    .where('id', 'in', (where) => where.selectFrom('free').select('id'))
    .execute();
}

async function deleteFree(
  db: Kysely<Database>,
  table: 'submission' | 'comment_fingerprint' | 'comment_place',
  old: RawBuilder<unknown>,
): Promise<void> {
  await sql`
    with free as materialized (select ctid from ${sql.table(table)} where ${old} for update skip locked)
    delete from ${sql.table(table)} where ctid = any(array(select ctid from free))`.execute(db);
}
