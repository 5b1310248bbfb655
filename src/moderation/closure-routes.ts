import { type Request, type Response, Router } from 'express';
import { requirePermission, signedInViewer } from '../accounts/viewer.ts';
import { findClosure } from '../comments/conversation.ts';
import type { AppContext } from '../context.ts';
import { describeEvent } from '../events/describe.ts';
import { lastEvents } from '../events/queries.ts';
import type { Message } from '../http/messages.ts';
import { leaveNotice } from '../http/notice.ts';
import { frameOf } from '../http/render.ts';
import { hrefOf } from '../posts/addresses.ts';
import type { PostForReading } from '../posts/queries.ts';
import type { PostKind } from '../posts/table.ts';
import { siteOf } from '../site/current.ts';
import { closeConversation, reopenConversation } from './close.ts';
import { findModerated } from './find-moderated.ts';
import { readClosing } from './form.ts';
import { sendNotDone, type WayBack } from './not-done.ts';
import { offerUndo } from './undo-routes.ts';

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
  if ('key' in words) return sendNotDone(request, response, { why: words, back: wayBack(response, post), status: 422 });
  const eventId = await closeConversation(context.db, {
    conversationId: post.conversation_id,
    actorId: signedInViewer(response).id,
    now: context.now(),
    ...words,
  });
  if (eventId === undefined)
    return sendOvertaken(context, request, response, { post, why: { key: 'overtaken.closed' } });
  sendDone(request, response, { post, eventId, done: 'closing.closed' });
}

async function reopen(context: AppContext, request: Request, response: Response, kind: PostKind): Promise<void> {
  const post = await findModerated(context, request, response, kind);
  const eventId = await reopenConversation(context.db, {
    conversationId: post.conversation_id,
    actorId: signedInViewer(response).id,
    now: context.now(),
    site: siteOf(response),
    publishedAt: post.published_at,
  });
  if (eventId === undefined) return sendOvertaken(context, request, response, { post, why: { key: 'overtaken.open' } });
  sendDone(request, response, { post, eventId, done: 'closing.reopened' });
}

function sendDone(
  request: Request,
  response: Response,
  { post, eventId, done }: { post: PostForReading; eventId: number; done: 'closing.closed' | 'closing.reopened' },
): void {
  leaveNotice(request, { key: done, offer: offerUndo({ eventId, back: hrefOf(post) }) });
  response.redirect(303, `${hrefOf(post)}#conversation`);
}

// Somebody else was first: who it was, and what they said.
async function sendOvertaken(
  { db }: AppContext,
  request: Request,
  response: Response,
  { post, why }: { post: PostForReading; why: Message },
): Promise<void> {
  const id = post.conversation_id;
  const [events, closure] = await Promise.all([
    lastEvents(db, { subjectKind: 'conversation', subjectIds: [id] }),
    findClosure(db, id),
  ]);
  const event = events.get(id);
  const told: Message[] = event ? [describeEvent(event, frameOf(response).dates)] : [];
  if (closure?.reason) told.push({ key: 'queue.reason', values: { reason: closure.reason } });
  if (closure?.note) told.push({ key: 'queue.note', values: { note: closure.note } });
  sendNotDone(request, response, { why, told, back: wayBack(response, post), status: 409 });
}

function wayBack(response: Response, post: PostForReading): WayBack {
  return { href: `${hrefOf(post)}#conversation`, label: frameOf(response).t('reply.toPost', { title: post.title }) };
}
