import { type Request, type Response, Router } from 'express';
import { requirePermission } from '../accounts/viewer.ts';
import type { AppContext } from '../context.ts';
import { offerUndo } from '../events/offer-undo.ts';
import { findEvent } from '../events/queries.ts';
import { forbidden, notFound } from '../http/errors.ts';
import { readFields, readId } from '../http/fields.ts';
import type { MessageKey } from '../http/messages.ts';
import { leaveNotice } from '../http/notice.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { moderatorOf } from './moderator.ts';
import { startUndoOfMany } from './sweep.ts';
import { undo } from './undo.ts';
import { presentRefusal, type UndoRefusal } from './undo-refused.ts';
import { wayBack } from './way-back.ts';

interface UndoRefusedPage extends UndoRefusal {
  readonly eventId: number;
  readonly back: string;
  readonly backWords: MessageKey;
}

const undoRefusedView = defineView<UndoRefusedPage>('moderation/undo-refused');

/**
 * Taking back what was done: `POST /moderation/undo` with `event`. Everybody on the staff writes; what each may take back,
 * `mayUndo` says.
 */
export function undoRoutes(context: AppContext): Router {
  const router = Router();
  router.post('/moderation/undo', requirePermission('write'), (request, response) =>
    takeBack(context, request, response),
  );
  return router;
}

async function takeBack({ db, now }: AppContext, request: Request, response: Response): Promise<void> {
  const { event, partly } = readFields(request.body, ['event', 'partly']);
  const eventId = readId(event);
  if (eventId === undefined) throw notFound();
  const back = wayBack(request);
  const moderator = moderatorOf(response);
  // Who decides on no comments still takes back what was done to their own posts.
  if (moderator.reach === 'none' && (await findEvent(db, eventId))?.subject_kind !== 'post')
    throw forbidden({ key: 'error.notYourRole' });
  const sweepId = await startUndoOfMany(db, { eventId, moderator, now: now() });
  if (sweepId !== undefined) return response.redirect(303, `/moderation/sweeps/${sweepId}`);
  const outcome = await undo(db, { eventId, partly: partly !== '', moderator, now: now() });
  if (outcome.kind === 'unknown') throw notFound();
  if (outcome.kind === 'begun') return response.redirect(303, `/moderation/sweeps/${outcome.sweepId}`);
  if (outcome.kind !== 'undone') {
    const frame = frameOf(response);
    const backWords: MessageKey = back.startsWith('/write') ? 'versions.toDesk' : 'overtaken.back';
    const page = { ...presentRefusal(outcome, frame), eventId, back, backWords };
    const title = frame.t('undo.refusedTitle');
    return sendPage(response, undoRefusedView, { title, hiddenFromSearch: true, ...page }, 409);
  }
  const offer = offerUndo({ eventId: outcome.eventId, back });
  leaveNotice(request, { key: 'done.undo', values: { count: outcome.count }, offer });
  response.redirect(303, back);
}
