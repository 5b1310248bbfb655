import { type Request, type Response, Router } from 'express';
import { reachesPost, requirePermission } from '../accounts/viewer.ts';
import { type ClosingTools, closingTools } from '../comments/closing-tools.ts';
import { readConversationState } from '../comments/conversation-page.ts';
import { commentStatuses } from '../comments/lifecycle.ts';
import type { AppContext } from '../context.ts';
import { readId } from '../http/fields.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { findPostById, type PostForReading } from '../posts/queries.ts';
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
import { countWaiting, listQueue, queueRows } from './queries.ts';
import { loadQueueItems } from './queue-items.ts';
import { usualKeys } from './queue-keys.ts';
import type { QueueItem } from './queue-view.ts';
import { loadSavedChoices, type SavedChoices } from './saved-choice.ts';
import { savedRoutes } from './saved-routes.ts';
import { undoRoutes } from './undo-routes.ts';

/**
 * What moderators do:
 * `GET /moderation`, `GET /moderation/log`, `GET /moderation/comments/:id`, `GET /moderation/comments/:id/revisions`,
 * `POST /moderation/comments/:id/decisions`, `POST /moderation/decisions`, `POST /moderation/undo`, `POST /posts/:slug/closures`, `POST /posts/:slug/closures/current/reopen`,
 * `POST /posts/:slug/pace`, and what they have of each other: see saved-routes.ts, note-routes.ts and hand-over-routes.ts.
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
  router.use(closureRoutes(context));
  router.use(paceRoutes(context));
  return router;
}

interface QueuePage {
  readonly tabs: readonly { readonly status: QueueStatus; readonly href: string; readonly current: boolean }[];
  readonly status: QueueStatus;
  readonly waiting: number;
  readonly items: readonly QueueItem[];
  /** Whether only what was handed to the reader is listed, and how much that is. */
  readonly mine: boolean;
  readonly handed: number;
  readonly saved: SavedChoices;
  readonly mayEditSaved: boolean;
  readonly post: { readonly title: string } | undefined;
  /** For closing and reopening its conversation. */
  readonly moderation: ClosingTools | undefined;
  /** The queue of all posts. */
  readonly allHref: string;
  /** This page, to come back to after a decision. */
  readonly here: string;
  readonly nextHref: string | undefined;
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
  const [rows, waiting, handed, post, saved] = await Promise.all([
    listQueue(db, {
      owner,
      status,
      postId: mine ? undefined : postId,
      after,
      handedTo: mine ? owner.viewer.id : undefined,
    }),
    countWaiting(db, owner),
    countHandedTo(db, owner),
    postId === undefined || mine ? undefined : findPostById(db, postId),
    loadSavedChoices(db),
  ]);
  const page = rows.slice(0, queueRows);
  const moderated = post && reachesPost(response, 'moderate', post) ? post : undefined;
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
    items: await loadQueueItems(db, response, page),
    mine,
    handed,
    saved,
    mayEditSaved: owner.reach === 'all',
    post: moderated && { title: moderated.title },
    moderation: moderated && (await findClosingTools(context, response, { post: moderated, now: now() })),
    allHref: queueHref({ status }),
    here: queueHref({ status, postId, after, mine }),
    nextHref: last && queueHref({ status, postId, after: last.id, mine }),
    keys: usualKeys,
  });
}

async function findClosingTools(
  context: Pick<AppContext, 'db' | 'rows'>,
  response: Response,
  { post, now }: { post: PostForReading; now: Date },
): Promise<ClosingTools> {
  return closingTools(post, await readConversationState(context, response, { post, now }));
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
