import { type Kysely, sql } from 'kysely';

// What each change of the settings changed, beside its event: titles are words, and words are not for events.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table settings_change (
      event_id integer primary key references event,
      fields jsonb not null constraint settings_change_says_something check (jsonb_typeof(fields) = 'object' and fields <> '{}')
    );
    comment on column settings_change.fields is 'by the name of the column: {"before": …, "after": …}';`.execute(db);
}
