import { type Kysely, sql } from 'kysely';

// Events hold ids and numbers, never words or names: those lie in rows beside them, which can be erased.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table event (
      id integer generated always as identity primary key,
      subject_kind text not null
        constraint event_subject_kind check (subject_kind in ('comment', 'conversation', 'post', 'account', 'site')),
      subject_id integer not null,
      action text not null constraint event_action_form check (action ~ '^[a-z_]{1,40}$'),
      from_status text,
      to_status text,
      actor_id integer references account,
      rule text,
      batch uuid,
      undoes integer references event,
      numbers jsonb not null default '{}',
      created_at timestamptz not null
    );
    create index event_subject on event (subject_kind, subject_id, id);
    create index event_first_decision on event (id) where subject_kind = 'comment' and from_status = 'pending';

    create index event_batch on event (batch) where batch is not null;

    create table event_note (
      event_id integer primary key references event,
      reason text not null default '' constraint event_note_reason_length check (length(reason) <= 500),
      note text not null default '' constraint event_note_note_length check (length(note) <= 2000)
    );

    create function refuse_event_change() returns trigger language plpgsql as $$
    begin
      raise exception 'an event is never changed: undo it with another one' using errcode = 'restrict_violation';
    end $$;
    create trigger event_is_append_only before update or delete on event
      for each row execute function refuse_event_change();
    create trigger event_is_never_emptied before truncate on event
      for each statement execute function refuse_event_change();`.execute(db);
}
