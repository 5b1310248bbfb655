import type { Response } from 'express';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { hrefOf } from '../posts/addresses.ts';
import { type TrustedHtml, trustStored } from '../text/trusted-html.ts';
import type { ConversationContext } from './conversation-page.ts';
import { deleteComment } from './delete.ts';
import { findWritten } from './editing-queries.ts';
import { findOwn, type IdRequest, type OwnComment, whereabouts } from './find-own.ts';
import { isErased } from './lifecycle.ts';

interface DeletePage {
  readonly id: number;
  readonly html: TrustedHtml;
  readonly backHref: string;
}

const deleteView = defineView<DeletePage>('comments/delete');

/** Asks the writer of a comment whether it is to be deleted. */
export async function askBeforeDeleting(
  context: ConversationContext,
  request: IdRequest,
  response: Response,
): Promise<void> {
  const own = await findOwn(context, request, response, 'delete.notYours');
  const { comment } = own;
  if (isErased(comment.status)) return response.redirect(303, placeOf(own));
  const page = { id: comment.id, html: trustStored(comment.html), backHref: whereabouts(own) };
  sendPage(response, deleteView, { title: frameOf(response).t('delete.title'), hiddenFromSearch: true, ...page });
}

/** Deletes a comment for its writer. Asked for again, it leads to the same place. */
export async function takeDeletion(
  context: ConversationContext,
  request: IdRequest,
  response: Response,
): Promise<void> {
  const { comment, post } = await findOwn(context, request, response, 'delete.notYours');
  const actorId = comment.account_id ?? undefined;
  await deleteComment(context.db, { id: comment.id, actorId, now: context.now() });
  const deleted = await findWritten(context.db, comment.id);
  response.redirect(303, placeOf({ comment: deleted ?? comment, post }));
}

// Where a deleted comment left a placeholder, there; else where it was.
function placeOf({ comment, post }: Pick<OwnComment, 'comment' | 'post'>): string {
  if (!post) return '/';
  return comment.shown ? `/comments/${comment.id}` : `${hrefOf(post)}#conversation`;
}
