import { randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';

// Mail to moderators about what waits. What is told once is marked once for each of them, in the transaction of the mail.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table account
      add column moderation_mail text not null default 'none'
        constraint account_moderation_mail check (moderation_mail in ('none', 'at_once', 'daily')),
      add column alerted_at timestamptz,
      add column mailed_rights_key uuid not null default gen_random_uuid();
    comment on column account.alerted_at is 'when the last mail about what waits was written';
    comment on column account.mailed_rights_key is 'part of the signature of mailed rights: another one ends them all';
    create index account_wants_moderation_mail on account (id) where moderation_mail <> 'none';

    create table alert (
      account_id integer not null references account,
      comment_id integer not null references comment,
      created_at timestamptz not null,
      told_at timestamptz,
      primary key (account_id, comment_id)
    );
    create index alert_untold on alert (account_id, created_at) where told_at is null;`.execute(db);

  await sql`insert into secret (name, value) values ('alerts', ${randomBytes(32)})`.execute(db);
}
