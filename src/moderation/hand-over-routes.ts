import { type Request, type Response, Router } from 'express';
import { requirePermission } from '../accounts/viewer.ts';
import type { AppContext } from '../context.ts';
import { describeEvent } from '../events/describe.ts';
import { lastEvents } from '../events/queries.ts';
import { found, notFound } from '../http/errors.ts';
import { readFields, readId } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import { leaveNotice } from '../http/notice.ts';
import { frameOf } from '../http/render.ts';
import { siteOf } from '../site/current.ts';
import { longestNote } from './form.ts';
import { handOver } from './hand-over.ts';
import { moderatorOf } from './moderator.ts';
import { sendNotDone } from './not-done.ts';
import { wayBack } from './way-back.ts';

/** Handing what waits to a colleague: `POST /moderation/comments/:id/hand-over` (`to`, `note`); without `to`, to nobody again. */
export function handOverRoutes(context: AppContext): Router {
  const { db, now } = context;
  const router = Router();

  router.post('/moderation/comments/:id/hand-over', requirePermission('moderate'), async (request, response) => {
    const commentId = found(readId(request.params.id));
    const { to, note: typed } = readFields(request.body, ['to', 'note']);
    const note = typed.trim();
    const toId = readId(to);
    if (to !== '' && toId === undefined) return refuse(request, response, { why: { key: 'hand.cannot' } });
    if ([...note].length > longestNote)
      return refuse(request, response, { why: { key: 'decision.noteLong', values: { most: longestNote } } });
    const { authors_moderate: authorsModerate } = siteOf(response);
    const moderator = moderatorOf(response);
    const outcome = await handOver(db, { commentId, toId, note, moderator, authorsModerate, now: now() });
    if (outcome === 'unknown') throw notFound();
    if (outcome === 'cannot') return refuse(request, response, { why: { key: 'hand.cannot' } });
    if (outcome === 'decided') return sendDecided(context, request, response, commentId);
    leaveNotice(request, { key: `hand.${outcome}` });
    response.redirect(303, wayBack(request));
  });

  return router;
}

async function sendDecided({ db }: AppContext, request: Request, response: Response, commentId: number): Promise<void> {
  const event = (await lastEvents(db, { subjectKind: 'comment', subjectIds: [commentId] })).get(commentId);
  const told = event ? [describeEvent(event, frameOf(response).dates)] : [];
  refuse(request, response, { why: { key: 'hand.decided' }, told, status: 409 });
}

function refuse(
  request: Request,
  response: Response,
  { why, told = [], status = 422 }: { why: Message; told?: readonly Message[]; status?: number },
): void {
  const back = { href: wayBack(request), label: frameOf(response).t('overtaken.back') };
  sendNotDone(request, response, { why, told, back, status });
}
