import { type ExpressionBuilder, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Database } from '../database.ts';
import type { Post } from './table.ts';

/** The people who wrote the post at hand, in their order. */
export function authorsOf(eb: ExpressionBuilder<Database, 'post'>) {
  return jsonArrayFrom(
    eb
      .selectFrom('post_author')
      .innerJoin('account', 'account.id', 'post_author.account_id')
      .select(['account.id', 'account.handle', 'account.name'])
      .whereRef('post_author.post_id', '=', 'post.id')
      .orderBy('post_author.position'),
  );
}

/** The tags of the post at hand, by their slugs, in an order that every database and a preview agree on. */
export function tagsOf(eb: ExpressionBuilder<Database, 'post'>) {
  return jsonArrayFrom(
    eb
      .selectFrom('post_tag')
      .innerJoin('tag', 'tag.id', 'post_tag.tag_id')
      .select(['tag.slug', 'tag.name'])
      .whereRef('post_tag.post_id', '=', 'post.id')
      .orderBy(sql`tag.slug collate "C"`),
  );
}

/** What a published post or page is: its time has come, and it was not deleted. */
export function published(kind: Post['kind'] | 'any', now: Date) {
  return (eb: ExpressionBuilder<Database, 'post'>) =>
    eb.and([
      ...(kind === 'any' ? [] : [eb('post.kind', '=', kind)]),
      eb('post.published_at', '<=', now),
      eb('post.deleted_at', 'is', null),
    ]);
}
