import { type Kysely, sql } from 'kysely';
import type { Database } from '../database.ts';
import { prepared } from '../prepared.ts';
import { authorsOf, published, tagsOf } from './query-parts.ts';
import type { Post, PostKind } from './table.ts';

/** A post with all that its page says of it. */
export interface PostForReading extends Omit<Post, 'source' | 'source_format' | 'external_source' | 'external_id'> {
  readonly authors: readonly { readonly id: number; readonly handle: string; readonly name: string }[];
  readonly tags: readonly { readonly slug: string; readonly name: string }[];
}

/** The published pages, for the navigation. */
export function listPages(
  db: Kysely<Database>,
  { now }: { now: Date },
): Promise<Pick<Post, 'kind' | 'slug' | 'title'>[]> {
  return db
    .selectFrom('post')
    .modifyFront(prepared)
    .select(['kind', 'slug', 'title'])
    .where(published('page', now))
    .orderBy('id')
    .limit(sql.lit(12))
    .execute();
}

/** When the next scheduled post or page comes out. */
export async function findNextPublication(db: Kysely<Database>, { now }: { now: Date }): Promise<Date | undefined> {
  const next = (kind: PostKind) =>
    db
      .selectFrom('post')
      .select('published_at')
      .where('kind', '=', sql.lit(kind))
      .where('published_at', '>', now)
      .where('deleted_at', 'is', null)
      .orderBy('published_at')
      .limit(sql.lit(1));
  const { published_at } = await db
    .selectNoFrom((eb) => eb.fn<Date | null>('least', [next('post'), next('page')]).as('published_at'))
    .modifyFront(prepared)
    .executeTakeFirstOrThrow();
  return published_at ?? undefined;
}

/** Finds a post by its present address, in whatever state: the caller decides who may know of it. */
export function findPost(
  db: Kysely<Database>,
  { kind, slug }: { kind: PostKind; slug: string },
): Promise<PostForReading | undefined> {
  return selectPost(db).where('post.kind', '=', kind).where('post.slug', '=', slug).executeTakeFirst();
}

/** Finds a post by its id, in whatever state. */
export function findPostById(db: Kysely<Database>, id: number): Promise<PostForReading | undefined> {
  return selectPost(db).where('post.id', '=', id).executeTakeFirst();
}

/** Finds the post that owns a conversation, in whatever state. */
export function findPostOfConversation(
  db: Kysely<Database>,
  conversationId: number,
): Promise<PostForReading | undefined> {
  return selectPost(db).where('post.conversation_id', '=', conversationId).executeTakeFirst();
}

/** Where an earlier address leads: a post, nowhere any more (null), or it never was one (undefined). */
export async function findEarlierAddress(db: Kysely<Database>, path: string): Promise<number | null | undefined> {
  const row = await db.selectFrom('address').select('post_id').where('path', '=', path).executeTakeFirst();
  return row?.post_id;
}

function selectPost(db: Kysely<Database>) {
  return db
    .selectFrom('post')
    .modifyFront(prepared)
    .select([
      'post.id',
      'post.kind',
      'post.slug',
      'post.title',
      'post.excerpt',
      'post.html',
      'post.renderer_version',
      'post.conversation_id',
      'post.published_at',
      'post.deleted_at',
      'post.version',
      'post.created_at',
      'post.updated_at',
    ])
    .select((eb) => [authorsOf(eb).as('authors'), tagsOf(eb).as('tags')]);
}
