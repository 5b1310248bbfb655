import { type Kysely, sql } from 'kysely';

// What waits can be rejected along with a closing that lies ahead, and in parts where it is much. What reports held is found by
// that, as by any rule.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table closure add column waiting_batch uuid constraint closure_waiting_batch_key unique;
    comment on column closure.waiting_batch is
      'what waits is rejected along with it, in one go with this batch; null: it is decided as usual';

    alter table sweep
      add column closure_id integer references closure,
      drop constraint sweep_filter_or_undo,
      add constraint sweep_of_one_thing check (
        num_nonnulls(filter, undoes_batch, closure_id) = 1 and (undoes_batch is null) = (action <> 'undo')
      );

    comment on column comment.held_by is
      'the rule that held it, when it was written, last edited or enough reported; null: none did';
    update comment set held_by = 'reports'
    where status = 'pending' and (
      select rule from event
      where subject_kind = 'comment' and subject_id = comment.id and action in ('post', 'edit', 'hold')
      order by event.id desc limit 1
    ) = 'reports';`.execute(db);
}
