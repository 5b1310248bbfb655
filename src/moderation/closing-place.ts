import type { Request, Response } from 'express';
import type { Permission } from '../accounts/permissions.ts';
import { reachesPost, viewerReach } from '../accounts/viewer.ts';
import type { ClosureSubject } from '../comments/closures.ts';
import { findComment } from '../comments/queries.ts';
import { nearestBranch } from '../comments/thread.ts';
import type { AppContext } from '../context.ts';
import { found, notFound } from '../http/errors.ts';
import { readId } from '../http/fields.ts';
import { frameOf } from '../http/render.ts';
import { hrefOf } from '../posts/addresses.ts';
import { findPostOfConversation, type PostForReading } from '../posts/queries.ts';
import type { PostKind } from '../posts/table.ts';
import { findModerated } from './find-moderated.ts';
import type { WayBack } from './not-done.ts';

/** What a form of closings is about, and the page that it stands on. */
export interface ClosingPlace {
  readonly subject: ClosureSubject;
  /** When its post was published; null: there is none, or it is a draft. */
  readonly publishedAt: Date | null;
  readonly path: string;
  readonly back: WayBack;
}

/** All conversations. @throws NotFound where one may not moderate them all. */
export function placeOfSite(response: Response): ClosingPlace {
  if (viewerReach(response, 'close') !== 'all') throw notFound();
  const path = '/moderation';
  return {
    subject: { scope: 'site' },
    publishedAt: null,
    path,
    back: { href: path, label: frameOf(response).t('overtaken.back') },
  };
}

/** The conversation of a post. @throws NotFound where there is none, or none within one's reach. */
export async function placeOfPost(
  context: AppContext,
  request: Request,
  response: Response,
  kind: PostKind,
): Promise<ClosingPlace> {
  const post = await findModerated(context, request, response, kind, 'close');
  return {
    subject: { scope: 'conversation', conversationId: post.conversation_id },
    publishedAt: post.published_at,
    path: hrefOf(post),
    back: backToPost(response, post),
  };
}

/** The branch that a comment begins. @throws NotFound where there is none, or none within one's reach. */
export async function placeOfBranch(
  { db }: AppContext,
  request: Request,
  response: Response,
  permission: Permission,
): Promise<ClosingPlace> {
  const comment = found(await findComment(db, found(readId(request.params.id))));
  const post = found(await findPostOfConversation(db, comment.conversation_id));
  // At the deepest level of the key no branch begins.
  if (!reachesPost(response, permission, post) || nearestBranch(comment.path) !== comment.path) throw notFound();
  const path = `/comments/${comment.id}/thread`;
  return {
    subject: { scope: 'branch', conversationId: comment.conversation_id, commentId: comment.id },
    publishedAt: post.published_at,
    path,
    back: { href: path, label: frameOf(response).t('closing.toBranch') },
  };
}

/** The way back to the conversation of a post. */
export function backToPost(response: Response, post: PostForReading): WayBack {
  return { href: `${hrefOf(post)}#conversation`, label: frameOf(response).t('reply.toPost', { title: post.title }) };
}
