import { type Kysely, sql } from 'kysely';

// Who has an address is shown by a mailed link, and for one browser: the one in which its button is pressed.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table proof (
      token_hash bytea primary key,
      email text not null,
      browser_id integer not null references browser,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      used_at timestamptz
    );
    comment on column proof.browser_id is 'the browser that asked for the link, which need not be the one that is proved by it';
    create index proof_email on proof (email);

    create table proved_address (
      browser_id integer not null references browser,
      email text not null,
      proved_at timestamptz not null,
      primary key (browser_id, email)
    );
    create index proved_address_email on proved_address (email);

    alter table comment add constraint comment_proved_has_address check (not email_proved or email is not null);
    create index comment_proved_address on comment (email, created_at) where email_proved;
    -- Whether somebody was approved before is asked for each form and each comment, however much of theirs was spam.
    create index comment_browser_approved on comment (browser_id, created_at) where status = 'approved';
    create index comment_address_approved on comment (email, created_at) where email_proved and status = 'approved';
    -- For erasing an address wherever it was typed.
    create index comment_typed_address on comment (email) where email is not null and not email_proved;`.execute(db);
}
