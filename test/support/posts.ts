import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Database } from '../../src/database.ts';
import { createPost } from '../../src/posts/service.ts';
import type { PostKind } from '../../src/posts/table.ts';
import type { CommentMode } from '../../src/site/table.ts';

/**
 * Writes a post as the desk does.
 *
 * @param publishedAt none: 1 January 2026; null: a draft; later than now: scheduled.
 * @param authorId none: a person made for it.
 */
export function addPost(
  db: Kysely<Database>,
  {
    title,
    slug,
    kind = 'post',
    source = 'Some *words*.',
    publishedAt = new Date('2026-01-01T12:00:00Z'),
    authorId,
    mode = null,
    tags = [],
  }: {
    title: string;
    slug?: string;
    kind?: PostKind;
    source?: string;
    publishedAt?: Date | null;
    authorId?: number;
    mode?: CommentMode | null;
    tags?: readonly string[];
  },
): Promise<{ id: number; slug: string; conversationId: number }> {
  return db.transaction().execute(async (trx) => {
    const authorIds = [authorId ?? (await addWriter(trx))];
    const now = new Date('2026-01-01T12:00:00Z');
    return createPost(trx, { title, slug, kind, source, publishedAt, authorIds, mode, tags, now });
  });
}

async function addWriter(db: Kysely<Database>): Promise<number> {
  const { id } = await db
    .insertInto('account')
    .values({
      handle: `writer-${randomUUID()}`,
      name: 'Wanda Writer',
      role: 'author',
      created_at: new Date('2026-01-01T12:00:00Z'),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}
