import { type Request, type Response, Router } from 'express';
import { requirePermission } from '../accounts/viewer.ts';
import { readReply } from '../comments/form.ts';
import { findComment } from '../comments/queries.ts';
import type { Submission } from '../comments/submission.ts';
import type { AppContext } from '../context.ts';
import { offerUndo } from '../events/offer-undo.ts';
import { found, notFound } from '../http/errors.ts';
import { readFields, readId } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import { hashNetwork } from '../http/network.ts';
import { leaveNotice } from '../http/notice.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { type Decided, decide, type ReplyRefused } from './decide.ts';
import { type DecisionForm, readBulkDecision, readDecision } from './form.ts';
import { mayTake, moderatorOf } from './moderator.ts';
import { sendNotDone, wordsTyped } from './not-done.ts';
import { type OvertakenItem, presentOvertaken } from './overtaken-view.ts';
import { fillInSaved } from './saved-choice.ts';
import { wayBack } from './way-back.ts';

/** `POST /moderation/comments/:id/decisions` and, for several comments at once, `POST /moderation/decisions`. */
export function decisionRoutes(context: AppContext): Router {
  const router = Router();
  const guard = requirePermission('moderate');
  router.post('/moderation/comments/:id/decisions', guard, (request, response) =>
    decideOne(context, request, response),
  );
  router.post('/moderation/decisions', guard, (request, response) => decideSeveral(context, request, response));
  return router;
}

interface OvertakenPage {
  readonly items: readonly OvertakenItem[];
  /** How many other comments the decision was carried out for. */
  readonly doneCount: number;
  readonly back: string;
  /** What was written for nothing, to be copied. */
  readonly typed: readonly string[];
}

const overtakenView = defineView<OvertakenPage>('moderation/overtaken');

async function decideOne(context: AppContext, request: Request, response: Response): Promise<void> {
  const id = found(readId(request.params.id));
  const filled = await fillInSaved(context.db, request.body);
  if ('refused' in filled) return refuse(request, response, { why: filled.refused, status: 422 });
  const decision = readDecision(filled.body, id);
  if ('key' in decision) return refuse(request, response, { why: decision, status: 422 });
  if (!mayTake(response, decision.action))
    return refuse(request, response, { why: { key: 'decision.mayNotRemove' }, status: 403 });
  const reply = decision.reply === '' ? undefined : await replyTo(context, request, response, { id, decision });
  const now = context.now();
  const outcome = await decide(context.db, { ids: [id], decision, moderator: moderatorOf(response), reply, now });
  if ('refused' in outcome) return sendReplyRefused(request, response, outcome);
  if (outcome.done.size === 0 && outcome.overtaken.length === 0) throw notFound();
  answer(request, response, { outcome, decision });
}

async function decideSeveral({ db, now }: AppContext, request: Request, response: Response): Promise<void> {
  const filled = await fillInSaved(db, request.body);
  if ('refused' in filled) return refuse(request, response, { why: filled.refused, status: 422 });
  const bulk = readBulkDecision(filled.body);
  if ('key' in bulk) return refuse(request, response, { why: bulk, status: 422 });
  const { ids, decision } = bulk;
  if (!mayTake(response, decision.action))
    return refuse(request, response, { why: { key: 'decision.mayNotRemove' }, status: 403 });
  if (ids.length === 0) return refuse(request, response, { why: { key: 'queue.bulkNothing' }, status: 422 });
  const outcome = await decide(db, { ids, decision, moderator: moderatorOf(response), now: now() });
  if ('refused' in outcome) throw new Error('A bulk decision has no reply.');
  // All of them are beyond this moderator's reach, or never were.
  if (outcome.done.size + outcome.overtaken.length === 0) throw notFound();
  answer(request, response, { outcome, decision });
}

function answer(
  request: Request,
  response: Response,
  { outcome, decision }: { outcome: Decided; decision: DecisionForm },
): void {
  const count = outcome.done.size;
  if (outcome.overtaken.length > 0) {
    sendOvertaken(request, response, outcome);
    return;
  }
  const back = wayBack(request);
  // With a reply under it, an approval is not taken back by the way: others may have answered.
  if (decision.reply !== '') leaveNotice(request, { key: 'done.approveAndReply' });
  else {
    const offer = outcome.eventId === undefined ? undefined : offerUndo({ eventId: outcome.eventId, back });
    leaveNotice(request, { key: `done.${decision.action}`, values: { count }, offer });
  }
  response.redirect(303, back);
}

async function replyTo(
  { db, secrets, now }: AppContext,
  request: Request,
  response: Response,
  { id, decision }: { id: number; decision: DecisionForm },
): Promise<Submission> {
  const comment = found(await findComment(db, id));
  const { viewer } = moderatorOf(response);
  return {
    conversationId: comment.conversation_id,
    writer: { kind: 'staff', id: viewer.id, name: viewer.name, role: viewer.role },
    fields: { ...readReply(undefined), ...readFields(request.body, ['key']), body: decision.reply, parent: String(id) },
    networkHash: hashNetwork(secrets.network, request.ip ?? ''),
    limit: 0,
    now: now(),
  };
}

function sendOvertaken(request: Request, response: Response, outcome: Decided): void {
  const { t, dates } = frameOf(response);
  const page = {
    items: presentOvertaken(outcome.overtaken, dates),
    doneCount: outcome.done.size,
    back: wayBack(request),
    typed: wordsTyped(request.body),
  };
  sendPage(response, overtakenView, { title: t('overtaken.title'), hiddenFromSearch: true, ...page }, 409);
}

function sendReplyRefused(request: Request, response: Response, { refused }: ReplyRefused): void {
  const invalid = refused.kind === 'invalid';
  const errors = invalid ? refused.errors : {};
  const fallback: Message = { key: refused.kind === 'closed' ? 'decision.replyClosed' : 'error.409.text' };
  refuse(request, response, { why: errors.body ?? errors.parent ?? fallback, status: invalid ? 422 : 409 });
}

function refuse(request: Request, response: Response, { why, status }: { why: Message; status: number }): void {
  const back = { href: wayBack(request), label: frameOf(response).t('overtaken.back') };
  sendNotDone(request, response, { why, back, status });
}
