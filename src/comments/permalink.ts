import type { Request, Response } from 'express';
import { found, notFound } from '../http/errors.ts';
import { readId } from '../http/fields.ts';
import { hrefOf } from '../posts/addresses.ts';
import { findPostOfConversation, type PostForReading } from '../posts/queries.ts';
import { readerOf } from '../posts/reader.ts';
import { mayRead } from '../posts/reading.ts';
import { trustStored } from '../text/trusted-html.ts';
import { recogniseBrowser } from '../visitors/this-browser.ts';
import { freshForm } from './conversation-page.ts';
import { readConversationState } from './conversation-state.ts';
import { findComment, isPinned, type LocatedComment } from './queries.ts';
import { pageHref } from './read-thread.ts';
import type { ReplyContext } from './reply-context.ts';
import { sendReplyPage } from './replying.ts';
import { findPageStart, isVisibleTo } from './thread-queries.ts';

type IdRequest = Request<{ id: string }>;

/** Leads to a comment, on whatever page of its post it stands now. What one may not see does not exist. */
export async function leadToComment(context: ReplyContext, request: IdRequest, response: Response): Promise<void> {
  const { comment, post } = await findVisible(context, request, response);
  if (await isPinned(context.db, comment))
    return response.redirect(302, pageHref(hrefOf(post), { anchor: `c${comment.id}` }));
  const start = await findPageStart(context.db, { conversationId: comment.conversation_id, key: comment.path });
  response.redirect(302, pageHref(hrefOf(post), { after: start, anchor: `c${comment.id}` }));
}

/** Shows the form for a reply to a comment; where none can be given, the comment itself. */
export async function showReplyForm(context: ReplyContext, request: IdRequest, response: Response): Promise<void> {
  const { comment, post } = await findVisible(context, request, response);
  const state = await readConversationState(context, response, { post, now: context.now() });
  if (state.closingAt(comment.path) || comment.status !== 'approved')
    return response.redirect(303, `/comments/${comment.id}`);
  const form = await freshForm(context, request, response, { post, state, parent: comment.id });
  const answered = { id: comment.id, name: comment.name, html: trustStored(comment.html) };
  sendReplyPage(response, { post, answered, form });
}

/** The comment that a request asks for, with its post. @throws NotFound where there is none, or none for this reader. */
export async function findVisible(
  context: ReplyContext,
  request: IdRequest,
  response: Response,
): Promise<{ comment: LocatedComment; post: PostForReading }> {
  const { db, now } = context;
  const id = found(readId(request.params.id));
  const browserId = await recogniseBrowser(context, request);
  const comment = found(await findComment(db, id));
  if (!isVisibleTo(comment, browserId)) throw notFound();
  const post = found(await findPostOfConversation(db, comment.conversation_id));
  if (!mayRead(post, readerOf(response), now())) throw notFound();
  return { comment, post };
}
