import { type Request, type Response, Router } from 'express';
import { createAttemptLimits } from '../accounts/attempts.ts';
import { allowedActions } from '../comments/lifecycle.ts';
import type { AppContext } from '../context.ts';
import { HttpError } from '../http/errors.ts';
import { readFields } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import { siteOf } from '../site/current.ts';
import { sendByMailOvertaken, sendByMailPage } from './by-mail-page.ts';
import { decide } from './decide.ts';
import { type DecisionForm, readDecision } from './form.ts';
import { type OpenedRight, openRight } from './open-right.ts';

type TokenRequest = Request<{ token: string }>;

/**
 * `/moderation/by-mail/:token`, where the link in a mail about what waits leads: GET shows the comment, POST decides on it in the
 * name of whoever got the mail, signed in or not. What does not wait any more needs more than such a link.
 */
export function byMailRoutes({ db, pool, secrets, now }: AppContext): Router {
  const { wrongRightNetwork } = createAttemptLimits({ pool, secret: secrets.network });
  const router = Router();

  router.get('/moderation/by-mail/:token', async (request, response) => {
    const right = await open(request, response);
    await sendByMailPage(db, response, { right, action: placeOf(request) });
  });

  router.post('/moderation/by-mail/:token', async (request, response) => {
    const right = await open(request, response);
    const { commentId, moderator } = right;
    const decision = readDecisionOf(request, commentId);
    if ('key' in decision) return refuse(request, response, { right, why: decision });
    const outcome = await decide(db, { ids: [commentId], decision, moderator, onlyWaiting: true, now: now() });
    if ('refused' in outcome) throw new Error('A decision by mail has no reply.');
    if (outcome.done.size > 0) return response.redirect(303, placeOf(request));
    // It was out of reach a moment later.
    const [overtaken] = outcome.overtaken;
    if (!overtaken) throw rightOver();
    sendByMailOvertaken(response, { overtaken, typed: request.body, back: placeOf(request) });
  });

  async function open(request: TokenRequest, response: Response): Promise<Extract<OpenedRight, { kind: 'open' }>> {
    // Who has the link has the right: no copy of the page is kept.
    response.set('Cache-Control', 'private, no-store');
    const { authors_moderate: authorsModerate } = siteOf(response);
    const { token } = request.params;
    const right = await openRight(db, { token, secret: secrets.alerts, authorsModerate, now: now() });
    if (right.kind === 'open') return right;
    if (right.kind === 'over') throw rightOver();
    const wait = await wrongRightNetwork.take(request.ip ?? '');
    if (wait === undefined) throw new HttpError(404, { key: 'byMail.unknown' });
    throw new HttpError(429, { key: 'byMail.tooMany', values: { minutes: Math.ceil(wait / 60) } }, wait);
  }

  async function refuse(
    request: TokenRequest,
    response: Response,
    { right, why }: { right: Extract<OpenedRight, { kind: 'open' }>; why: Message },
  ): Promise<void> {
    const { reason } = readFields(request.body, ['reason']);
    await sendByMailPage(db, response, { right, action: placeOf(request), refused: { why, reason } });
  }

  return router;
}

function placeOf({ params }: TokenRequest): string {
  return `/moderation/by-mail/${encodeURIComponent(params.token)}`;
}

// A reply, a note, and what is done with comments that were decided already, are for who signs in.
function readDecisionOf(request: Request, commentId: number): DecisionForm | Message {
  const fields = readFields(request.body, ['action', 'reason', 'seen']);
  const decision = readDecision(fields, commentId);
  if ('key' in decision || allowedActions('pending').includes(decision.action)) return decision;
  return { key: 'decision.unknownAction' };
}

function rightOver(): HttpError {
  return new HttpError(410, { key: 'byMail.over' });
}
