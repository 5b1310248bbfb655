import { type Kysely, sql } from 'kysely';

// What happened is read by conversation and by person, newest first, without going through what happened elsewhere.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table event add column conversation_id integer references conversation;
    alter table event disable trigger event_is_append_only;
    update event set conversation_id = case subject_kind
      when 'conversation' then subject_id
      when 'comment' then (select conversation_id from comment where id = subject_id)
      when 'post' then (select conversation_id from post where id = subject_id)
    end;
    alter table event enable trigger event_is_append_only;

    create index event_conversation on event (conversation_id, id) where conversation_id is not null;
    create index event_actor on event (actor_id, id) where actor_id is not null;
    alter table event add constraint event_undo_names_its_event check ((action = 'undo') = (undoes is not null));`.execute(
    db,
  );
}
