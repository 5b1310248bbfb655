import { type Kysely, sql } from 'kysely';

// A closing is of the whole site, of one conversation or of one branch; it may lie ahead, and leave some who may still
// speak. Conversations also close by themselves where nothing was said for so many days.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table closure
      alter column conversation_id drop not null,
      add column comment_id integer references comment,
      add column begins_at timestamptz,
      add column speakers text not null default 'nobody'
        constraint closure_speakers check (speakers in ('nobody', 'author', 'staff')),
      add constraint closure_branch_has_conversation check (comment_id is null or conversation_id is not null);
    alter table closure add constraint closure_begins_after_decision check (begins_at > closed_at);
    comment on column closure.begins_at is 'null: at once, whatever the clocks of other processes say';
    comment on column closure.conversation_id is 'null: all of them';
    comment on column closure.comment_id is 'where the branch begins; null: the whole conversation';
    drop index closure_one_at_a_time;
    create unique index closure_one_at_a_time on closure (conversation_id, comment_id) nulls not distinct
      where reopened_at is null;

    alter table conversation add column close_after_quiet_days integer
      constraint conversation_close_after_quiet_days check (close_after_quiet_days between 0 and 36500);
    alter table site add column close_after_quiet_days integer
      constraint site_close_after_quiet_days check (close_after_quiet_days between 1 and 36500);
    update conversation set close_after_quiet_days = 0 where close_after_days is not null;

    alter table event drop constraint event_subject_kind, add constraint event_subject_kind
      check (subject_kind in ('comment', 'conversation', 'branch', 'post', 'account', 'site'));

    create function tell_closure_change() returns trigger language plpgsql as $$
    declare
      closed integer := case when tg_op = 'DELETE' then old.conversation_id else new.conversation_id end;
    begin
      perform pg_notify('change', coalesce('conversation ' || closed, 'site'));
      return null;
    end $$;
    drop trigger closure_change_is_told on closure;
    create trigger closure_change_is_told after insert or update or delete on closure
      for each row execute function tell_closure_change();`.execute(db);
}
