import { type Request, type Response, Router } from 'express';
import { createAttemptLimits } from '../accounts/attempts.ts';
import { findOwn, type IdRequest, whereabouts } from '../comments/find-own.ts';
import { findComment } from '../comments/queries.ts';
import type { AppContext } from '../context.ts';
import { type Deciding, decidingEvents } from '../events/deciding.ts';
import { explainDecision } from '../events/explain-decision.ts';
import { countAsking, tooManyAsked } from '../following/limits.ts';
import { readMailedLink } from '../following/links.ts';
import { found, HttpError } from '../http/errors.ts';
import type { Message } from '../http/messages.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { findPostOfConversation } from '../posts/queries.ts';
import { type TrustedHtml, trustStored } from '../text/trusted-html.ts';
import { identifyBrowser, visitorCookies } from '../visitors/this-browser.ts';
import { fileAppeal } from './file-appeal.ts';
import { type AppealForm, longestAppeal, readAppeal } from './form.ts';
import { findAppealsAgainst } from './queries.ts';
import { appealHref, explainAppeal, isAppealable, isToldByMail } from './standing.ts';

interface AppealPage {
  readonly action: string;
  readonly postTitle: string;
  /** The comment's text; undefined for whoever shows nothing but a mailed link. */
  readonly html: TrustedHtml | undefined;
  /** What was decided, and why; then what became of the appeal, where there is one. */
  readonly sentences: readonly Message[];
  /** The form; undefined where the decision was appealed already. */
  readonly form: Pick<AppealForm, 'typed' | 'errors'> | undefined;
  readonly longest: number;
  /** Whether the outcome can be asked for by mail: who came by a mailed link is told anyway. */
  readonly asksMail: boolean;
  readonly backHref: string | undefined;
}

const appealView = defineView<AppealPage>('appeals/appeal');
const twiceView = defineView<{ readonly typed: string; readonly backHref: string }>('appeals/twice');

/** A decision that can be appealed, as somebody got to it. */
interface Appealed extends Pick<AppealPage, 'action' | 'postTitle' | 'html' | 'backHref'> {
  readonly commentId: number;
  readonly status: string;
  readonly deciding: Deciding;
  readonly browserId: number | undefined;
  readonly byLink: boolean;
}

/**
 * `GET` and `POST /comments/:id/appeal`, for whoever can show that the comment is their own, and `/appeals/:token`, for
 * whoever got the link by mail.
 */
