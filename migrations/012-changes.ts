import { type Kysely, sql } from 'kysely';

// Whatever changes what readers see says so on the channel `change`, in the transaction that changes it: no program that
// writes can forget to, and what is rolled back is not told. A notification names its subject: `conversation 12`, or
// `site` for everything else, which seldom changes. Postgres tells each subject once a transaction.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function tell_site_change() returns trigger language plpgsql as $$
    begin
      perform pg_notify('change', 'site');
      return null;
    end $$;

    create function tell_conversation_change() returns trigger language plpgsql as $$
    begin
      perform pg_notify('change', 'conversation ' || (case when tg_op = 'DELETE' then old else new end).conversation_id);
      return null;
    end $$;

    create function tell_change_of_conversation_itself() returns trigger language plpgsql as $$
    begin
      perform pg_notify('change', 'conversation ' || new.id);
      return null;
    end $$;

    create trigger site_change_is_told after update on site for each row execute function tell_site_change();
    create trigger account_change_is_told after update of name, handle on account
      for each row execute function tell_site_change();
    create trigger tag_change_is_told after update on tag for each row execute function tell_site_change();

    create trigger new_post_is_told after insert on post
      for each row when (new.published_at is not null) execute function tell_site_change();
    create trigger post_change_is_told after update on post
      for each row when (old.published_at is not null or new.published_at is not null) execute function tell_site_change();
    create trigger post_deletion_is_told after delete on post
      for each row when (old.published_at is not null) execute function tell_site_change();
    create trigger post_author_change_is_told after insert or update or delete on post_author
      for each row execute function tell_site_change();
    create trigger post_tag_change_is_told after insert or update or delete on post_tag
      for each row execute function tell_site_change();

    create trigger conversation_change_is_told after update on conversation
      for each row execute function tell_change_of_conversation_itself();
    create trigger closure_change_is_told after insert or update or delete on closure
      for each row execute function tell_conversation_change();
    create trigger count_change_is_told after update on conversation_count
      for each row when (old.readable <> new.readable) execute function tell_conversation_change();

    create trigger new_comment_is_told after insert on comment
      for each row when (new.shown) execute function tell_conversation_change();
    create trigger comment_change_is_told after update
      of status, shown, name, website, html, path, depth, parent_id, root_id, created_at, account_id, email_proved on comment
      for each row when (old.shown or new.shown) execute function tell_conversation_change();
    create trigger comment_deletion_is_told after delete on comment
      for each row when (old.shown) execute function tell_conversation_change();`.execute(db);
}
