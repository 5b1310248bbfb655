import type { Kysely } from 'kysely';
import type { Comment } from '../comments/table.ts';
import type { Database } from '../database.ts';
import type { Post } from '../posts/table.ts';
import type { NewestComments } from './newest-comments.ts';

/** A comment with all that a feed says about it, and nothing that it must not say. */
export interface FedComment
  extends Pick<Comment, 'id' | 'parent_id' | 'name' | 'website' | 'html' | 'created_at' | 'edited_at'>,
    Pick<Post, 'kind' | 'slug' | 'title'> {
  readonly post_id: number;
}

/** The comments of a page of a feed. One that was taken down since the page was chosen is not among them. */
export async function listFedComments(
  db: Kysely<Database>,
  { ids }: Pick<NewestComments, 'ids'>,
): Promise<FedComment[]> {
  if (ids.length === 0) return [];
  return await db
    .selectFrom('comment')
    .innerJoin('post', 'post.conversation_id', 'comment.conversation_id')
    .select([
      'comment.id',
      'comment.parent_id',
      'comment.name',
      'comment.website',
      'comment.html',
      'comment.created_at',
      'comment.edited_at',
      'post.id as post_id',
      'post.kind',
      'post.slug',
      'post.title',
    ])
    .where('comment.id', 'in', ids)
    .where('comment.status', '=', 'approved')
    .orderBy('comment.id', 'desc')
    .execute();
}
