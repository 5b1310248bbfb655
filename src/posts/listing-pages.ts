import { defineView } from '../http/render.ts';
import { hrefOf } from './addresses.ts';
import { shortTextOf } from './excerpt.ts';
import { writeCursor } from './listing-cursor.ts';
import type { IndexedPost } from './listing-index-queries.ts';
import type { ListedPost, PostList } from './listing-queries.ts';

/** A stretch of a list of posts, as the pages print it. */
export interface ListModel {
  readonly posts: readonly (ListedPost & { readonly address: string })[];
  /** Where the list begins; none: this is its beginning. */
  readonly newest: string | undefined;
  /** Where it goes on; none: this is its end. */
  readonly older: string | undefined;
}

/** What the index prints: groups of titles, each with the year as its heading or without one. */
export interface IndexModel {
  readonly order: 'year' | 'title';
  readonly groups: readonly {
    readonly year: number | undefined;
    readonly posts: readonly (IndexedPost & { readonly address: string })[];
  }[];
  /** Pages of other years, where one page cannot hold them all. */
  readonly years: readonly { readonly year: number; readonly current: boolean }[];
  /** Where the list goes on. */
  readonly more: string | undefined;
}

/** The front page, and what follows on it. */
export const homeView = defineView<ListModel & { mayWrite: boolean }>('posts/home');
/** The posts of a tag or an author. */
export const listView = defineView<ListModel>('posts/list');
/** All posts, by year or by title. */
export const indexView = defineView<IndexModel>('posts/index');

/**
 * Makes the model of a list.
 *
 * @param path of the list itself.
 * @param beginning whether this is where the list begins.
 */
export function describeList(
  { posts, older }: PostList,
  { path, beginning }: { path: string; beginning: boolean },
): ListModel {
  return {
    posts: posts.map((post) => ({
      ...post,
      excerpt: shortTextOf(post),
      address: hrefOf({ kind: 'post', slug: post.slug }),
    })),
    newest: beginning ? undefined : path,
    older: older && `${path}?before=${writeCursor(older)}`,
  };
}

/** Puts posts under their years, the latest year first; within a year they stay in their order. */
export function groupByYear(posts: readonly IndexedPost[], yearOf: (time: Date) => number): IndexModel['groups'] {
  const groups = Map.groupBy(posts, (post) => yearOf(post.published_at));
  return [...groups].sort(([one], [other]) => other - one).map(([year, group]) => groupOf(group, year));
}

/** Makes a group of the index, under a year or under no heading. */
export function groupOf(posts: readonly IndexedPost[], year?: number): IndexModel['groups'][number] {
  return { year, posts: posts.map((post) => ({ ...post, address: hrefOf({ kind: 'post', slug: post.slug }) })) };
}
