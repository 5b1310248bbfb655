import { type Kysely, sql } from 'kysely';

// What a rule alone took for spam is known as such until somebody decides on it, and is read by key, however much there is. What
// has been spam for long enough is erased: its words go, its place stays.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table comment
      drop constraint comment_status,
      drop constraint comment_deleted_is_empty,
      add constraint comment_status
        check (status in ('pending', 'approved', 'rejected', 'spam', 'removed', 'deleted', 'expired')),
      add constraint comment_deleted_is_empty check (
        status not in ('deleted', 'expired')
        or (name = '' and email is null and not email_proved and website is null and source = '' and html = '')
      ),
      add column unconfirmed_spam boolean not null default false
        constraint comment_unconfirmed_is_spam check (status = 'spam' or not unconfirmed_spam);
    comment on column comment.unconfirmed_spam is 'a rule took it for spam, and nobody has decided on it since';

    update comment set unconfirmed_spam = true
    where status = 'spam' and (
      select last.rule is not null and last.to_status = 'spam' from event last
      where last.subject_kind = 'comment' and last.subject_id = comment.id and last.to_status is not null
      order by last.id desc limit 1
    );

    create index comment_unconfirmed on comment ((id::bigint)) where unconfirmed_spam;
    create index comment_unconfirmed_conversation on comment (conversation_id, (id::bigint)) where unconfirmed_spam;
    create index comment_unconfirmed_held on comment (held_by, (id::bigint)) where unconfirmed_spam;
    -- A moderator who confirms what a rule took for spam teaches the learner, though the status stays.
    drop trigger comment_change_is_learned on comment;
    create trigger comment_change_is_learned
      after update of status, source, source_format, name, website, unconfirmed_spam on comment
      for each row when (
        (old.status in ('approved', 'spam') or new.status in ('approved', 'spam'))
        and (old.status, old.source, old.source_format, old.name, old.website, old.unconfirmed_spam)
          is distinct from (new.status, new.source, new.source_format, new.name, new.website, new.unconfirmed_spam)
      ) execute function note_learning_due();

    create index comment_spam_time on comment (created_at, id) where status = 'spam';

    alter table site add column spam_days integer default 30
      constraint site_spam_days check (spam_days between 1 and 3650);
    comment on column site.spam_days is 'days after which spam is erased; null: never';`.execute(db);
}
