import { type Kysely, sql } from 'kysely';

// Where comments lead to, looked for by the place, newest first. Where something stands that was approved there is nothing to find:
// such places are known, and kept for as long as it stands. All else is deleted after 30 days.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table comment_place (
      comment_id integer not null references comment,
      place text collate "C" not null constraint comment_place_place check (length(place) between 1 and 300),
      known boolean not null,
      written_at timestamptz not null,
      primary key (comment_id, place)
    );
    comment on table comment_place is 'where comments lead to, see rules/places.ts';
    comment on column comment_place.known is 'whether the comment stands approved, by a person or since its writer is known here';
    create index comment_place_place on comment_place (place, written_at);
    create index comment_place_known on comment_place (place) where known;

    -- A rule publishes only what is new or edited; whatever else becomes approved was decided by somebody.
    create function know_places() returns trigger language plpgsql as $$
    begin
      update comment_place set known = (new.status = 'approved') where comment_id = new.id;
      return null;
    end $$;
    create trigger comment_status_is_of_places after update of status on comment
      for each row when ((old.status = 'approved') <> (new.status = 'approved')) execute function know_places();

    insert into comment_place (comment_id, place, known, written_at)
    select distinct comment.id, left(host, 300), true, comment.created_at
    from comment
    join judgement on judgement.comment_id = comment.id
    cross join jsonb_array_elements_text(
      case jsonb_typeof(judgement.facts -> 'hosts') when 'array' then judgement.facts -> 'hosts' else '[]' end
    ) as host
    where comment.status = 'approved' and host <> '';

    update rule set place = place + 1 where place > (select place from rule copies where copies.name = 'copies');
    insert into rule (name, place, enabled, settings)
    select 'campaign', place + 1, enabled, '{"held": 2, "spam": 5, "hosts": ""}' from rule where name = 'copies';
    update site set rules_token = gen_random_uuid();`.execute(db);
}
