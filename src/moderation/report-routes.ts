import { type Request, type Response, Router } from 'express';
import { requirePermission } from '../accounts/viewer.ts';
import type { CommentStatus, ModeratorAction } from '../comments/lifecycle.ts';
import type { AppContext } from '../context.ts';
import { describeEvent } from '../events/describe.ts';
import { offerUndo } from '../events/offer-undo.ts';
import { found, HttpError, notFound } from '../http/errors.ts';
import { readFields, readId } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import { leaveNotice } from '../http/notice.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { hrefOf } from '../posts/addresses.ts';
import { type TrustedHtml, trustStored } from '../text/trusted-html.ts';
import { dismissSeen } from './dismiss-reports.ts';
import { longestNote } from './form.ts';
import { moderatorOf, offeredActions } from './moderator.ts';
import { sendNotDone } from './not-done.ts';
import { listReported, loadReports, type OpenReport, type ReportChoice, reportedRows } from './report-queries.ts';

interface ReportedItem {
  readonly id: number;
  readonly name: string;
  readonly html: TrustedHtml;
  readonly createdAt: Date;
  readonly status: CommentStatus;
  readonly post: { readonly title: string; readonly href: string };
  readonly counts: readonly { readonly kind: OpenReport['kind']; readonly count: number }[];
  readonly reports: readonly OpenReport[];
  /** How many there are beside those. */
  readonly more: number;
  readonly actions: readonly ModeratorAction[];
  /** The last event of the comment, which a decision says that it has seen. */
  readonly seen: number | undefined;
  /** The last report, which a dismissal says that it has seen; undefined where an approval does the same. */
  readonly dismissThrough: number | undefined;
}

interface ReportsPage {
  readonly choice: ReportChoice;
  readonly items: readonly ReportedItem[];
  readonly here: string;
  readonly nextHref: string | undefined;
}

const reportsView = defineView<ReportsPage>('moderation/reports');
const place = '/moderation/reports';

/**
 * Reports: `GET /moderation/reports` (`?kind=illegal`), `POST /moderation/reports/:id/dismissals` with the id of a comment,
 * `through` (the last report that was shown) and `note`. Deciding on the comment, as anywhere, settles them, too.
 */
export function reportDecisionRoutes(context: AppContext): Router {
  const router = Router();
  const guard = requirePermission('moderate');
  router.get(place, guard, (request, response) => showReports(context, request, response));
  router.post(`${place}/:id/dismissals`, guard, (request, response) => dismiss(context, request, response));
  return router;
}

async function showReports({ db }: AppContext, request: Request, response: Response): Promise<void> {
  const owner = moderatorOf(response);
  const choice: ReportChoice = request.query.kind === 'illegal' ? 'illegal' : 'all';
  const after = readId(request.query.after);
  const rows = await listReported(db, { owner, choice, after });
  const page = rows.slice(0, reportedRows);
  const ids = page.map(({ id }) => id);
  const reports = await loadReports(db, ids);
  const last = rows.length > reportedRows ? page.at(-1) : undefined;
  const items = page.map((row): ReportedItem => {
    const about = reports.get(row.id) ?? { reports: [], counts: new Map(), last: 0 };
    const total = [...about.counts.values()].reduce((sum, count) => sum + count, 0);
    return {
      id: row.id,
      name: row.name,
      html: trustStored(row.html),
      createdAt: row.created_at,
      status: row.status,
      post: { title: row.post_title, href: hrefOf({ kind: row.post_kind, slug: row.post_slug }) },
      counts: [...about.counts].map(([kind, count]) => ({ kind, count })),
      reports: about.reports,
      more: total - about.reports.length,
      actions: offeredActions(response, row.status),
      seen: row.seen ?? undefined,
      dismissThrough: row.status === 'approved' ? about.last : undefined,
    };
  });
  sendPage(response, reportsView, {
    title: frameOf(response).t('reports.title'),
    hiddenFromSearch: true,
    choice,
    items,
    here: hrefTo(choice, after),
    nextHref: last && hrefTo(choice, last.id),
  });
}

async function dismiss({ db, now }: AppContext, request: Request, response: Response): Promise<void> {
  const { t, dates } = frameOf(response);
  const commentId = found(readId(request.params.id));
  const fields = readFields(request.body, ['through', 'note']);
  const through = readId(fields.through);
  if (through === undefined) throw new HttpError(400);
  const back = { href: place, label: t('reports.back') };
  const note = fields.note.trim();
  if ([...note].length > longestNote) {
    const why: Message = { key: 'decision.noteLong', values: { most: longestNote } };
    return sendNotDone(request, response, { why, back, status: 422 });
  }
  const dismissed = await dismissSeen(db, { commentId, through, note, moderator: moderatorOf(response), now: now() });
  if (dismissed.kind === 'unknown') throw notFound();
  if (dismissed.kind === 'settled') {
    const told = dismissed.event ? [describeEvent(dismissed.event, dates)] : [];
    return sendNotDone(request, response, { why: { key: 'reports.settledMeanwhile' }, told, back, status: 409 });
  }
  const { count, eventId } = dismissed;
  leaveNotice(request, { key: 'done.dismiss', values: { count }, offer: offerUndo({ eventId, back: place }) });
  response.redirect(303, place);
}

function hrefTo(choice: ReportChoice, after: number | undefined): string {
  const query = new URLSearchParams({
    ...(choice === 'illegal' && { kind: choice }),
    ...(after !== undefined && { after: String(after) }),
  }).toString();
  return query === '' ? place : `${place}?${query}`;
}
