import { type Request, type Response, Router } from 'express';
import { requirePermission, signedInViewer, viewerReach } from '../accounts/viewer.ts';
import type { AppContext } from '../context.ts';
import { offerUndo } from '../events/offer-undo.ts';
import { readFields } from '../http/fields.ts';
import { leaveNotice } from '../http/notice.ts';
import { hrefOf } from '../posts/addresses.ts';
import type { PostKind } from '../posts/table.ts';
import { backToPost } from './closing-place.ts';
import { findModerated } from './find-moderated.ts';
import { sendNotDone } from './not-done.ts';
import { setPace, slowest } from './pace.ts';

/** Slow mode: `POST /posts/:slug/pace` with `minutes`; for a page, below its own path. */
export function paceRoutes(context: AppContext): Router {
  const router = Router();
  const guard = requirePermission('close');
  router.post('/posts/:slug/pace', guard, (request, response) => changePace(context, request, response, 'post'));
  router.post('/:slug/pace', guard, (request, response) => changePace(context, request, response, 'page'));
  return router;
}

async function changePace(context: AppContext, request: Request, response: Response, kind: PostKind): Promise<void> {
  const post = await findModerated(context, request, response, kind, 'close');
  const href = hrefOf(post);
  const back = backToPost(response, post);
  const minutes = readMinutes(readFields(request.body, ['minutes']).minutes);
  if (minutes === undefined) {
    const why = { key: 'pace.wrong', values: { most: slowest } } as const;
    return sendNotDone(request, response, { why, back, status: 422 });
  }
  const moderator = { viewer: signedInViewer(response), reach: viewerReach(response, 'close') };
  const set = await setPace(context.db, {
    conversationId: post.conversation_id,
    minutes,
    moderator,
    now: context.now(),
  });
  if (set === 'above') return sendNotDone(request, response, { why: { key: 'decision.above' }, back, status: 403 });
  const offer = set === 'unchanged' ? undefined : offerUndo({ eventId: set, back: href });
  leaveNotice(request, { key: 'pace.set', values: { minutes }, offer });
  response.redirect(303, `${href}#conversation`);
}

function readMinutes(text: string): number | undefined {
  const minutes = /^\d{1,4}$/.test(text) ? Number(text) : undefined;
  return minutes !== undefined && minutes <= slowest ? minutes : undefined;
}
