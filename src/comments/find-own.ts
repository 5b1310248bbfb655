import type { Request, Response } from 'express';
import { forbidden, found, notFound } from '../http/errors.ts';
import { readId } from '../http/fields.ts';
import type { MessageKey } from '../http/messages.ts';
import { hrefOf } from '../posts/addresses.ts';
import { findPostOfConversation, type PostForReading } from '../posts/queries.ts';
import { readerOf } from '../posts/reader.ts';
import { mayRead } from '../posts/reading.ts';
import { provedAddresses } from '../visitors/queries.ts';
import { recogniseBrowser } from '../visitors/this-browser.ts';
import { claimantOf } from './claimant.ts';
import type { ConversationContext } from './conversation-page.ts';
import { findWritten, type WrittenComment } from './editing-queries.ts';
import { isWriter, isWriterByMail } from './ownership.ts';
import { isVisibleTo } from './thread-queries.ts';

/** A request about one comment. */
export type IdRequest = Request<{ id: string }>;

/** A comment of whoever asks, its post where they may read it, and the browser that they ask from. */
export interface OwnComment {
  readonly comment: WrittenComment;
  readonly post: PostForReading | undefined;
  readonly browserId: number | undefined;
}

/**
 * Finds a comment for its writer, who knows of it wherever it stands. Others know of what is shown, and have no right to
 * it; of anything else they know nothing.
 *
 * @param refusal the sentence for those others.
 */
export async function findOwn(
  context: ConversationContext,
  request: IdRequest,
  response: Response,
  refusal: MessageKey,
): Promise<OwnComment> {
  const { db, cookies, now } = context;
  const id = found(readId(request.params.id));
  const browserId = await recogniseBrowser(context, request);
  const comment = found(await findWritten(db, id));
  const post = found(await findPostOfConversation(db, comment.conversation_id));
  const readable = mayRead(post, readerOf(response), now());
  const addresses = browserId === undefined ? [] : await provedAddresses(db, { browserId });
  const writer = isWriter(comment, claimantOf(request, response, cookies)) || isWriterByMail(comment, addresses);
  if (!writer) throw comment.shown && readable ? forbidden({ key: refusal }) : notFound();
  return { comment, post: readable ? post : undefined, browserId };
}

/** The path at which a writer finds the own comment from here: one that is held is shown to the browser that wrote it alone. */
export function whereabouts({ comment, post, browserId }: OwnComment): string {
  if (post && isVisibleTo(comment, browserId)) return `/comments/${comment.id}`;
  if (comment.account_id === null) return '/mine';
  return post ? `${hrefOf(post)}#conversation` : '/';
}
