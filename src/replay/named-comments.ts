import type { Kysely } from 'kysely';
import type { CommentStatus } from '../comments/lifecycle.ts';
import type { Database } from '../database.ts';
import { excerptOf } from '../text/plain-text.ts';
import { trustStored } from '../text/trusted-html.ts';

/** By what somebody recognises a comment. */
export interface NamedComment {
  readonly id: number;
  readonly status: CommentStatus;
  readonly name: string;
  readonly excerpt: string;
  readonly post: string;
}

const excerptCharacters = 200;

/** By what comments are recognised, by their ids. What is erased by now has no words. */
export async function findNamed(db: Kysely<Database>, ids: readonly number[]): Promise<Map<number, NamedComment>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('comment')
    .innerJoin('post', 'post.conversation_id', 'comment.conversation_id')
    .select(['comment.id', 'comment.status', 'comment.name', 'comment.html', 'post.title'])
    .where('comment.id', 'in', ids)
    .execute();
  return new Map(
    rows.map(({ id, status, name, html, title }) => [
      id,
      { id, status, name, excerpt: excerptOf(trustStored(html), excerptCharacters), post: title },
    ]),
  );
}
