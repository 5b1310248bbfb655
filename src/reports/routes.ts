import { type Request, type Response, Router } from 'express';
import { createAttemptLimits } from '../accounts/attempts.ts';
import { findComment } from '../comments/queries.ts';
import { takeReport } from '../comments/take-report.ts';
import { publicAddress } from '../config.ts';
import type { AppContext } from '../context.ts';
import { mailedLink, readMailedLink } from '../following/links.ts';
import { found, gone, HttpError, notFound } from '../http/errors.ts';
import { readId } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import { hashNetwork } from '../http/network.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { stateOf } from '../posts/publication.ts';
import { findPostOfConversation } from '../posts/queries.ts';
import { type TrustedHtml, trustStored } from '../text/trusted-html.ts';
import { identifyBrowser, visitorCookies } from '../visitors/this-browser.ts';
import {
  checkIllegal,
  checkReport,
  emptyReport,
  longestReport,
  type ReportDraft,
  type ReportError,
  type ReportFields,
  readReport,
  shortKinds,
} from './form.ts';
import { findAnswered, findOwnReport, type Reporter } from './queries.ts';
import { stateOutcome } from './statement.ts';
import type { ReportKind } from './table.ts';

interface ReportPage {
  readonly id: number;
  readonly name: string;
  readonly html: TrustedHtml;
  readonly postTitle: string;
  /** The absolute address of the comment: where that is which is said to be illegal. */
  readonly address: string;
  readonly kinds: readonly ReportKind[];
  readonly longest: typeof longestReport;
  readonly fields: ReportFields;
  readonly errors: readonly ReportError[];
}

interface StatePage {
  readonly postTitle: string;
  readonly kind: ReportKind;
  readonly filedAt: Date;
  readonly sentences: readonly Message[];
  readonly href: string | undefined;
}

const forms = {
  short: { view: defineView<ReportPage>('reports/report'), check: checkReport, title: 'report.title' },
  illegal: { view: defineView<ReportPage>('reports/illegal'), check: checkIllegal, title: 'report.illegalTitle' },
} as const;
const stateView = defineView<StatePage>('reports/state');
const twiceView = defineView<{ readonly typed: readonly string[]; readonly id: number }>('reports/twice');

type Form = keyof typeof forms;
type IdRequest = Request<{ id: string }>;

/**
 * Reports about comments: `GET` and `POST /comments/:id/report`, and `…/report/illegal` for what is illegal. Where that leads
 * to, and a mail with the outcome too, is `GET /reports/:token`: what became of it.
 */
export function reportRoutes(app: AppContext): Router {
  const { db, pool, config, secrets, now } = app;
  const cookies = visitorCookies(app);
  const limits = createAttemptLimits({ pool, secret: secrets.network });
  const links = { siteAddress: publicAddress(config), secret: secrets.following };
  const router = Router();

  router.get('/comments/:id/report', (request, response) => show(request, response, 'short'));
  router.post('/comments/:id/report', (request, response) => take(request, response, 'short'));
  router.get('/comments/:id/report/illegal', (request, response) => show(request, response, 'illegal'));
  router.post('/comments/:id/report/illegal', (request, response) => take(request, response, 'illegal'));

  router.get('/reports/:token', async ({ params }, response) => {
    response.set('Cache-Control', 'no-store');
    const [id = 0] = found(readMailedLink(secrets.following, 'report', params.token));
    const report = await findAnswered(db, id);
    if (!report) throw gone();
    sendPage(response, stateView, {
      title: frameOf(response).t('report.stateTitle'),
      hiddenFromSearch: true,
      postTitle: report.title,
      kind: report.kind,
      filedAt: report.created_at,
      sentences: stateOutcome(report, { publicly: false }),
      href: report.shown ? `/comments/${report.comment_id}` : undefined,
    });
  });

  async function show(request: IdRequest, response: Response, form: Form): Promise<void> {
    send(response, form, { ...(await findReported(request)), fields: emptyReport, errors: [] });
  }

  async function take(request: IdRequest, response: Response, form: Form): Promise<void> {
    const browserId = await identifyBrowser({ db, now, cookies }, request, response);
    const reporter = { browserId, networkHash: hashNetwork(secrets.network, request.ip ?? '') };
    const reported = await findReported(request, reporter);
    const fields = readReport(request.body);
    const draft = forms[form].check(fields);
    if (Array.isArray(draft)) return send(response, form, { ...reported, fields, errors: draft }, 422);
    // What was sent before is answered as it was then, however much has come since.
    const earlier = await findOwnReport(db, { commentId: reported.id, reporter });
    const limited = earlier ? undefined : await countReport(request, draft);
    if (limited) {
      response.set('Retry-After', String(limited.wait));
      return send(response, form, { ...reported, fields, errors: [limited.error] }, 429);
    }
    const taken = await takeReport(db, { commentId: reported.id, reporter, draft, now: now() });
    if (taken.kind === 'gone') throw new HttpError(410, { key: 'report.gone' });
    const { siteAddress } = links;
    if (taken.kind === 'filed')
      return response.redirect(303, mailedLink(links, 'report', [taken.id]).slice(siteAddress.length));
    const title = frameOf(response).t('report.twiceTitle');
    const typed = [fields.text, fields.law].filter((text) => text.trim() !== '');
    sendPage(response, twiceView, { title, hiddenFromSearch: true, typed, id: reported.id }, 409);
  }

  async function countReport(
    { ip = '' }: Request,
    { email }: ReportDraft,
  ): Promise<{ wait: number; error: ReportError } | undefined> {
    const { reportNetwork, reportAddressDaily } = limits;
    const here = await reportNetwork.take(ip);
    const there = here === undefined && email !== undefined ? await reportAddressDaily.take(email) : undefined;
    const wait = here ?? there;
    if (wait === undefined) return undefined;
    const minutes = Math.ceil(wait / 60);
    const values = { minutes, hours: minutes > 90 ? Math.ceil(minutes / 60) : 0 };
    if (here !== undefined) return { wait, error: { field: 'text', message: { key: 'report.limited', values } } };
    return { wait, error: { field: 'email', message: { key: 'report.addressLimited', values } } };
  }

  // What readers do not see, or see a placeholder of, cannot be reported. Who did report it, perhaps so that it is not seen any
  // more, gets the same answer again.
  async function findReported({ params }: IdRequest, reporter?: Reporter) {
    const comment = found(await findComment(db, found(readId(params.id))));
    const known = async () => reporter && (await findOwnReport(db, { commentId: comment.id, reporter }));
    if (comment.status !== 'approved' && !(await known())) throw notFound();
    const post = found(await findPostOfConversation(db, comment.conversation_id));
    if (stateOf(post, now()) !== 'published') throw notFound();
    const { id, name, html } = comment;
    const address = `${links.siteAddress}/comments/${id}`;
    return { id, name, html: trustStored(html), postTitle: post.title, address };
  }

  return router;
}

function send(response: Response, form: Form, page: Omit<ReportPage, 'kinds' | 'longest'>, status = 200): void {
  const { view, title } = forms[form];
  const offered = { kinds: shortKinds, longest: longestReport };
  sendPage(response, view, { title: frameOf(response).t(title), hiddenFromSearch: true, ...page, ...offered }, status);
}
