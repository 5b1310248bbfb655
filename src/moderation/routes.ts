import { type Request, type Response, Router } from 'express';
import { reachesPost, requirePermission, viewerReach } from '../accounts/viewer.ts';
import { leaveAlertsRoutes } from '../alerts/leave-routes.ts';
import { type ClosingTools, closingTools, siteClosingTools } from '../comments/closing-tools.ts';
import { findClosure } from '../comments/closures.ts';
import { readConversationState } from '../comments/conversation-state.ts';
import { commentStatuses } from '../comments/lifecycle.ts';
import type { AppContext } from '../context.ts';
import { readId } from '../http/fields.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { findPostById, type PostForReading } from '../posts/queries.ts';
import { countAppeals } from './appeal-queries.ts';
import { appealDecisionRoutes } from './appeal-routes.ts';
import { byMailRoutes } from './by-mail-routes.ts';
import { closureRoutes } from './closure-routes.ts';
import { showComment } from './comment-page.ts';
import { decisionRoutes } from './decision-routes.ts';
import { showEarlierTexts } from './earlier-texts.ts';
import { countHandedTo } from './hand-over.ts';
import { handOverRoutes } from './hand-over-routes.ts';
import { logRoutes } from './log-routes.ts';
import { moderatorOf } from './moderator.ts';
import { noteRoutes } from './note-routes.ts';
import { paceRoutes } from './pace-routes.ts';
import { personRoutes } from './person-routes.ts';
import { pinRoutes } from './pin-routes.ts';
import { countWaiting, listQueue, queueRows } from './queries.ts';
import { loadQueueItems } from './queue-items.ts';
import { usualKeys } from './queue-keys.ts';
import type { QueueItem } from './queue-view.ts';
import { countReported } from './report-queries.ts';
import { reportDecisionRoutes } from './report-routes.ts';
import { loadSavedChoices, type SavedChoices } from './saved-choice.ts';
import { savedRoutes } from './saved-routes.ts';
import { standingRoutes } from './standing-routes.ts';
import { undoRoutes } from './undo-routes.ts';

/**
 * What moderators do:
 * `GET /moderation`, `GET /moderation/log`, `GET /moderation/comments/:id`, `GET /moderation/comments/:id/revisions`,
 * `POST /moderation/comments/:id/decisions`, `POST /moderation/decisions`, `POST /moderation/undo`, `POST /posts/:slug/closures`, `POST /posts/:slug/closures/current/reopen`,
 * `POST /posts/:slug/pace`, `POST /comments/:id/pin`, `POST /comments/:id/unpin`,
 * `GET /moderation/comments/:id/person`, `POST /moderation/comments/:id/person/standings`, `POST /moderation/comments/:id/person/sweeps`,
 * `GET /moderation/people`, `POST /moderation/people/:id/end`; answers to appeals and reports below `/moderation/appeals` and
 * `/moderation/reports`; what links in mail lead to below `/moderation/by-mail`; and what they have of each other: see saved-routes.ts, note-routes.ts and hand-over-routes.ts.
 */
export function moderationRoutes(context: AppContext): Router {
  const router = Router();
  const guard = requirePermission('moderate');
  router.get('/moderation', guard, (request, response) => showQueue(context, request, response));
  router.get('/moderation/comments/:id/revisions', guard, (request, response) =>
    showEarlierTexts(context, request, response),
  );
  router.get('/moderation/comments/:id', guard, (request, response) => showComment(context, request, response));
  router.use(savedRoutes(context));
  router.use(noteRoutes(context));
  router.use(handOverRoutes(context));
  router.use(logRoutes(context));
  router.use(decisionRoutes(context));
  router.use(undoRoutes(context));
  router.use(appealDecisionRoutes(context));
  router.use(reportDecisionRoutes(context));
  router.use(closureRoutes(context));
  router.use(paceRoutes(context));
  router.use(pinRoutes(context));
  router.use(personRoutes(context));
  router.use(standingRoutes(context));
  router.use(byMailRoutes(context));
  router.use(leaveAlertsRoutes(context));
  return router;
}

