import { type Kysely, sql } from 'kysely';

// What one of the staff made of an own comment can be taken back, and that again: the text that a revision keeps and the one
// that the comment has change places, and with them what belongs to each. What one person wrote is swept up in parts where it is much.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table revision
      add column swaps integer not null default 1 constraint revision_swaps check (swaps > 0),
      add column html text,
      add column edited_at timestamptz,
      add column held_by text,
      add column judgement_id integer references judgement;
    comment on column revision.swaps is
      'how often its text and that of the comment changed places; odd: the edit stands, even: it was taken back';
    comment on column revision.html is 'how a text in HTML is shown; null: it is rendered from its source';
    comment on column revision.edited_at is 'as the comment has it with this text';
    comment on column revision.held_by is 'as the comment has it with this text';
    comment on column revision.judgement_id is 'how the comment was judged with this text';

    alter table sweep
      add column person_id integer references comment,
      add column person_by text constraint sweep_person_by check (person_by in ('address', 'browser', 'network')),
      add column person_scope text constraint sweep_person_scope check (person_scope in ('pending', 'all')),
      add column person_address_hash bytea,
      add column person_browser_id integer references browser,
      add column person_network_hash bytea,
      add constraint sweep_person_is_known_until_its_end check (
        num_nonnulls(person_address_hash, person_browser_id, person_network_hash)
          = (person_id is not null and state = 'running')::integer
      ),
      add constraint sweep_person_is_whole check (num_nonnulls(person_id, person_by, person_scope) in (0, 3)),
      drop constraint sweep_of_one_thing,
      add constraint sweep_of_one_thing check (
        num_nonnulls(filter, undoes_batch, closure_id, person_id) = 1 and (undoes_batch is null) = (action <> 'undo')
      );
    comment on column sweep.person_id is 'a comment of the person whose comments are swept up';
    comment on column sweep.person_address_hash is 'keyed hash of their address, see persons/address-mark.ts';`.execute(
    db,
  );
}
