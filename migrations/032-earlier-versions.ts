import { type Kysely, sql } from 'kysely';

// What a post was before each edit, beside the event of the edit: words are not for events. Whatever the post would have to be
// told to be it again is here; authors by their ids, so that names are where they can be changed.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table post_revision (
      event_id integer primary key references event,
      post_id integer not null references post on delete cascade,
      kind text not null constraint post_revision_kind check (kind in ('post', 'page')),
      slug text not null,
      title text not null,
      excerpt text not null,
      source text not null,
      source_format text not null constraint post_revision_source_format check (source_format in ('markdown', 'html')),
      html text,
      renderer_version integer,
      tags jsonb not null constraint post_revision_tags check (jsonb_typeof(tags) = 'array'),
      author_ids integer[] not null,
      constraint post_revision_html check (
        (source_format = 'html') = (html is not null) and (html is null) = (renderer_version is null)
      )
    );
    comment on table post_revision is 'what a post was before the edit that the event tells of';
    comment on column post_revision.html is 'as it was shown, where no renderer makes it from the source; null for Markdown';
    comment on column post_revision.tags is 'by their slugs: [{"slug": …, "name": …}]';
    comment on column post_revision.author_ids is 'in the order in which they are named';
    create index post_revision_post on post_revision (post_id, event_id);`.execute(db);
}
