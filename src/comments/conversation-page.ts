import type { Request, Response } from 'express';
import { reachesPost, rowsFor, viewerOf } from '../accounts/viewer.ts';
import { keepPage } from '../cache/keep-page.ts';
import type { AppContext } from '../context.ts';
import { readId } from '../http/fields.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { findStanding } from '../persons/queries.ts';
import { isShutOut } from '../persons/standing.ts';
import { hrefOf } from '../posts/addresses.ts';
import { type PostPage, presentArticle } from '../posts/post-page.ts';
import { stateOf } from '../posts/publication.ts';
import type { PostForReading } from '../posts/queries.ts';
import { siteOf } from '../site/current.ts';
import { excerptOf } from '../text/plain-text.ts';
import type { TrustedHtml } from '../text/trusted-html.ts';
import { readRemembered, readVisitor, type VisitorCookies } from '../visitors/visitor.ts';
import { claimantOf } from './claimant.ts';
import type { Closing } from './closing.ts';
import { type ClosingTools, closingTools } from './closing-tools.ts';
import { type ConversationStanding, readConversationState } from './conversation-state.ts';
import { longestComment } from './form.ts';
import { hasApproved } from './queries.ts';
import { nextPageHref, pageHref, readOrder, readThread } from './read-thread.ts';
import { freshFields, type ReplyForm } from './reply-form.ts';
import type { ThreadOrder } from './thread.ts';
import { listShown, type ThreadSlice } from './thread-queries.ts';
import type { ReadableComment } from './thread-rows.ts';
import { type CommentView, presentPinned, presentThread } from './thread-view.ts';

/** A conversation as the page of its post prints it. */
export interface ConversationModel {
  /** Id of the conversation, for scripts. */
  readonly conversationId: number;
  /** How many comments one can read. */
  readonly count: number;
  readonly comments: readonly CommentView[];
  /** The comment that stands above the others, if one does and this is the first page. */
  readonly pinned: readonly CommentView[];
  /** Path of the next page, where the conversation goes on. */
  readonly nextHref: string | undefined;
  /** Path of the first page, where this is a later one. */
  readonly firstHref: string | undefined;
  /** In which order it is read, and the path of its first page in the other one; undefined where both are the same. */
  readonly order: { readonly chosen: ThreadOrder; readonly otherHref: string | undefined };
  /** What keeps readers from replying. */
  readonly closing: Closing | undefined;
  /** When it closes, where that is known. */
  readonly closesAt: Date | undefined;
  readonly form: ReplyForm | undefined;
  /** Path of its feed. */
  readonly feedHref: string;
  /** For those who may close and reopen it. */
  readonly moderation: ClosingTools | undefined;
}

/** What is the same for every page with a conversation on it. */
export interface ConversationContext extends Pick<AppContext, 'db' | 'now' | 'rows'> {
  readonly cookies: VisitorCookies;
}

const postView = defineView<PostPage & { conversation: ConversationModel | undefined }>('posts/post');

/**
 * Sends the page of a post with its conversation.
 *
 * @param form as it was sent, with what is wrong with it; none: a fresh one.
 */
export async function sendPostPage(
  context: ConversationContext,
  request: Request,
  response: Response,
  { post, form, status = 200 }: { post: PostForReading; form?: ReplyForm | undefined; status?: number },
): Promise<void> {
  const { now } = context;
  const conversation = await loadConversation(context, request, response, { post, form });
  const mayEdit = reachesPost(response, 'write', post);
  const article = presentArticle(post, { now: now(), mayEdit });
  const description = descriptionOf(post, article.html);
  // A later page of the conversation stands for itself: else search engines would leave it out.
  const canonical = request.query.after === undefined ? { canonical: hrefOf(post) } : {};
  const feed = conversation && {
    title: frameOf(response).t('feed.conversation', { title: post.title }),
    href: conversation.feedHref,
  };
  sendPage(response, postView, { title: post.title, description, ...canonical, feed, article, conversation }, status);
}

const descriptions = new WeakMap<PostForReading, string>();

// To find where a word ends takes longer than to write half of the page; a post that is kept in memory is asked once.
function descriptionOf(post: PostForReading, html: TrustedHtml): string {
  const known = descriptions.get(post) ?? (post.excerpt || excerptOf(html, 160));
  descriptions.set(post, known);
  return known;
}

