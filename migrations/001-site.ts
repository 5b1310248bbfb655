import { randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';

// One installation is one site: its settings are the only row of `site`. Secrets lie in the database, so that several
// processes share them and none has to be configured.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table site (
      id integer primary key default 1 constraint site_is_one_row check (id = 1),
      title text not null constraint site_title_length check (length(title) between 1 and 100),
      tagline text not null default '' constraint site_tagline_length check (length(tagline) <= 200),
      language text not null default 'en',
      time_zone text not null default 'UTC',
      comment_mode text not null default 'first_held'
        constraint site_comment_mode check (comment_mode in ('open', 'first_held', 'all_held', 'closed')),
      close_after_days integer constraint site_close_after_days check (close_after_days between 1 and 36500),
      links_allowed integer not null default 2 constraint site_links_allowed check (links_allowed between 0 and 100),
      email_required boolean not null default false,
      authors_moderate boolean not null default true,
      version integer not null default 1
    );
    insert into site (title) values ('Rejoinder');

    create table secret (
      name text primary key,
      value bytea not null constraint secret_length check (octet_length(value) = 32)
    );`.execute(db);

  for (const name of ['session', 'visitor', 'network', 'setup', 'feed']) {
    await sql`insert into secret (name, value) values (${name}, ${randomBytes(32)})`.execute(db);
  }
}
