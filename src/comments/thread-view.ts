import type { Message } from '../http/messages.ts';
import type { Printed } from '../http/render.ts';
import type { TrustedHtml } from '../text/trusted-html.ts';
import type { Closing } from './closing.ts';
import { whyNotEdited } from './editing.ts';
import { idsInKey, nestReplies, type ThreadNode } from './thread.ts';
import type { ThreadSlice } from './thread-queries.ts';
import type { ReadableComment } from './thread-rows.ts';

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
        /** When it was changed after others could read it; undefined: it was not. */
        readonly editedAt: Date | undefined;
        /** Whether its writer has proved by mail to have the address that it was written with. */
        readonly addressConfirmed: boolean;
      }
    | undefined;
  /** Who took away what a placeholder stands for; undefined where that is nobody's business. */
  readonly gone: 'deleted' | 'removed' | undefined;
  /** Why it was removed, as it was given to the public; undefined where it was not. */
  readonly goneReason: string | undefined;
  /** Who is answered; undefined for a reply to the post, to a placeholder, and to what is not on this page. */
  readonly parentName: string | undefined;
  /** Path of the comment that it answers, where the page does not show that one. */
  readonly furtherUpHref: string | undefined;
  /** Why its writer alone sees it. */
  readonly ownNote: OwnNote | undefined;
  /** What its writer can do with it; undefined for others. */
  readonly ownTools: OwnTools | undefined;
  /** Whether it stands above the others: here is where it does, or where it would stand else. */
  readonly pinned: 'here' | 'elsewhere' | undefined;
  /** Where a closed branch begins: that it is closed, and the reason, if there is one. */
  readonly closed: { readonly reason: string } | undefined;
  /** Path of the form for a reply; undefined where none is possible. */
  readonly replyHref: string | undefined;
  /** Where its branch is closed and it is pinned, for those who may; undefined where readers do not see it. */
  readonly toolsHref: string | undefined;
  /** Path of the form that tells moderators of it; undefined for an own one, and where readers do not see it. */
  readonly reportHref: string | undefined;
  /** Path of its branch as a page of its own, where nesting has become so deep that indentation stops. */
  readonly threadHref: string | undefined;
  /** Whether this reader wrote it, in this browser. */
  readonly own: boolean;
  /** Printed again, for context, on a page that begins within a branch. */
  readonly repeated: boolean;
  /** Whether it stands in one list with what it answers, since nesting has ended above it. */
  readonly flat: boolean;
  /** By what its text is the same for all readers, so that it is printed once; undefined for an own one. */
  readonly printed: Printed | undefined;
  /** What stands below it; undefined where nothing does, and where it follows in the same list. */
  readonly replies: RepliesView | undefined;
}

/** What stands below a comment. */
export interface RepliesView {
  readonly comments: readonly CommentView[];
  /** How many comments stand there on this page, at any depth. */
  readonly count: number;
  /** Whether more of them stand before this page, after it, or nowhere else. */
  readonly part: 'continued' | 'cut' | 'whole';
  /** Where the page ends within this list: who is answered by what follows (undefined: a placeholder), and where it follows. */
  readonly more: { readonly name: string | undefined; readonly href: string } | undefined;
}

/** What the writer of a comment that is not published is told; `returned`: of one that is, again, after an appeal. */
export interface OwnNote {
  readonly status: 'pending' | 'rejected' | 'removed' | 'spam' | 'returned';
  readonly sentences: readonly Message[];
  /** Path of the form that says something against the decision; undefined where that was done, or is not possible. */
  readonly appealHref: string | undefined;
}

/** Where the writer of a comment changes it. */
export interface OwnTools {
  /** Path of the form for an edit; undefined where none is possible any more. */
  readonly editHref: string | undefined;
  readonly deleteHref: string;
}

/** What the page knows beside the comments. */
export interface ThreadContext {
  readonly authorIds: ReadonlySet<number>;
  /** What keeps this reader from replying to a comment, by its sort key. */
  readonly closingAt: (key: Buffer) => Closing | undefined;
  /** The branches that are closed to readers, by the sort keys of the comments with which they begin. */
  readonly closedBranches: readonly { readonly branch: Buffer; readonly reason: string }[];
  /** Whether this reader may close branches or pin comments. */
  readonly hasTools: boolean;
  /** The comment that stands above the others, and is not printed again in its place. */
  readonly pinnedId?: number | undefined;
  /** Minutes for which a comment can be edited; 0: not at all. */
  readonly editMinutes: number;
  readonly now: Date;
  readonly ownNotes: ReadonlyMap<number, OwnNote>;
  /** Path of the next page, where one follows. */
  readonly nextHref: string | undefined;
}

/** Lists within lists that a page has: the first stands at its edge, eight are indented, and deeper replies share the last. */
export const deepestList = 9;

/** Makes the nested lists that a page prints. */
export function presentThread(
  { above, comments, next }: Pick<ThreadSlice, 'above' | 'comments' | 'next'>,
  context: ThreadContext,
): CommentView[] {
  const rows = [...above, ...comments];
  const byId = new Map(rows.map((row) => [row.id, row]));
  const answeredNext = byId.get(next?.parentId ?? 0);
  const page: Page = {
    ...context,
    rows: byId,
    repeated: new Set(above.map(({ id }) => id)),
    answeredNext,
    cut: new Set(answeredNext && branchOf(answeredNext, byId)),
  };
  return presentList(page, nestReplies(rows), 1);
}