interface QueuePage {
  readonly tabs: readonly { readonly status: QueueStatus; readonly href: string; readonly current: boolean }[];
  readonly status: QueueStatus;
  readonly waiting: number;
  /** How many appeals are open, and how many comments have open reports. */
  readonly appeals: number;
  readonly reports: number;
  readonly items: readonly QueueItem[];
  /** Whether only what was handed to the reader is listed, and how much that is. */
  readonly mine: boolean;
  readonly handed: number;
  readonly saved: SavedChoices;
  readonly mayEditSaved: boolean;
  readonly post: { readonly title: string } | undefined;
  /** For closing and reopening its conversation, or without a post all of them. */
  readonly moderation: ClosingTools | undefined;
  /** The queue of all posts. */
  readonly allHref: string;
  /** This page, to come back to after a decision. */
  readonly here: string;
  readonly nextHref: string | undefined;
  /** Whether one decides who is trusted and who is shut out. */
  readonly judgesPeople: boolean;
  /** The key for each thing that one does here. */
  readonly keys: typeof usualKeys;
}

type QueueStatus = (typeof queueStatuses)[number];

const queueView = defineView<QueuePage>('moderation/queue');

// What a writer deleted is no moderator's any more.
const queueStatuses = commentStatuses.filter((status) => status !== 'deleted');

async function showQueue(context: AppContext, request: Request, response: Response): Promise<void> {
  const { t } = frameOf(response);
  const { db, now } = context;
  const owner = moderatorOf(response);
  const status = queueStatuses.find((each) => each === request.query.status) ?? 'pending';
  const postId = readId(request.query.post);
  const after = readId(request.query.after);
  const mine = request.query.mine === '1' && status === 'pending';
  const [rows, waiting, appeals, reports, handed, post, saved] = await Promise.all([
    listQueue(db, {
      owner,
      status,
      postId: mine ? undefined : postId,
      after,
      handedTo: mine ? owner.viewer.id : undefined,
    }),
    countWaiting(db, owner),
    countAppeals(db, owner),
    countReported(db, owner),
    countHandedTo(db, owner),
    postId === undefined || mine ? undefined : findPostById(db, postId),
    loadSavedChoices(db),
  ]);
  const page = rows.slice(0, queueRows);
  const moderated = post && reachesPost(response, 'moderate', post) ? post : undefined;
  const judgesPeople = viewerReach(response, 'judge_people') === 'all';
  const last = rows.length > queueRows ? page.at(-1) : undefined;
  sendPage(response, queueView, {
    title: t('queue.title'),
    hiddenFromSearch: true,
    tabs: queueStatuses.map((each) => ({
      status: each,
      href: queueHref({ status: each, postId }),
      current: each === status && !mine,
    })),
    status,
    waiting,
    appeals,
    reports,
    items: await loadQueueItems(db, response, page),
    mine,
    handed,
    saved,
    mayEditSaved: owner.reach === 'all',
    post: moderated && { title: moderated.title },
    moderation: await findClosingTools(context, response, { post, now: now() }),
    allHref: queueHref({ status }),
    here: queueHref({ status, postId, after, mine }),
    nextHref: last && queueHref({ status, postId, after: last.id, mine }),
    keys: usualKeys,
    judgesPeople,
  });
}

async function findClosingTools(
  context: Pick<AppContext, 'db' | 'rows'>,
  response: Response,
  { post, now }: { post: PostForReading | undefined; now: Date },
): Promise<ClosingTools | undefined> {
  if (!post) return viewerReach(response, 'moderate') === 'all' ? siteTools(context, now) : undefined;
  if (!reachesPost(response, 'moderate', post)) return undefined;
  return closingTools(post, { ...(await readConversationState(context, response, { post, now })), now });
}

async function siteTools({ db }: Pick<AppContext, 'db'>, now: Date): Promise<ClosingTools> {
  const closure = await findClosure(db, { scope: 'site' });
  return siteClosingTools({ closure, now });
}

function queueHref({
  status,
  postId,
  after,
  mine = false,
}: {
  status: string;
  postId?: number | undefined;
  after?: number | undefined;
  mine?: boolean;
}): string {
  const query = new URLSearchParams({
    ...(status !== 'pending' && { status }),
    ...(mine && { mine: '1' }),
    ...(postId !== undefined && !mine && { post: String(postId) }),
    ...(after !== undefined && { after: String(after) }),
  }).toString();
  return query === '' ? '/moderation' : `/moderation?${query}`;
}
