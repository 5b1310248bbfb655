import { type Request, type Response, Router } from 'express';
import { createAttemptLimits } from '../accounts/attempts.ts';
import { findComment } from '../comments/queries.ts';
import type { AppContext } from '../context.ts';
import { found, notFound } from '../http/errors.ts';
import { readFields, readId } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { hrefOf } from '../posts/addresses.ts';
import { stateOf } from '../posts/publication.ts';
import { findPostOfConversation } from '../posts/queries.ts';
import { provedAddresses } from '../visitors/queries.ts';
import { identifyBrowser, visitorCookies } from '../visitors/this-browser.ts';
import { readRemembered } from '../visitors/visitor.ts';
import { requestFollowing } from './confirm.ts';
import { daysToConfirm } from './days-to-confirm.ts';
import { type FollowForm, readFollowForm } from './form.ts';
import { countAsking, tooManyAsked } from './limits.ts';

interface FollowPage {
  /** Says what would be told. */
  readonly text: string;
  readonly backHref: string;
  readonly backLabel: string;
  /** Ids for the form; empty where they are none. */
  readonly conversation: string;
  readonly comment: string;
  readonly typed: FollowForm['typed'];
  readonly error: Message | undefined;
}

const followView = defineView<FollowPage>('following/follow');
const saidView = defineView<{ readonly text: string }>('following/said');

/**
 * `GET /following/new?conversation=…` and `GET /comments/:id/follow` show the form, `POST /following` takes it. What came
 * of it is said by a page of its own: `/following/asked`, `/following/begun`. The first says the same whether or not the
 * address follows already.
 */
export function askingRoutes(app: AppContext): Router {
  const { db, pool, secrets, now } = app;
  const cookies = visitorCookies(app);
  const limits = createAttemptLimits({ pool, secret: secrets.network });
  const router = Router();

  router.get('/following/new', (request, response) => showForm(request, response, request.query));
  router.get('/comments/:id/follow', (request, response) =>
    showForm(request, response, { comment: request.params.id }),
  );

  router.post('/following', async (request, response) => {
    const target = await findTarget(readFields(request.body, ['conversation', 'comment']));
    const form = readFollowForm(request.body);
    if (form.error) return send(response, { target, form, status: 422 });
    const browserId = await identifyBrowser({ db, now, cookies }, request, response);
    const { email } = form;
    const wait = await countAsking({ db, limits }, { email, ip: request.ip ?? '', browserId });
    if (wait !== undefined) {
      response.set('Retry-After', String(wait));
      return send(response, { target, form: { ...form, error: tooManyAsked(wait) }, status: 429 });
    }
    const proved = browserId !== undefined && (await provedAddresses(db, { browserId })).includes(email);
    const { conversationId, commentId } = target;
    const scope = commentId === null ? ('conversation' as const) : ('branch' as const);
    const wanted = [{ scope, commentId, pace: form.typed.pace }];
    const asked = { wanted, email, conversationId, browserId, proved, mayAsk: true, now: now() };
    await db.transaction().execute((trx) => requestFollowing(trx, asked));
    response.redirect(303, proved ? '/following/begun' : '/following/asked');
  });

  router.get('/following', (_request, response) => response.redirect(303, '/mine'));

  router.get('/following/asked', (_request, response) => {
    const { t } = frameOf(response);
    sendSaid(response, t('following.askedTitle'), t('following.asked', { days: daysToConfirm }));
  });

  router.get('/following/begun', (_request, response) => {
    const { t } = frameOf(response);
    sendSaid(response, t('following.begunTitle'), t('following.begun'));
  });

  async function showForm(request: Request, response: Response, query: Record<string, unknown>): Promise<void> {
    const target = await findTarget(query);
    const { email } = readRemembered(request, cookies);
    send(response, { target, form: { typed: { email, pace: 'at_once' }, email, error: undefined } });
  }

  /** What is to be followed: a published conversation, or what is below a comment of it that readers see. */
  async function findTarget(query: { readonly conversation?: unknown; readonly comment?: unknown }) {
    const commentId = readId(query.comment);
    const comment = commentId === undefined ? undefined : found(await findComment(db, commentId));
    if (comment && comment.status !== 'approved') throw notFound();
    const conversationId = comment?.conversation_id ?? found(readId(query.conversation));
    const post = found(await findPostOfConversation(db, conversationId));
    if (stateOf(post, now()) !== 'published') throw notFound();
    return { post, conversationId, commentId: comment?.id ?? null, name: comment?.name };
  }

  function send(
    response: Response,
    {
      target,
      form,
      status = 200,
    }: { target: Awaited<ReturnType<typeof findTarget>>; form: FollowForm; status?: number },
  ): void {
    const { t } = frameOf(response);
    const { post, conversationId, commentId, name } = target;
    const { title } = post;
    const text =
      name === undefined ? t('following.newConversation', { title }) : t('following.newBranch', { title, name });
    const page: FollowPage = {
      text,
      backHref: commentId === null ? `${hrefOf(post)}#conversation` : `/comments/${commentId}`,
      backLabel: t('following.back', { title }),
      conversation: commentId === null ? String(conversationId) : '',
      comment: commentId === null ? '' : String(commentId),
      typed: form.typed,
      error: form.error,
    };
    sendPage(response, followView, { title: t('following.newTitle'), hiddenFromSearch: true, ...page }, status);
  }

  return router;
}

function sendSaid(response: Response, title: string, text: string): void {
  sendPage(response, saidView, { title, text, hiddenFromSearch: true });
}
