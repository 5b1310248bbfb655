import { type Kysely, sql } from 'kysely';

// What a service elsewhere was told last of a comment, after a person had decided otherwise than it said, or took that back; and which
// judgement of the comment that was about: each text is judged anew.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table outside_told (
      comment_id integer primary key references comment,
      judgement_id integer not null references judgement,
      outcome text not null constraint outside_told_outcome check (outcome in ('spam', 'good')),
      told_at timestamptz not null
    );`.execute(db);
}
