import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import type { PostRevision } from './table.ts';

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

/** Who wrote a version of a post, and when. */
export interface Writing {
  /** null: not known, from before earlier versions were kept. */
  readonly written_at: Date | null;
  readonly writer_name: string | null;
  /** Whether it was written by an undo. */
  readonly undo: boolean | null;
}

/** An earlier version as it is listed: named by the edit that replaced it, with who had written it and when. */
export interface ListedVersion extends Writing {
  readonly event_id: number;
  readonly title: string;
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
  return await selectVersions(
    db,
    sql`post_revision.post_id = ${postId}
    and post_revision.event_id < ${before ?? 2_147_483_647}`,
  );
}

/** The same of one of them. */
export async function findWriting(
  db: Kysely<Database>,
  { postId, eventId }: { postId: number; eventId: number },
): Promise<ListedVersion | undefined> {
  const which = sql`post_revision.post_id = ${postId} and post_revision.event_id = ${eventId}`;
  return (await selectVersions(db, which))[0];
}

async function selectVersions(db: Kysely<Database>, which: RawBuilder<unknown>): Promise<ListedVersion[]> {
  const { rows } = await sql<ListedVersion>`
    select post_revision.event_id, post_revision.title, replaced.created_at as replaced_at,
      written.created_at as written_at, account.name as writer_name, written.action = 'undo' as undo
    from post_revision
    join event replaced on replaced.id = post_revision.event_id
    left join lateral (
      ${selectWritings(sql`post_revision.post_id`)} and event.id < post_revision.event_id order by event.id desc limit 1
    ) written on true
    left join account on account.id = written.actor_id
    where ${which}
    order by post_revision.event_id desc
    limit ${versionsPerPage + 1}`.execute(db);
  return rows;
}

/** Who wrote the present version of a post, and when. */
export async function findPresentWriting(db: Kysely<Database>, postId: number): Promise<Writing | undefined> {
  const { rows } = await sql<Writing>`
    select written.created_at as written_at, account.name as writer_name, written.action = 'undo' as undo
    from (${selectWritings(sql`${postId}::integer`)} order by event.id desc limit 1) written
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

// When a text was written: begun, saved or taken back.
function selectWritings(postId: RawBuilder<unknown>) {
  return sql`
    select event.created_at, event.actor_id, event.action from event
    where event.subject_kind = 'post' and event.subject_id = ${postId}
      and (event.action in ('create', 'edit') and not event.numbers ? 'comments_only' or event.numbers ? 'earlier_version')`;
}
