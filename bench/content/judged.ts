import { type Kysely, sql } from 'kysely';
import { createDatabase, createPool, type Database } from '../../src/database.ts';
import { fillQueue } from './fill.ts';

/**
 * Makes a site on which so many comments were judged, by facts such as a form gives, and a moderator decided about two of three:
 * of these every fifth was turned down.
 *
 * @param url of an empty database.
 */
export async function fillJudged(url: string, size: number): Promise<void> {
  await fillQueue(url, size);
  const pool = createPool(url, (error) => {
    throw error;
  });
  const db = createDatabase(pool);
  await giveFacts(db);
  await decide(db);
  await pool.query('vacuum analyze');
  await pool.query('checkpoint');
  await db.destroy();
}

async function giveFacts(db: Kysely<Database>): Promise<void> {
  await sql`
    update judgement set facts = jsonb_build_object(
      'staffRole', null, 'mode', 'first_held', 'links', id % 4, 'hosts', case id % 4 when 0 then '[]'::jsonb
        else jsonb_build_array('www.host-' || id % 1000 || '.example') end,
      'nameLink', false, 'approvedBefore', 0, 'recentFromBrowser', id % 3, 'recentFromNetwork', id % 5,
      'recentOnSite', id % 20, 'postAgeDays', 1, 'baited', false, 'secondsToWrite', 5 + id % 60
    )`.execute(db);
}

async function decide(db: Kysely<Database>): Promise<void> {
  await sql`
    with decided as (
      update comment set status = case when id % 5 = 0 then 'rejected' else 'approved' end, shown = id % 5 <> 0
      where status = 'pending' and id % 3 <> 0
      returning id, status, conversation_id
    )
    insert into event (subject_kind, subject_id, action, from_status, to_status, actor_id, conversation_id, created_at)
    select 'comment', id, case status when 'rejected' then 'reject' else 'approve' end, 'pending', status, 1, conversation_id, now()
    from decided order by id`.execute(db);
}
