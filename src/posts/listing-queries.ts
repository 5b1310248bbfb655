import { type Kysely, sql } from 'kysely';
import type { Account } from '../accounts/table.ts';
import type { Database } from '../database.ts';
import { charactersForExcerpt } from './excerpt.ts';
import type { Cursor } from './listing-cursor.ts';
import { authorsOf, published } from './query-parts.ts';
import type { Post, Tag } from './table.ts';

/** A post as lists show it. */
export interface ListedPost extends Pick<Post, 'id' | 'slug' | 'title' | 'excerpt' | 'conversation_id'> {
  /** The beginning of the text, where its author wrote no excerpt; else empty. */
  readonly html: string;
  readonly published_at: Date;
  readonly authors: readonly Pick<Account, 'handle' | 'name'>[];
  /** How many comments can be read. */
  readonly readable: number;
}

/** A stretch of a list and where it goes on. */
export interface PostList {
  readonly posts: readonly ListedPost[];
  /** undefined at the end. */
  readonly older: Cursor | undefined;
}

/** Which posts a list holds; without either, all of them. */
export interface ListScope {
  readonly tagId?: number;
  readonly authorId?: number;
}

const postsPerPage = 10;

/** Ten published posts, the newest first, from the beginning or after a place in the list. */
export async function listPosts(
  db: Kysely<Database>,
  { now, before, scope = {} }: { now: Date; before: Cursor | undefined; scope?: ListScope },
): Promise<PostList> {
  const { tagId, authorId } = scope;
  const rows = await db
    .selectFrom('post')
    .leftJoin('conversation_count', 'conversation_count.conversation_id', 'post.conversation_id')
    .select(['post.id', 'post.slug', 'post.title', 'post.excerpt', 'post.conversation_id'])
    .select((eb) => [
      eb.fn.coalesce('conversation_count.readable', eb.lit(0)).as('readable'),
      eb.ref('post.published_at').$notNull().as('published_at'),
      sql<string>`case when post.excerpt = '' then left(post.html, ${charactersForExcerpt}) else '' end`.as('html'),
      sql<string>`(extract(epoch from post.published_at) * 1000000)::bigint`.as('microseconds'),
      authorsOf(eb).as('authors'),
    ])
    .where(published('post', now))
    .$if(before !== undefined, (query) =>
      query.where(
        sql<boolean>`(post.published_at, post.id) < (
          timestamptz 'epoch' + ${before?.publishedAt}::float8 * interval '1 microsecond', ${before?.id}::integer)`,
      ),
    )
    .$if(tagId !== undefined, (query) =>
      query.where((eb) =>
        eb.exists(
          eb
            .selectFrom('post_tag')
            .select('post_tag.post_id')
            .whereRef('post_tag.post_id', '=', 'post.id')
            .where('post_tag.tag_id', '=', tagId ?? 0),
        ),
      ),
    )
    .$if(authorId !== undefined, (query) =>
      query.where((eb) =>
        eb.exists(
          eb
            .selectFrom('post_author')
            .select('post_author.post_id')
            .whereRef('post_author.post_id', '=', 'post.id')
            .where('post_author.account_id', '=', authorId ?? 0),
        ),
      ),
    )
    .orderBy('post.published_at', 'desc')
    .orderBy('post.id', 'desc')
    .limit(postsPerPage + 1)
    .execute();

  const posts = rows.slice(0, postsPerPage);
  const last = rows.length > postsPerPage ? posts.at(-1) : undefined;
  return { posts, older: last && { publishedAt: Number(last.microseconds), id: last.id } };
}

/** A tag that a published post carries; one that only drafts have is nobody's business yet. */
export function findTag(
  db: Kysely<Database>,
  { slug, now }: { slug: string; now: Date },
): Promise<Pick<Tag, 'id' | 'slug' | 'name'> | undefined> {
  return db
    .selectFrom('tag')
    .select(['tag.id', 'tag.slug', 'tag.name'])
    .where('tag.slug', '=', slug)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('post_tag')
          .innerJoin('post', 'post.id', 'post_tag.post_id')
          .select('post.id')
          .whereRef('post_tag.tag_id', '=', 'tag.id')
          .where(published('post', now)),
      ),
    )
    .executeTakeFirst();
}

/** An author of something published; the other people of the staff have no public page. */
export function findAuthor(
  db: Kysely<Database>,
  { handle, now }: { handle: string; now: Date },
): Promise<Pick<Account, 'id' | 'handle' | 'name'> | undefined> {
  return db
    .selectFrom('account')
    .select(['account.id', 'account.handle', 'account.name'])
    .where('account.handle', '=', handle)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('post_author')
          .innerJoin('post', 'post.id', 'post_author.post_id')
          .select('post.id')
          .whereRef('post_author.account_id', '=', 'account.id')
          .where(published('post', now)),
      ),
    )
    .executeTakeFirst();
}
