import { type Kysely, sql } from 'kysely';

// What one of the staff made of an own comment can be taken back, and that again: the text that a revision keeps and the one
// that the comment has change places, and with them what belongs to each.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table revision
      add column swaps integer not null default 1 constraint revision_swaps check (swaps > 0),
      add column edited_at timestamptz,
      add column held_by text,
      add column judgement_id integer references judgement;
    comment on column revision.swaps is
      'how often its text and that of the comment changed places; odd: the edit stands, even: it was taken back';
    comment on column revision.edited_at is 'as the comment has it with this text';
    comment on column revision.held_by is 'as the comment has it with this text';
    comment on column revision.judgement_id is 'how the comment was judged with this text';`.execute(db);
}
