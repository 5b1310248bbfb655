import { isDeepStrictEqual } from 'node:util';
import type { DeskPost } from './desk-queries.ts';
import type { PostDraft } from './form.ts';
import type { PostText } from './write-text.ts';

/** Whether a draft says what is stored already, beside how its conversation is held. */
export function isSameText(post: DeskPost, draft: Omit<PostDraft, 'mode' | 'closing'>): boolean {
  const slug = draft.slug === '' ? post.slug : draft.slug;
  return isSame({ ...post, authors: post.authors.map(({ handle }) => handle) }, { ...draft, slug });
}

/** Whether a post is as a text says, which need not be Markdown. */
export function isAsWritten(post: DeskPost, text: PostText): boolean {
  return (
    post.source_format === text.source_format &&
    isSame({ ...post, authors: post.authors.map(({ id }) => id) }, { ...text, authors: text.authorIds })
  );
}

interface Compared extends Pick<PostText, 'kind' | 'slug' | 'title' | 'excerpt' | 'source'> {
  readonly tags: readonly { readonly slug: string }[];
  /** Handles or ids, in the order in which they are named. */
  readonly authors: readonly (string | number)[];
}

// Tags have no order.
function isSame(one: Compared, other: Compared): boolean {
  const told = ({ kind, slug, title, excerpt, source, tags, authors }: Compared) => [
    ...[kind, slug, title, excerpt, source],
    tags.map((tag) => tag.slug).sort(),
    [...authors],
  ];
  return isDeepStrictEqual(told(one), told(other));
}
