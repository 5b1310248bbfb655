import type { Kysely } from 'kysely';
import type { Database } from '../../src/database.ts';

/** What a test says of a post; the rest is made up. Without `publishedAt` it is a draft. */
export interface PostWish {
  readonly title: string;
  readonly slug?: string;
  readonly kind?: 'post' | 'page';
  readonly html?: string;
  readonly excerpt?: string;
  readonly publishedAt?: Date | string | undefined;
  readonly updatedAt?: Date;
  readonly deletedAt?: Date;
  readonly readable?: number;
  readonly authorIds?: readonly number[];
  /** Slugs; a tag's name is its slug with a capital letter. */
  readonly tags?: readonly string[];
}

let slugs = 0;

/** Puts a post into the tables as it stands there after it was written. @returns its id. */
export async function insertPost(db: Kysely<Database>, wish: PostWish): Promise<number> {
  slugs += 1;
  const { id: conversationId } = await db
    .insertInto('conversation')
    .defaultValues()
    .returning('id')
    .executeTakeFirstOrThrow();
  await db
    .insertInto('conversation_count')
    .values({ conversation_id: conversationId, readable: wish.readable ?? 0 })
    .execute();
  const longAgo = new Date('2020-01-01T00:00:00Z');
  const { id } = await db
    .insertInto('post')
    .values({
      kind: wish.kind ?? 'post',
      slug: wish.slug ?? `post-${slugs}`,
      title: wish.title,
      excerpt: wish.excerpt ?? '',
      source: '',
      html: wish.html ?? '<p>Some words.</p>',
      renderer_version: 1,
      conversation_id: conversationId,
      published_at: wish.publishedAt as Date,
      deleted_at: wish.deletedAt ?? null,
      created_at: longAgo,
      updated_at: wish.updatedAt ?? longAgo,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  for (const [position, accountId] of (wish.authorIds ?? []).entries()) {
    await db.insertInto('post_author').values({ post_id: id, account_id: accountId, position }).execute();
  }
  for (const slug of wish.tags ?? []) {
    const { id: tagId } = await db
      .insertInto('tag')
      .values({ slug, name: `${slug[0]?.toUpperCase()}${slug.slice(1)}` })
      .onConflict((conflict) => conflict.column('slug').doUpdateSet({ slug }))
      .returning('id')
      .executeTakeFirstOrThrow();
    await db.insertInto('post_tag').values({ post_id: id, tag_id: tagId }).execute();
  }
  return id;
}

/** The titles that a page of a list shows, in their order. */
export function titlesOn(html: string): string[] {
  return [...html.matchAll(/<h2 dir="auto"><a href="[^"]*">([^<]*)<\/a><\/h2>/g)].map(([, title = '']) => title);
}
