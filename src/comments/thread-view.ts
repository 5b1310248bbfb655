import type { Message } from '../http/messages.ts';
import type { TrustedHtml } from '../text/trusted-html.ts';
import { nestReplies, type ThreadNode } from './thread.ts';
import type { ReadableComment } from './thread-queries.ts';

/** A comment as the page prints it, with its replies. */
export interface CommentView {
  readonly id: number;
  readonly depth: number;
  readonly createdAt: Date;
  /** Undefined for a placeholder. */
  readonly content:
    | {
        readonly name: string;
        readonly website: string | null;
        readonly html: TrustedHtml;
        /** Whether its writer is an author of the post. */
        readonly byAuthor: boolean;
      }
    | undefined;
  /** Who is answered; undefined for a reply to the post, and for a reply to a placeholder. */
  readonly parentName: string | undefined;
  /** Why its writer alone sees it. */
  readonly ownNote: OwnNote | undefined;
  /** Path of the form for a reply; undefined where none is possible. */
  readonly replyHref: string | undefined;
  /** Whether this reader wrote it, in this browser. */
  readonly own: boolean;
  /** Printed again, for context, on a page that begins within a branch. */
  readonly repeated: boolean;
  readonly replies: readonly CommentView[];
}

/** What the writer of a comment that is not published is told. */
export interface OwnNote {
  readonly status: 'pending' | 'rejected' | 'removed';
  readonly sentences: readonly Message[];
}

/** What the page knows beside the comments. */
export interface ThreadContext {
  readonly authorIds: ReadonlySet<number>;
  readonly open: boolean;
  readonly ownNotes: ReadonlyMap<number, OwnNote>;
}

/**
 * Makes the nested lists that a page prints.
 *
 * @param above comments that are repeated for context, in reading order before all others.
 */
export function presentThread(
  { above, comments }: { above: readonly ReadableComment[]; comments: readonly ReadableComment[] },
  context: ThreadContext,
): CommentView[] {
  const names = new Map([...above, ...comments].map(({ id, content }) => [id, content?.name]));
  const repeated = new Set(above.map(({ id }) => id));
  const present = ({ comment, replies }: ThreadNode<ReadableComment>): CommentView => ({
    id: comment.id,
    depth: comment.depth,
    createdAt: comment.createdAt,
    content: comment.content && {
      ...comment.content,
      byAuthor: comment.accountId !== null && context.authorIds.has(comment.accountId),
    },
    parentName: comment.parentId === null ? undefined : names.get(comment.parentId),
    ownNote: context.ownNotes.get(comment.id),
    replyHref: context.open && comment.status === 'approved' ? `/comments/${comment.id}/reply` : undefined,
    own: comment.own,
    repeated: repeated.has(comment.id),
    replies: replies.map(present),
  });
  return nestReplies([...above, ...comments]).map(present);
}
