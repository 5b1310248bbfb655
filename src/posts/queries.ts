import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import type { Post } from './table.ts';

/** The published pages, for the navigation. */
export function listPages(db: Kysely<Database>, { now }: { now: Date }): Promise<Pick<Post, 'slug' | 'title'>[]> {
  return db
    .selectFrom('post')
    .select(['slug', 'title'])
    .where('kind', '=', 'page')
    .where('published_at', '<=', now)
    .where('deleted_at', 'is', null)
    .orderBy('id')
    .limit(12)
    .execute();
}
