import type { Translate } from '../http/messages.ts';
import { hrefOf } from '../posts/addresses.ts';
import { trustStored } from '../text/trusted-html.ts';
import { withAbsoluteLinks } from './absolute-links.ts';
import type { AtomEntry } from './atom.ts';
import type { FedComment } from './comment-queries.ts';
import { feedId } from './feed-id.ts';

/**
 * A comment as a feed says it: by whom, on what, in answer to what.
 *
 * @param origin of the site, without a trailing slash.
 * @param key of the site's ids, see feed-id.ts.
 */
export function commentEntry(
  comment: FedComment,
  { origin, key, t }: { origin: string; key: Buffer; t: Translate },
): AtomEntry {
  const post = `${origin}${hrefOf(comment)}`;
  const addressOf = (id: number) => `${origin}/comments/${id}`;
  const { id, parent_id: parentId, name, title, website, created_at: writtenAt } = comment;
  return {
    id: feedId(key, `comment ${id}`),
    title: t('feed.comment', { name, title }),
    address: addressOf(id),
    publishedAt: writtenAt,
    updatedAt: comment.edited_at ?? writtenAt,
    authors: [website ? { name, address: website } : { name }],
    answers:
      parentId === null
        ? { id: feedId(key, `post ${comment.post_id}`), address: post }
        : { id: feedId(key, `comment ${parentId}`), address: addressOf(parentId) },
    replies: `${addressOf(id)}/thread/feed.xml`,
    text: { html: withAbsoluteLinks(trustStored(comment.html), post) },
  };
}
