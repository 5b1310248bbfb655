import { type Request, type Response, Router } from 'express';
import { requirePermission, signedInViewer, viewerReach } from '../accounts/viewer.ts';
import { findClosure } from '../comments/closures.ts';
import type { AppContext } from '../context.ts';
import { describeEvent } from '../events/describe.ts';
import { offerUndo } from '../events/offer-undo.ts';
import { lastClosing } from '../events/queries.ts';
import type { Message } from '../http/messages.ts';
import { leaveNotice } from '../http/notice.ts';
import { frameOf } from '../http/render.ts';
import { siteOf } from '../site/current.ts';
import { close, eventSubject, reopen } from './close.ts';
import { type ClosingPlace, placeOfBranch, placeOfPost, placeOfSite } from './closing-place.ts';
import { readClosing } from './form.ts';
import type { Moderator } from './moderator.ts';
import { sendNotDone } from './not-done.ts';

/**
 * Closings: `POST /posts/:slug/closures` and `POST /posts/:slug/closures/current/reopen`; for a page below its own path, for
 * a branch below `/comments/:id`, for the whole site below `/moderation`.
 */
export function closureRoutes(context: AppContext): Router {
  const router = Router();
  const guard = requirePermission('close');
  const places: [string, FindPlace][] = [
    ['/moderation', (_request, response) => placeOfSite(response)],
    ['/comments/:id', (request, response) => placeOfBranch(context, request, response, 'close')],
    ['/posts/:slug', (request, response) => placeOfPost(context, request, response, 'post')],
    ['/:slug', (request, response) => placeOfPost(context, request, response, 'page')],
  ];
  for (const [path, find] of places) {
    router.post(`${path}/closures`, guard, async (request, response) =>
      takeClosing(context, request, response, await find(request, response)),
    );
    router.post(`${path}/closures/current/reopen`, guard, async (request, response) =>
      takeReopening(context, request, response, await find(request, response)),
    );
  }
  return router;
}

type FindPlace = (request: Request, response: Response) => ClosingPlace | Promise<ClosingPlace>;

async function takeClosing(
  context: AppContext,
  request: Request,
  response: Response,
  place: ClosingPlace,
): Promise<void> {
  const now = context.now();
  const form = readClosing(request.body, { timeZone: siteOf(response).time_zone, now });
  if ('key' in form) return sendNotDone(request, response, { why: form, back: place.back, status: 422 });
  const outcome = await close(context.db, { subject: place.subject, moderator: closerOf(response), now, form });
  switch (outcome.kind) {
    case 'closed_already':
      return sendOvertaken(context, request, response, {
        place,
        why: { key: `overtaken.closed.${place.subject.scope}` },
      });
    case 'above':
      return sendNotDone(request, response, { why: { key: 'decision.above' }, back: place.back, status: 403 });
    case 'closed': {
      const key = form.beginsAt ? 'closing.closedLater' : (`closing.closed.${place.subject.scope}` as const);
      const when = form.beginsAt ? frameOf(response).dates.minute(form.beginsAt) : '';
      const { eventId, rejected, beingRejected } = outcome;
      const done: Message = { key, values: { when, rejected, beingRejected } };
      return sendDone(request, response, { place, eventId, done });
    }
  }
}

async function takeReopening(
  context: AppContext,
  request: Request,
  response: Response,
  place: ClosingPlace,
): Promise<void> {
  const outcome = await reopen(context.db, {
    subject: place.subject,
    moderator: closerOf(response),
    now: context.now(),
    site: siteOf(response),
    publishedAt: place.publishedAt,
  });
  if (outcome.kind === 'above')
    return sendNotDone(request, response, { why: { key: 'decision.above' }, back: place.back, status: 403 });
  if (outcome.kind === 'open_already')
    return sendOvertaken(context, request, response, { place, why: { key: `overtaken.open.${place.subject.scope}` } });
  const done: Message = { key: `closing.reopened.${place.subject.scope}` };
  sendDone(request, response, { place, eventId: outcome.eventId, done });
}

function closerOf(response: Response): Moderator {
  return { viewer: signedInViewer(response), reach: viewerReach(response, 'close') };
}

function sendDone(
  request: Request,
  response: Response,
  { place, eventId, done }: { place: ClosingPlace; eventId: number; done: Message },
): void {
  leaveNotice(request, { ...done, offer: offerUndo({ eventId, back: place.path }) });
  response.redirect(303, place.back.href);
}

// Somebody else was first: who it was, and what they said.
async function sendOvertaken(
  { db }: AppContext,
  request: Request,
  response: Response,
  { place, why }: { place: ClosingPlace; why: Message },
): Promise<void> {
  const [event, closure] = await Promise.all([
    lastClosing(db, eventSubject(place.subject)),
    findClosure(db, place.subject),
  ]);
  const told: Message[] = event ? [describeEvent(event, frameOf(response).dates)] : [];
  if (closure?.reason) told.push({ key: 'queue.reason', values: { reason: closure.reason } });
  if (closure?.note) told.push({ key: 'queue.note', values: { note: closure.note } });
  sendNotDone(request, response, { why, told, back: place.back, status: 409 });
}
