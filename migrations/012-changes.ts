import { type Kysely, sql } from 'kysely';

// Whatever changes what readers see says so on the channel `change`, in the transaction that changes it: no program that
// writes can forget to, and what is rolled back is not told. A notification names its subject: `conversation 12`, or
// `site` for everything else, which seldom changes, or `everything`. Postgres tells each subject once a transaction.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function tell_site_change() returns trigger language plpgsql as $$
    begin
      perform pg_notify('change', 'site');
      return null;
    end $$;

    create function tell_emptying() returns trigger language plpgsql as $$
    begin
      perform pg_notify('change', 'everything');
      return null;
    end $$;

    create function tell_conversation_change() returns trigger language plpgsql as $$
    begin
      if tg_op <> 'DELETE' then perform pg_notify('change', 'conversation ' || new.conversation_id); end if;
      if tg_op <> 'INSERT' and (tg_op = 'DELETE' or old.conversation_id <> new.conversation_id) then
        perform pg_notify('change', 'conversation ' || old.conversation_id);
      end if;
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
    create trigger new_count_is_told after insert or delete on conversation_count
      for each row execute function tell_conversation_change();
    create trigger count_change_is_told after update on conversation_count
      for each row when (old.readable <> new.readable or old.conversation_id <> new.conversation_id)
      execute function tell_conversation_change();

    create trigger new_comment_is_told after insert on comment
      for each row when (new.shown) execute function tell_conversation_change();
    create trigger comment_change_is_told after update
      of conversation_id, status, shown, name, website, html, path, depth, parent_id, root_id, created_at, edited_at,
        account_id, email_proved on comment
      for each row when (old.shown or new.shown) execute function tell_conversation_change();
    create trigger comment_deletion_is_told after delete on comment
      for each row when (old.shown) execute function tell_conversation_change();`.execute(db);

  for (const table of [
    'site',
    'account',
    'tag',
    'post',
    'post_author',
    'post_tag',
    'closure',
    'conversation_count',
    'comment',
  ]) {
    await sql`create trigger emptying_is_told after truncate on ${sql.table(table)}
      for each statement execute function tell_emptying()`.execute(db);
  }
}