/** Makes the comment that stands above the others ready to print, without its replies, which stand in its place. */
export function presentPinned(comment: ReadableComment, context: ThreadContext): CommentView[] {
  const [view] = presentThread(
    { above: [], comments: [comment], next: undefined },
    { ...context, pinnedId: undefined },
  );
  if (!view) return [];
  const printed = view.printed && { ...view.printed, variant: `pinned\n${view.printed.variant}` };
  return [{ ...view, furtherUpHref: undefined, pinned: 'here', printed }];
}

interface Page extends ThreadContext {
  readonly rows: ReadonlyMap<number, ReadableComment>;
  readonly repeated: ReadonlySet<number>;
  /** What the first comment of the next page answers, if this page shows it. */
  readonly answeredNext: ReadableComment | undefined;
  /** That and what stands above it: comments that have replies on the next page. */
  readonly cut: ReadonlySet<number>;
}

type Node = ThreadNode<ReadableComment>;

function presentList(page: Page, nodes: readonly Node[], level: number, list: CommentView[] = []): CommentView[] {
  for (const node of nodes) {
    list.push(presentComment(page, node, level));
    if (level >= deepestList) presentList(page, node.replies, level + 1, list);
  }
  return list;
}

function presentComment(page: Page, node: Node, level: number): CommentView {
  const { comment } = node;
  const { id, parentId } = comment;
  const answered = parentId === null ? undefined : page.rows.get(parentId);
  const ownNote = page.ownNotes.get(id);
  // What is above a comment that its writer alone sees may not be shown to anyone.
  const answersMissing = parentId !== null && !answered && (!ownNote || comment.status === 'approved');
  const opensPage = level >= deepestList && (level - deepestList) % (deepestList - 1) === 0;
  const closed = page.closedBranches.find(({ branch }) => branch.equals(comment.key));
  const goesOn = node.replies.length > 0 || page.cut.has(id);
  const view = {
    id,
    depth: comment.depth,
    createdAt: comment.createdAt,
    content: comment.content && {
      ...comment.content,
      byAuthor: comment.accountId !== null && page.authorIds.has(comment.accountId),
    },
    parentName: answered?.content?.name,
    furtherUpHref: answersMissing ? `/comments/${parentId}` : undefined,
    gone: comment.status === 'deleted' || comment.status === 'removed' ? comment.status : undefined,
    goneReason: comment.reason,
    ownNote,
    ownTools: comment.own ? toolsFor(page, comment) : undefined,
    pinned: id === page.pinnedId && comment.content ? ('elsewhere' as const) : undefined,
    closed: closed && { reason: closed.reason },
    replyHref: comment.status === 'approved' && !page.closingAt(comment.key) ? `/comments/${id}/reply` : undefined,
    reportHref: comment.status === 'approved' && !comment.own ? `/comments/${id}/report` : undefined,
    toolsHref: page.hasTools && comment.status === 'approved' ? `/comments/${id}/thread#closing` : undefined,
    threadHref: opensPage && goesOn ? `/comments/${id}/thread` : undefined,
    own: comment.own,
    repeated: page.repeated.has(id),
    flat: level > deepestList,
    replies: level < deepestList ? presentReplies(page, node, level + 1) : undefined,
  };
  return { ...view, printed: comment.own ? undefined : { by: comment, variant: variantOf(view) } };
}

// All that is printed of a comment and is not in its row.
function variantOf(view: Omit<CommentView, 'printed'>): string {
  const { content, parentName, furtherUpHref, closed, replyHref, toolsHref, threadHref, repeated } = view;
  return [
    content?.byAuthor,
    parentName,
    furtherUpHref,
    closed && `closed ${closed.reason}`,
    replyHref,
    toolsHref,
    threadHref,
    repeated,
  ].join('\n');
}

function toolsFor({ closingAt, editMinutes, now }: Page, { id, key, status, createdAt }: ReadableComment): OwnTools {
  const why = whyNotEdited({ status, createdAt, closed: closingAt(key) !== undefined, editMinutes, edits: 0 }, now);
  return { editHref: why ? undefined : `/comments/${id}/edit`, deleteHref: `/comments/${id}/delete` };
}

function presentReplies(page: Page, { comment, replies }: Node, level: number): RepliesView | undefined {
  const comments = presentList(page, replies, level);
  const more = moreIn(page, comment, level);
  if (comments.length === 0 && !more) return undefined;
  return {
    comments,
    count: comments.reduce((sum, each) => sum + 1 + (each.replies?.count ?? 0), 0),
    part: page.repeated.has(comment.id) ? 'continued' : page.cut.has(comment.id) ? 'cut' : 'whole',
    more,
  };
}

// What follows on the next page would stand at the end of one list: that below what it answers, or the last that there is.
function moreIn(page: Page, { id }: ReadableComment, level: number): RepliesView['more'] {
  const { answeredNext, nextHref } = page;
  if (!answeredNext || nextHref === undefined || !page.cut.has(id)) return undefined;
  const here = id === answeredNext.id || level === deepestList;
  return here ? { name: answeredNext.content?.name, href: nextHref } : undefined;
}

// A comment and what stands above it, as far as the page shows that: by its key, and by its parents where that ends.
function branchOf(comment: ReadableComment, rows: ReadonlyMap<number, ReadableComment>): number[] {
  const ids = idsInKey(comment.key).filter((id) => rows.has(id));
  for (let row: ReadableComment | undefined = comment; row; row = rows.get(row.parentId ?? 0)) ids.push(row.id);
  return ids;
}
