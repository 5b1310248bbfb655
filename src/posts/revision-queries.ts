import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import type { Post, PostRevision } from './table.ts';

/** Keeps what a post is, in the transaction in which it is written anew. @param eventId of the event that says so. */
export async function keepRevision(
  trx: Transaction<Database>,
  { postId, eventId }: { postId: number; eventId: number },
): Promise<void> {
  await sql`
    insert into post_revision (
      event_id, post_id, kind, slug, title, excerpt, source, source_format, html, renderer_version, tags, author_ids
    )
    select ${eventId}::integer, id, kind, slug, title, excerpt, source, source_format,
      case source_format when 'html' then html end, case source_format when 'html' then renderer_version end,
      coalesce((
        select jsonb_agg(jsonb_build_object('slug', tag.slug, 'name', tag.name) order by tag.slug collate "C")
        from post_tag join tag on tag.id = post_tag.tag_id where post_tag.post_id = post.id
      ), '[]'),
      array(select account_id from post_author where post_author.post_id = post.id order by position)
    from post where id = ${postId}`.execute(trx);
}

/** What a post was before the edit that this event tells of. */
export function findRevision(
  db: Kysely<Database>,
  { postId, eventId }: { postId: number; eventId: number },
): Promise<PostRevision | undefined> {
  return db
    .selectFrom('post_revision')
    .selectAll()
    .where('event_id', '=', eventId)
    .where('post_id', '=', postId)
    .executeTakeFirst();
}

/** What came after an earlier version: the next one, or undefined where that is the present. */
export function findNextRevision(
  db: Kysely<Database>,
  { postId, eventId }: { postId: number; eventId: number },
): Promise<PostRevision | undefined> {
  return db
    .selectFrom('post_revision')
    .selectAll()
    .where('post_id', '=', postId)
    .where('event_id', '>', eventId)
    .orderBy('event_id')
    .limit(1)
    .executeTakeFirst();
}

/** Versions that a page of the list has. */
export const versionsPerPage = 30;

/** An earlier version as it is listed: named by the edit that replaced it, with who had written it and when. */
export interface ListedVersion {
  readonly event_id: number;
  readonly title: string;
  /** null: not known, from before earlier versions were kept. */
  readonly written_at: Date | null;
  readonly writer_name: string | null;
  readonly undo: boolean | null;
  readonly replaced_at: Date;
}

/**
 * A page of the earlier versions of a post, the newest first, and one more where the list goes on.
 *
 * @param before name of the last version of the page before.
 */
export async function listVersions(
  db: Kysely<Database>,
  { postId, before }: { postId: number; before: number | undefined },
): Promise<ListedVersion[]> {
  const { rows } = await sql<ListedVersion>`
    select post_revision.event_id, post_revision.title, replaced.created_at as replaced_at,
      written.created_at as written_at, account.name as writer_name, written.action = 'undo' as undo
    from post_revision
    join event replaced on replaced.id = post_revision.event_id
    left join lateral (${writingEvent(sql`event.id < post_revision.event_id`, postId)}) written on true
    left join account on account.id = written.actor_id
    where post_revision.post_id = ${postId} and post_revision.event_id < ${before ?? 2_147_483_647}
    order by post_revision.event_id desc
    limit ${versionsPerPage + 1}`.execute(db);
  return rows;
}

/** Who wrote the present version of a post, and when. */
export async function findPresentWriting(
  db: Kysely<Database>,
  postId: number,
): Promise<Pick<ListedVersion, 'written_at' | 'writer_name' | 'undo'> | undefined> {
  const { rows } = await sql<Pick<ListedVersion, 'written_at' | 'writer_name' | 'undo'>>`
    select written.created_at as written_at, account.name as writer_name, written.action = 'undo' as undo
    from (${writingEvent(sql`true`, postId)}) written
    left join account on account.id = written.actor_id`.execute(db);
  return rows[0];
}

/** Who of these can be named as an author, and how. */
export async function findAuthorsById(
  db: Kysely<Database>,
  ids: readonly number[],
): Promise<Map<number, { readonly name: string; readonly handle: string; readonly disabled: boolean }>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('account')
    .select(['id', 'name', 'handle', 'disabled_at'])
    .where('id', 'in', ids)
    .execute();
  return new Map(
    rows.map(({ id, name, handle, disabled_at }) => [id, { name, handle, disabled: disabled_at !== null }]),
  );
}

// The last time that a text was written: begun, saved or taken back.
function writingEvent(which: ReturnType<typeof sql>, postId: Post['id']) {
  return sql`
    select event.created_at, event.actor_id, event.action from event
    where event.subject_kind = 'post' and event.subject_id = ${postId} and ${which}
      and (event.action in ('create', 'edit') and not event.numbers ? 'comments_only' or event.numbers ? 'earlier_version')
    order by event.id desc limit 1`;
}
