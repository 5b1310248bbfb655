import { type Kysely, sql } from 'kysely';

// One comment of a conversation stands above the others.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table pin (
      conversation_id integer primary key references conversation,
      comment_id integer not null unique references comment,
      pinned_by integer references account,
      pinned_at timestamptz not null
    );
    create trigger pin_change_is_told after insert or update or delete on pin
      for each row execute function tell_conversation_change();
    create trigger emptying_is_told after truncate on pin for each statement execute function tell_emptying();`.execute(
    db,
  );
}