/** A form that nobody has typed into yet. */
export async function freshForm(
  { db, cookies, now }: ConversationContext,
  request: Request,
  response: Response,
  {
    post,
    state: { mode, slowMinutes },
    parent,
  }: { post: PostForReading; state: Pick<ConversationStanding, 'mode' | 'slowMinutes'>; parent?: number },
): Promise<ReplyForm> {
  const staffName = viewerOf(response)?.name;
  const browserId = readVisitor(request, cookies);
  // Who is not known by a cookie reads what everybody reads: whether their network is met in some way, they hear when they write.
  const known = staffName || browserId === undefined ? undefined : await findStanding(db, { browserId, now: now() });
  const standing = known?.kind;
  const isFirst = async () => browserId === undefined || !(await hasApproved(db, browserId));
  const isNew = async () => mode === 'first_held' && standing !== 'trusted' && (await isFirst());
  const held = !staffName && (standing === 'held' || mode === 'all_held' || (await isNew()));
  return {
    action: replyAction(post),
    conversationId: post.conversation_id,
    longest: longestComment,
    fields: freshFields(readRemembered(request, cookies), parent === undefined ? '' : String(parent)),
    errors: [],
    staffName,
    emailRequired: siteOf(response).email_required,
    // The staff are not slowed down.
    slowMinutes: staffName ? 0 : slowMinutes,
    shutOut: isShutOut(known) ? known : undefined,
    submit: held ? 'reply.submitHeld' : 'reply.submit',
  };
}

/** Where a reply to this post is sent. */
export function replyAction(post: PostForReading): string {
  return `${hrefOf(post)}/comments`;
}

async function loadConversation(
  context: ConversationContext,
  request: Request,
  response: Response,
  { post, form }: { post: PostForReading; form: ReplyForm | undefined },
): Promise<ConversationModel | undefined> {
  const { db, rows, cookies } = context;
  const now = context.now();
  const order = readOrder(request.query.order);
  const after = readId(request.query.after);
  const [state, { slice, ownNotes }] = await Promise.all([
    readConversationState(context, response, { post, now }),
    readThread(
      { db, rows: rowsFor(response, rows) },
      {
        conversationId: post.conversation_id,
        order,
        after,
        claimant: claimantOf(request, response, cookies),
      },
    ),
  ]);
  const { closedToReaders: closing, closesAt, changesAt, readable } = state;
  const nothingToSay = post.kind === 'page' && closing !== undefined && slice.comments.length === 0;
  if (stateOf(post, now) !== 'published') return undefined;
  keepPage(response, {
    path: hrefOf(post),
    parameters: { order: order === 'oldest' ? undefined : order, after: slice.continued ? after : undefined },
    conversations: [post.conversation_id],
    until: changesAt,
  });
  if (nothingToSay) return undefined;

  const href = hrefOf(post);
  const nextHref = nextPageHref(href, slice);
  const mayClose = reachesPost(response, 'close', post);
  const hasTools = mayClose || reachesPost(response, 'pin', post);
  const authorIds = new Set(post.authors.map(({ id }) => id));
  const { edit_minutes: editMinutes } = siteOf(response);
  const words = { authorIds, ...state, hasTools, editMinutes, now, ownNotes, nextHref };
  const comments = presentThread(slice, words);
  const pinned = slice.continued ? undefined : await findPinned(context, response, { post, state, slice });
  const oneBranch = comments.length < 2 && !slice.next && !slice.continued;
  return {
    conversationId: post.conversation_id,
    count: readable,
    comments,
    pinned: pinned ? presentPinned(pinned, words) : [],
    nextHref,
    firstHref: slice.continued ? pageHref(href, { order }) : undefined,
    order: {
      chosen: order,
      otherHref: oneBranch ? undefined : pageHref(href, { order: order === 'oldest' ? 'newest' : 'oldest' }),
    },
    closing,
    closesAt,
    // What was typed comes back, even if the conversation was closed in this very moment.
    form: form ?? (state.closing ? undefined : await freshForm(context, request, response, { post, state })),
    feedHref: `${href}/comments/feed.xml`,
    moderation: mayClose ? closingTools(post, { ...state, now }) : undefined,
  };
}

// As this reader wrote it, where it is on the page anyway.
async function findPinned(
  { db, rows }: ConversationContext,
  response: Response,
  {
    post: { conversation_id: id },
    state: { pinnedId },
    slice,
  }: { post: PostForReading; state: ConversationStanding; slice: ThreadSlice },
): Promise<ReadableComment | undefined> {
  if (pinnedId === undefined) return undefined;
  const onPage = slice.comments.find((comment) => comment.id === pinnedId);
  const [pinned] = onPage
    ? [onPage]
    : await rowsFor(response, rows).get(`pinned ${id}`, async () => {
        const value = await listShown(db, { ids: [pinnedId] });
        return { value, subjects: ['site', `conversation ${id}` as const], bytes: 10_000 };
      });
  return pinned?.content && pinned;
}
