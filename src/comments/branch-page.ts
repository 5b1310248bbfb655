import type { Request, Response } from 'express';
import { reachesPost, rowsFor } from '../accounts/viewer.ts';
import { keepPage } from '../cache/keep-page.ts';
import { notFound } from '../http/errors.ts';
import { readId } from '../http/fields.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { hrefOf } from '../posts/addresses.ts';
import { stateOf } from '../posts/publication.ts';
import { siteOf } from '../site/current.ts';
import { claimantOf } from './claimant.ts';
import type { Closing } from './closing.ts';
import type { ClosingTools } from './closing-tools.ts';
import { branchClosingTools } from './closing-tools.ts';
import { freshForm } from './conversation-page.ts';
import { readConversationState } from './conversation-state.ts';
import { findVisible } from './permalink.ts';
import type { LocatedComment } from './queries.ts';
import { nextPageHref, pageHref, readThread } from './read-thread.ts';
import type { ReplyContext } from './reply-context.ts';
import type { ReplyForm } from './reply-form.ts';
import { idsInKey, nearestBranch } from './thread.ts';
import { findPageStart } from './thread-queries.ts';
import { type CommentView, presentThread } from './thread-view.ts';

/** One branch of a conversation, as a page of its own. */
export interface BranchPage {
  readonly conversationId: number;
  /** How many comments of the whole conversation one can read. */
  readonly count: number;
  /** Who began the branch; undefined for a placeholder. */
  readonly name: string | undefined;
  readonly comments: readonly CommentView[];
  readonly postTitle: string;
  readonly postHref: string;
  /** Path to its place in the conversation. */
  readonly placeHref: string;
  readonly nextHref: string | undefined;
  /** Path of the first page, where this is a later one. */
  readonly firstHref: string | undefined;
  readonly closing: Closing | undefined;
  /** For a reply to the comment that began the branch; undefined where none is possible. */
  readonly form: ReplyForm | undefined;
  /** For those who may close and reopen it. */
  readonly moderation: ClosingTools | undefined;
}

const branchView = defineView<BranchPage>('comments/branch');

/** Shows a comment and everything below it. */
export async function showBranch(
  context: ReplyContext,
  request: Request<{ id: string }>,
  response: Response,
): Promise<void> {
  const { db, rows, cookies } = context;
  const { comment, post } = await findVisible(context, request, response);
  const now = context.now();
  if (stateOf(post, now) !== 'published') throw notFound();
  if (nearestBranch(comment.path) !== comment.path) return leadToBranchAbove(context, response, comment);

  const conversationId = comment.conversation_id;
  const after = readId(request.query.after);
  const claimant = claimantOf(request, response, cookies);
  const [state, { slice, ownNotes }] = await Promise.all([
    readConversationState(context, response, { post, now }),
    readThread({ db, rows: rowsFor(response, rows) }, { conversationId, after, branch: comment.path, claimant }),
  ]);
  const closing = state.closedToReaders ?? state.closingAt(comment.path);
  const { changesAt, readable } = state;
  const path = `/comments/${comment.id}/thread`;
  if (comment.shown) {
    keepPage(response, {
      path,
      parameters: { after: slice.continued ? after : undefined },
      conversations: [conversationId],
      until: changesAt,
    });
  }
  const nextHref = nextPageHref(path, slice);
  const may = { close: reachesPost(response, 'close', post), pin: reachesPost(response, 'pin', post) };
  const authorIds = new Set(post.authors.map(({ id }) => id));
  const { edit_minutes: editMinutes } = siteOf(response);
  const answerable = !state.closingAt(comment.path) && comment.status === 'approved';
  const { t } = frameOf(response);
  sendPage(response, branchView, {
    title: t('branch.title', { title: post.title }),
    hiddenFromSearch: true,
    // One's own held comment has a page, but no feed yet.
    feed: comment.shown ? { title: t('feed.followBranch'), href: `${path}/feed.xml` } : undefined,
    conversationId,
    count: readable,
    name: comment.status === 'approved' ? comment.name : undefined,
    comments: presentThread(slice, {
      authorIds,
      ...state,
      pinnedId: undefined,
      hasTools: may.close || may.pin,
      editMinutes,
      now,
      ownNotes,
      nextHref,
    }),
    postTitle: post.title,
    postHref: hrefOf(post),
    placeHref: `/comments/${comment.id}`,
    nextHref,
    firstHref: slice.continued ? pageHref(path) : undefined,
    closing,
    form: answerable ? await freshForm(context, request, response, { post, state, parent: comment.id }) : undefined,
    moderation: may.close || may.pin ? branchClosingTools(comment, { ...state, may, now }) : undefined,
  });
}

// At the deepest level of the key stand the replies of all who are that deep: their page is the branch that holds them.
async function leadToBranchAbove({ db }: ReplyContext, response: Response, comment: LocatedComment): Promise<void> {
  const { id, path: key, conversation_id: conversationId } = comment;
  if (!comment.shown) return response.redirect(302, `/comments/${id}`);
  const branch = nearestBranch(key);
  const after = await findPageStart(db, { conversationId, key, branch });
  const path = `/comments/${idsInKey(branch).at(-1)}/thread`;
  response.redirect(302, pageHref(path, { after, anchor: `c${id}` }));
}
