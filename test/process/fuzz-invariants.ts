import { type Kysely, sql } from 'kysely';
import type { Database } from '../../src/database.ts';

/** What must hold of comments whatever was done to them: queries that find what breaks it. */
const invariants = {
  'an event of a comment goes on from where the one before it led': sql`
    select * from (
      select id, subject_id, action, from_status, to_status,
        lag(to_status) over (partition by subject_id order by id) as stood
      from event where subject_kind = 'comment' and to_status is not null
    ) as step where from_status is distinct from stood`,
  'an undo leads to where the event that it takes back came from': sql`
    select undo.id, undo.to_status, undone.from_status from event undo join event undone on undone.id = undo.undoes
    where undo.subject_kind = 'comment' and undo.to_status is distinct from undone.from_status`,
  'a comment stands where its last event led': sql`
    select comment.id, comment.status, last.to_status from comment left join lateral (
      select to_status from event where subject_kind = 'comment' and subject_id = comment.id and to_status is not null
      order by id desc limit 1
    ) as last on true where comment.status is distinct from last.to_status`,
  'the counts of a conversation are how many there are': sql`
    select conversation_id, readable, waiting, counted.* from conversation_count, lateral (
      select count(*) filter (where status = 'approved') as approved, count(*) filter (where status = 'pending') as pending
      from comment where comment.conversation_id = conversation_count.conversation_id
    ) as counted where readable <> approved or waiting <> pending`,
  'a comment is shown where it, or something below it, is approved': sql`
    with recursive needed as (
      select id, parent_id from comment where status = 'approved'
      union select above.id, above.parent_id from comment above join needed on above.id = needed.parent_id
    )
    select id, status, shown from comment where shown <> (id in (select id from needed))`,
  'no report is open about what was taken down or deleted': sql`
    select report.id, status from report join comment on comment.id = comment_id
    where outcome is null and status not in ('approved', 'pending')`,
  'no appeal is open about what came back or was deleted': sql`
    select appeal.id, status from appeal join comment on comment.id = comment_id
    where outcome is null and status in ('approved', 'deleted')`,
  'a conversation takes replies as the last event about that says': sql`
    select conversation.id, mode, last.to_status from conversation join lateral (
      select to_status from event
      where subject_kind = 'conversation' and subject_id = conversation.id
        and (action = 'set_mode' or numbers -> 'own_before' is not null)
      order by id desc limit 1
    ) as last on true where coalesce(mode, 'site') <> last.to_status`,
  'an open appeal is against what led to where the comment stands': sql`
    select appeal.id, appeal.event_id, event.to_status, comment.status
    from appeal join event on event.id = appeal.event_id join comment on comment.id = comment_id
    where outcome is null and event.to_status is distinct from comment.status`,
  'what is pinned stands in its own conversation': sql`
    select pin.* from pin join comment on comment.id = comment_id where pin.conversation_id <> comment.conversation_id`,
};

/** @returns what does not hold, each with the rows that break it; empty where all does. */
export async function findBroken(db: Kysely<Database>): Promise<Record<string, unknown[]>> {
  const broken: Record<string, unknown[]> = {};
  for (const [name, query] of Object.entries(invariants)) {
    const { rows } = await query.execute(db);
    if (rows.length > 0) broken[name] = rows.slice(0, 5);
  }
  return broken;
}

/** All events up to one, as they are told apart from others: the last of them, and a digest of their words. */
export async function digestEvents(
  db: Kysely<Database>,
  { upTo }: { upTo: number | undefined },
): Promise<{ last: number; digest: string }> {
  const { rows } = await sql<{ last: number; digest: string }>`
    select coalesce(max(id), 0) as last, md5(coalesce(string_agg(event::text, ',' order by id), '')) as digest
    from event where id <= ${upTo ?? 2_147_483_647}`.execute(db);
  return rows[0] as { last: number; digest: string };
}