export function appealRoutes(app: AppContext): Router {
  const { db, pool, secrets, now } = app;
  const cookies = visitorCookies(app);
  const context = { ...app, cookies };
  const limits = createAttemptLimits({ pool, secret: secrets.network });
  const router = Router();

  router.get('/comments/:id/appeal', async (request, response) => show(response, await byCookie(request, response)));
  router.post('/comments/:id/appeal', async (request, response) =>
    take(request, response, await byCookie(request, response)),
  );
  router.get('/appeals/:token', async (request, response) => show(response, await byLink(request, response)));
  router.post('/appeals/:token', async (request, response) => take(request, response, await byLink(request, response)));

  async function byCookie(request: IdRequest, response: Response): Promise<Appealed> {
    const own = await findOwn(context, request, response, 'appeal.notYours');
    const { comment, browserId } = own;
    const { id, status } = comment;
    const post = found(await findPostOfConversation(db, comment.conversation_id));
    const deciding = await decisionOn({ id, status });
    const place = { action: appealHref(id), postTitle: post.title, backHref: whereabouts(own) };
    return { ...place, commentId: id, status, deciding, browserId, html: trustStored(comment.html), byLink: false };
  }

  // Whoever has the link got it by mail; that they wrote the comment they need not show, so its text is not shown to them.
  async function byLink(request: Request<{ token: string }>, response: Response): Promise<Appealed> {
    response.set('Cache-Control', 'no-store');
    const { token } = request.params;
    const [commentId = 0, eventId = 0] = found(readMailedLink(secrets.following, 'appeal', token));
    const { id, status, conversation_id } = found(await findComment(db, commentId));
    const post = found(await findPostOfConversation(db, conversation_id));
    const deciding = await decisionOn({ id, status });
    if (deciding.eventId !== eventId) throw nothingToAppeal();
    const place = { action: `/appeals/${token}`, postTitle: post.title, backHref: undefined };
    return { ...place, commentId: id, status, deciding, browserId: undefined, html: undefined, byLink: true };
  }

  async function decisionOn(comment: { id: number; status: string }): Promise<Deciding> {
    const deciding = (await decidingEvents(db, [comment])).get(comment.id);
    if (!deciding || !isAppealable(comment.status)) throw nothingToAppeal();
    return deciding;
  }

  async function show(response: Response, appealed: Appealed): Promise<void> {
    const appeal = (await findAppealsAgainst(db, [appealed.deciding.eventId])).get(appealed.deciding.eventId);
    if (!appeal) return sendForm(response, { appealed, form: emptyForm });
    send(response, { appealed, more: explainAppeal(appeal), form: undefined });
  }

  async function take(request: Request, response: Response, appealed: Appealed): Promise<void> {
    const form = readAppeal(request.body);
    if (form.errors.length > 0) return sendForm(response, { appealed, form, status: 422 });
    const browserId = appealed.browserId ?? (await identifyBrowser({ db, now, cookies }, request, response));
    const email = asksMail(appealed) ? form.email : undefined;
    const { commentId, deciding } = appealed;
    // What was sent before is answered as it was then, however much has come since.
    const earlier = (await findAppealsAgainst(db, [deciding.eventId])).has(deciding.eventId);
    const wait =
      earlier || email === undefined
        ? undefined
        : await countAsking({ db, limits }, { email, ip: request.ip ?? '', browserId });
    if (wait !== undefined) {
      response.set('Retry-After', String(wait));
      const errors = [{ field: 'email' as const, message: tooManyAsked(wait) }];
      return sendForm(response, { appealed, form: { ...form, errors }, status: 429 });
    }
    const mail = email === undefined ? undefined : { email, browserId };
    const filed = await fileAppeal(db, { commentId, eventId: deciding.eventId, text: form.text, mail, now: now() });
    if (filed === 'over') throw nothingToAppeal();
    if (filed === 'filed') return response.redirect(303, appealed.action);
    const { t } = frameOf(response);
    const twice = { title: t('appeal.twiceTitle'), typed: form.typed.text, backHref: appealed.action };
    sendPage(response, twiceView, { ...twice, hiddenFromSearch: true }, 409);
  }

  return router;
}

const emptyForm = { typed: { text: '', email: '' }, errors: [] };

function sendForm(
  response: Response,
  { appealed, form, status }: { appealed: Appealed; form: NonNullable<AppealPage['form']>; status?: number },
): void {
  send(response, { appealed, more: [], form, status });
}

function send(
  response: Response,
  {
    appealed,
    more,
    form,
    status,
  }: { appealed: Appealed; more: readonly Message[]; form: AppealPage['form']; status?: number | undefined },
): void {
  const { action, postTitle, html, backHref, deciding } = appealed;
  const decided = { key: `mine.why.${appealed.status}` } as Message;
  const sentences = [decided, ...explainDecision(deciding), ...more];
  const page = {
    action,
    postTitle,
    html,
    sentences,
    form,
    longest: longestAppeal,
    asksMail: asksMail(appealed),
    backHref,
  };
  const title = frameOf(response).t(form ? 'appeal.title' : 'appeal.filedTitle');
  sendPage(response, appealView, { title, hiddenFromSearch: true, ...page }, status);
}

function asksMail({ byLink, status }: Appealed): boolean {
  return !byLink && isToldByMail(status);
}

function nothingToAppeal(): HttpError {
  return new HttpError(410, { key: 'appeal.over' });
}
