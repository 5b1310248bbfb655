import { type Request, type Response, Router } from 'express';
import { reachesPost, requirePermission, signedInViewer } from '../accounts/viewer.ts';
import type { AppContext } from '../context.ts';
import { HttpError, notFound } from '../http/errors.ts';
import { leaveNotice } from '../http/notice.ts';
import { hrefOf } from '../posts/addresses.ts';
import type { PostForReading } from '../posts/queries.ts';
import { readerOf } from '../posts/reader.ts';
import { readAddress } from '../posts/reading.ts';
import type { PostKind } from '../posts/table.ts';
import { siteOf } from '../site/current.ts';
import { closeConversation, reopenConversation } from './close.ts';
import { readClosing } from './form.ts';

/** Closings: `POST /posts/:slug/closures` and `POST /posts/:slug/closures/current/reopen`; for a page, below its own path. */
export function closureRoutes(context: AppContext): Router {
  const router = Router();
  const guard = requirePermission('moderate');
  const places = [
    { path: '/posts/:slug', kind: 'post' },
    { path: '/:slug', kind: 'page' },
  ] as const;
  for (const { path, kind } of places) {
    router.post(`${path}/closures`, guard, (request, response) => close(context, request, response, kind));
    router.post(`${path}/closures/current/reopen`, guard, (request, response) =>
      reopen(context, request, response, kind),
    );
  }
  return router;
}

async function close(context: AppContext, request: Request, response: Response, kind: PostKind): Promise<void> {
  const post = await findModerated(context, request, response, kind);
  const words = readClosing(request.body);
  if ('key' in words) throw new HttpError(422, words);
  const closed = await closeConversation(context.db, {
    conversationId: post.conversation_id,
    actorId: signedInViewer(response).id,
    now: context.now(),
    ...words,
  });
  if (!closed) throw new HttpError(409, { key: 'overtaken.closed' });
  leaveNotice(request, { key: 'closing.closed' });
  response.redirect(303, `${hrefOf(post)}#conversation`);
}

async function reopen(context: AppContext, request: Request, response: Response, kind: PostKind): Promise<void> {
  const post = await findModerated(context, request, response, kind);
  const reopened = await reopenConversation(context.db, {
    conversationId: post.conversation_id,
    actorId: signedInViewer(response).id,
    now: context.now(),
    site: siteOf(response),
    publishedAt: post.published_at,
  });
  if (!reopened) throw new HttpError(409, { key: 'overtaken.open' });
  leaveNotice(request, { key: 'closing.reopened' });
  response.redirect(303, `${hrefOf(post)}#conversation`);
}

async function findModerated(
  { db, now }: AppContext,
  request: Request,
  response: Response,
  kind: PostKind,
): Promise<PostForReading> {
  const slug = String(request.params.slug);
  const reading = await readAddress(db, { kind, slug, reader: readerOf(response), now: now() });
  if (reading.kind === 'gone' || reading.kind === 'nothing') throw notFound();
  if (!reachesPost(response, 'moderate', reading.post)) throw notFound();
  return reading.post;
}
