import { type Request, type Response, Router } from 'express';
import { requirePermission } from '../accounts/viewer.ts';
import type { AppContext } from '../context.ts';
import { describeEvent } from '../events/describe.ts';
import { notFound } from '../http/errors.ts';
import { readFields, readId } from '../http/fields.ts';
import { leaveNotice, type NoticeOffer } from '../http/notice.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { moderatorOf } from './moderator.ts';
import { sendNotDone } from './not-done.ts';
import { type OvertakenItem, presentOvertaken } from './overtaken-view.ts';
import { startUndoOfMany } from './sweep.ts';
import { undo } from './undo.ts';
import { wayBack } from './way-back.ts';

interface UndoRefusedPage {
  readonly items: readonly OvertakenItem[];
  readonly eventId: number;
  /** How many of those that were done together can still be undone. */
  readonly rest: number;
  readonly back: string;
}

const whyRefused = {
  closing_moved_on: 'undo.closingRefused',
  standing_moved_on: 'undo.standingRefused',
  settings_moved_on: 'undo.settingsRefused',
} as const;

const undoRefusedView = defineView<UndoRefusedPage>('moderation/undo-refused');

/** Taking back what was done: `POST /moderation/undo` with `event`. */
export function undoRoutes(context: AppContext): Router {
  const router = Router();
  router.post('/moderation/undo', requirePermission('moderate'), (request, response) =>
    takeBack(context, request, response),
  );
  return router;
}

/** A button that undoes what an event says, to be shown beside the news of it. */
export function offerUndo({ eventId, back }: { eventId: number; back: string }): NoticeOffer {
  return { action: '/moderation/undo', fields: { event: String(eventId), back }, label: 'undo.button' };
}

async function takeBack({ db, now }: AppContext, request: Request, response: Response): Promise<void> {
  const { event, partly } = readFields(request.body, ['event', 'partly']);
  const eventId = readId(event);
  if (eventId === undefined) throw notFound();
  const back = wayBack(request);
  const moderator = moderatorOf(response);
  const sweepId = await startUndoOfMany(db, { eventId, moderator, now: now() });
  if (sweepId !== undefined) return response.redirect(303, `/moderation/sweeps/${sweepId}`);
  const outcome = await undo(db, { eventId, partly: partly !== '', moderator, now: now() });
  if (outcome.kind === 'unknown') throw notFound();
  const { t, dates } = frameOf(response);
  if (
    outcome.kind === 'closing_moved_on' ||
    outcome.kind === 'standing_moved_on' ||
    outcome.kind === 'settings_moved_on'
  ) {
    const told = outcome.last ? [describeEvent(outcome.last, dates)] : [];
    const way = { href: back, label: t('overtaken.back') };
    return sendNotDone(request, response, { why: { key: whyRefused[outcome.kind] }, told, back: way, status: 409 });
  }
  if (outcome.kind === 'answer_moved_on') {
    const way = { href: back, label: t('overtaken.back') };
    return sendNotDone(request, response, { why: { key: 'undo.answerRefused' }, back: way, status: 409 });
  }
  if (outcome.kind === 'moved_on') {
    const items = presentOvertaken(outcome.overtaken, dates);
    const page = { items, eventId, rest: outcome.rest, back };
    return sendPage(response, undoRefusedView, { title: t('undo.refusedTitle'), hiddenFromSearch: true, ...page }, 409);
  }
  const offer = outcome.eventId === undefined ? undefined : offerUndo({ eventId: outcome.eventId, back });
  leaveNotice(request, { key: 'done.undo', values: { count: outcome.count }, offer });
  response.redirect(303, back);
}
