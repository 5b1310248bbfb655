import { type TrustedHtml, trustStored } from '../text/trusted-html.ts';
import { hrefOf } from './addresses.ts';
import { type PostState, stateOf } from './publication.ts';
import type { PostForReading } from './queries.ts';
import type { PostKind } from './table.ts';

/** A post as its page prints it. */
export interface Article {
  readonly kind: PostKind;
  readonly title: string;
  readonly html: TrustedHtml;
  readonly authors: readonly { readonly handle: string; readonly name: string }[];
  readonly tags: readonly { readonly slug: string; readonly name: string }[];
  /** The time of publication; undefined for a draft. */
  readonly publishedAt: Date | undefined;
  /** Path of the page; undefined for what was never saved. */
  readonly href: string | undefined;
  /** Other than published: said above the text, since only its authors see it. */
  readonly state: PostState;
  /** Path of its desk, for whoever may write there. */
  readonly editHref: string | undefined;
}

/** The page of a post. What belongs to its conversation is added by whoever shows one. */
export interface PostPage {
  readonly article: Article;
}

/** Makes a stored post ready to print. */
export function presentArticle(post: PostForReading, { now, mayEdit }: { now: Date; mayEdit: boolean }): Article {
  return {
    kind: post.kind,
    title: post.title,
    html: trustStored(post.html),
    authors: post.authors,
    tags: post.tags,
    publishedAt: post.published_at ?? undefined,
    href: hrefOf(post),
    state: stateOf(post, now),
    editHref: mayEdit ? `/write/${post.id}` : undefined,
  };
}
