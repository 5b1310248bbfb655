import { type Kysely, sql } from 'kysely';
import type { Account } from '../accounts/table.ts';
import type { Database } from '../database.ts';
import { charactersForExcerpt } from '../posts/excerpt.ts';
import type { Span } from '../posts/listing-index-queries.ts';
import { authorsOf, published, tagsOf } from '../posts/query-parts.ts';
import type { Post, Tag } from '../posts/table.ts';

/** A post with all that a feed says about it. */
export interface FedPost extends Pick<Post, 'id' | 'slug' | 'title' | 'excerpt' | 'html' | 'updated_at'> {
  /** Whether `html` is the whole text; of a longer one it is the beginning. */
  readonly whole: boolean;
  readonly published_at: Date;
  readonly authors: readonly Pick<Account, 'handle' | 'name'>[];
  readonly tags: readonly Pick<Tag, 'slug' | 'name'>[];
}

/** What a sitemap says of a post or page. */
export interface MappedPost extends Pick<Post, 'slug' | 'kind' | 'updated_at'> {
  readonly published_at: Date;
}

const entriesPerFeed = 20;

// Feeds are asked for all day, so they stay within 2 MB of texts. The limit is of each post: what one entry holds does not
// change with the others.
const bytesPerEntry = 100_000;

/** The newest published posts. */
export function listFedPosts(db: Kysely<Database>, { now }: { now: Date }): Promise<FedPost[]> {
  return db
    .selectFrom('post')
    .select(['post.id', 'post.slug', 'post.title', 'post.excerpt', 'post.updated_at'])
    .select((eb) => [
      sql<boolean>`octet_length(post.html) <= ${bytesPerEntry}`.as('whole'),
      sql<string>`case when octet_length(post.html) <= ${bytesPerEntry} then post.html
        else left(post.html, ${charactersForExcerpt}) end`.as('html'),
      eb.ref('post.published_at').$notNull().as('published_at'),
      authorsOf(eb).as('authors'),
      tagsOf(eb).as('tags'),
    ])
    .where(published('post', now))
    .orderBy('post.published_at', 'desc')
    .orderBy('post.id', 'desc')
    .limit(entriesPerFeed)
    .execute();
}

/**
 * Published posts or pages, newest first.
 *
 * @param span only what was published in it.
 */
export function listMapped(
  db: Kysely<Database>,
  { now, kind, span, limit }: { now: Date; kind: Post['kind']; span?: Span | undefined; limit: number },
): Promise<MappedPost[]> {
  return db
    .selectFrom('post')
    .select(['slug', 'kind', 'updated_at'])
    .select((eb) => eb.ref('published_at').$notNull().as('published_at'))
    .where(published(kind, now))
    .$if(span !== undefined, (query) =>
      query.where('published_at', '>=', span?.from ?? now).where('published_at', '<', span?.until ?? now),
    )
    .orderBy('published_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}
