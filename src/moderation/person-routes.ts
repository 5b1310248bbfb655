import { type Request, type Response, Router } from 'express';
import { requirePermission, signedInViewer } from '../accounts/viewer.ts';
import type { AppContext } from '../context.ts';
import { describeEvent } from '../events/describe.ts';
import { offerUndo } from '../events/offer-undo.ts';
import { found } from '../http/errors.ts';
import { readId } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import { leaveNotice } from '../http/notice.ts';
import { frameOf } from '../http/render.ts';
import { giveStanding } from '../persons/give.ts';
import { siteOf } from '../site/current.ts';
import { sendNotDone } from './not-done.ts';
import { personHref } from './person-addresses.ts';
import { readStanding, readSweep } from './person-form.ts';
import { sendPersonPage } from './person-page.ts';
import { findWriter, type Writer } from './person-queries.ts';
import { sweepUp } from './person-sweep.ts';

/**
 * About the person who wrote a comment: `GET /moderation/comments/:id/person`, `POST …/person/standings` decides how they are
 * met, `POST …/person/sweeps` takes away what they wrote.
 */
export function personRoutes(context: AppContext): Router {
  const router = Router();
  const guard = requirePermission('judge_people');
  const path = '/moderation/comments/:id/person';
  router.get(path, guard, async (request, response) =>
    sendPersonPage(context, response, await writerIn(context, request)),
  );
  router.post(`${path}/standings`, guard, (request, response) => decideOnPerson(context, request, response));
  router.post(`${path}/sweeps`, guard, (request, response) => sweep(context, request, response));
  return router;
}

async function writerIn({ db }: AppContext, request: Request): Promise<Writer> {
  return found(await findWriter(db, found(readId(request.params.id))));
}

async function decideOnPerson(context: AppContext, request: Request, response: Response): Promise<void> {
  const { dates } = frameOf(response);
  const writer = await writerIn(context, request);
  const now = context.now();
  const form = readStanding(request.body, { person: writer, timeZone: siteOf(response).time_zone, now });
  if ('key' in form) return refuse(request, response, { writer, why: form, status: 422 });
  const { commentId } = writer;
  const actorId = signedInViewer(response).id;
  const outcome = await giveStanding(context.db, { person: writer, commentId, ...form, actorId, now });
  if (outcome.kind === 'overtaken') {
    const told = outcome.last ? [describeEvent(outcome.last, dates)] : [];
    return refuse(request, response, { writer, why: { key: 'person.overtaken' }, told, status: 409 });
  }
  const back = personHref(commentId);
  const { kind } = form.standing;
  leaveNotice(request, { key: `person.done.${kind}`, offer: offerUndo({ eventId: outcome.eventId, back }) });
  response.redirect(303, back);
}

async function sweep(context: AppContext, request: Request, response: Response): Promise<void> {
  const { db } = context;
  const writer = await writerIn(context, request);
  const { commentId } = writer;
  const form = readSweep(request.body, { person: writer });
  if ('key' in form) return refuse(request, response, { writer, why: form, status: 422 });
  const actorId = signedInViewer(response).id;
  const swept = await sweepUp(db, { person: writer, sweep: form, actorId, now: context.now() });
  if (swept.kind === 'begun') return response.redirect(303, `/moderation/sweeps/${found(swept.sweepId)}`);
  const back = personHref(commentId);
  const { count, eventId } = swept;
  leaveNotice(request, {
    key: `personSweep.done.${form.action}`,
    values: { count },
    offer: offerUndo({ eventId, back }),
  });
  response.redirect(303, back);
}

function refuse(
  request: Request,
  response: Response,
  { writer, why, told, status }: { writer: Writer; why: Message; told?: readonly Message[]; status: number },
): void {
  const back = { href: personHref(writer.commentId), label: frameOf(response).t('person.back') };
  sendNotDone(request, response, { why, ...(told && { told }), back, status });
}
