import { type Request, type Response, Router } from 'express';
import { requirePermission, signedInViewer, viewerReach } from '../accounts/viewer.ts';
import type { AppContext } from '../context.ts';
import { offerUndo } from '../events/offer-undo.ts';
import { leaveNotice } from '../http/notice.ts';
import { type ClosingPlace, placeOfBranch } from './closing-place.ts';
import type { Moderator } from './moderator.ts';
import { sendNotDone } from './not-done.ts';
import { pinComment, unpinComment } from './pin.ts';

/** One comment above the others: `POST /comments/:id/pin`, `POST /comments/:id/unpin`. */
export function pinRoutes(context: AppContext): Router {
  const router = Router();
  const guard = requirePermission('pin');
  router.post('/comments/:id/pin', guard, (request, response) => change(context, request, response, 'pin'));
  router.post('/comments/:id/unpin', guard, (request, response) => change(context, request, response, 'unpin'));
  return router;
}

async function change(
  context: AppContext,
  request: Request,
  response: Response,
  action: 'pin' | 'unpin',
): Promise<void> {
  const place = await placeOfBranch(context, request, response, 'pin');
  const moderator = { viewer: signedInViewer(response), reach: viewerReach(response, 'pin') };
  const outcome = await carryOut(context, { place, action, moderator });
  if (outcome.kind === 'unreadable')
    return sendNotDone(request, response, { why: { key: 'pin.unreadable' }, back: place.back, status: 409 });
  if (outcome.kind === 'above')
    return sendNotDone(request, response, { why: { key: 'decision.above' }, back: place.back, status: 403 });
  const offer = outcome.kind === 'done' ? offerUndo({ eventId: outcome.eventId, back: place.path }) : undefined;
  leaveNotice(request, { key: `pin.done.${action}`, offer });
  response.redirect(303, place.path);
}

function carryOut(
  { db, now }: AppContext,
  { place: { subject }, action, moderator }: { place: ClosingPlace; action: 'pin' | 'unpin'; moderator: Moderator },
) {
  if (subject.scope !== 'branch') throw new Error('Only comments are pinned.');
  const { conversationId, commentId } = subject;
  const carry = action === 'pin' ? pinComment : unpinComment;
  return carry(db, { conversationId, commentId, moderator, now: now() });
}
