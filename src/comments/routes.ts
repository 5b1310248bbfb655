import { type Request, type Response, Router } from 'express';
import { createAttemptLimits } from '../accounts/attempts.ts';
import { rowsFor } from '../accounts/viewer.ts';
import { publicAddress } from '../config.ts';
import type { AppContext } from '../context.ts';
import { gone, notFound } from '../http/errors.ts';
import { shortly } from '../outside/ask.ts';
import { hrefOf } from '../posts/addresses.ts';
import { stateOf } from '../posts/publication.ts';
import type { PostForReading } from '../posts/queries.ts';
import { readerOf } from '../posts/reader.ts';
import { readAddress } from '../posts/reading.ts';
import type { PostKind } from '../posts/table.ts';
import { noteBrowser } from '../visitors/queries.ts';
import { visitorCookies } from '../visitors/this-browser.ts';
import { readVisitor } from '../visitors/visitor.ts';
import { createAskOutside } from './ask-outside.ts';
import { showBranch } from './branch-page.ts';
import { sendPostPage } from './conversation-page.ts';
import { leadToComment, showReplyForm } from './permalink.ts';
import { previewReply } from './preview.ts';
import type { ReplyContext } from './reply-context.ts';
import { formReplyLines } from './reply-lines.ts';
import { takeReply } from './replying.ts';
import { postComments } from './service.ts';
import { writerRoutes } from './writer-routes.ts';

/**
 * Posts with their conversations, and single comments; what writers do with theirs is in writer-routes.ts:
 * `GET /posts/:slug`, `POST /posts/:slug/comments`, `POST /posts/:slug/comments/preview`, `GET /comments/:id`,
 * `GET /comments/:id/reply`, `GET /comments/:id/thread`.
 */
export function commentRoutes(app: AppContext): Router {
  const context = replyContext(app);
  const router = Router();
  router.get('/posts/:slug', (request, response) => showPost(context, request, response, 'post'));
  router.post('/posts/:slug/comments', (request, response) => postReply(context, request, response, 'post'));
  router.get('/posts/:slug/comments', ({ params }, response) =>
    leadToForm(response, hrefOf({ kind: 'post', ...params })),
  );
  router.post('/posts/:slug/comments/preview', (request, response) => previewOf(context, request, response, 'post'));
  router.get('/posts/:slug/comments/preview', ({ params }, response) =>
    leadToForm(response, hrefOf({ kind: 'post', ...params })),
  );
  router.get('/comments/:id', (request, response) => leadToComment(context, request, response));
  router.get('/comments/:id/reply', (request, response) => showReplyForm(context, request, response));
  router.get('/comments/:id/thread', (request, response) => showBranch(context, request, response));
  router.use(writerRoutes(context));
  return router;
}

/**
 * Pages, at the top of the site's addresses: `GET /:slug`, `POST /:slug/comments`, `POST /:slug/comments/preview`. Stands
 * after all other routes.
 */
export function pageRoutes(app: AppContext): Router {
  const context = replyContext(app);
  const router = Router();
  router.get('/:slug', (request, response) => showPost(context, request, response, 'page'));
  router.post('/:slug/comments', (request, response) => postReply(context, request, response, 'page'));
  router.post('/:slug/comments/preview', (request, response) => previewOf(context, request, response, 'page'));
  return router;
}

// Where a form was sent to, asked for again: by a reload of its answer, say.
function leadToForm(response: Response, href: string): void {
  response.redirect(303, `${href}#reply`);
}

type SlugRequest = Request<{ slug: string }>;

async function showPost(
  context: ReplyContext,
  request: SlugRequest,
  response: Response,
  kind: PostKind,
): Promise<void> {
  const { post, moved } = await findReadable(context, request, response, kind);
  if (moved) return response.redirect(301, hrefOf(post));
  const browserId = readVisitor(request, context.cookies);
  if (browserId !== undefined) await noteOnce(context, browserId);
  await sendPostPage(context, request, response, { post });
}

// That a browser came back is noted once, and then known for as long as it is asked.
async function noteOnce({ db, rows, now }: ReplyContext, id: number): Promise<void> {
  await rows.get(`browser ${id}`, async () => {
    const value = { known: await noteBrowser(db, { id, now: now() }) };
    return { value, subjects: value.known ? ['site'] : [], bytes: 200 };
  });
}

// A reply to an earlier address is one to the present: it may have been written while the post moved. Nobody replies to
// what is not published, its authors neither.
async function postReply(
  context: ReplyContext,
  request: SlugRequest,
  response: Response,
  kind: PostKind,
): Promise<void> {
  await takeReply(context, request, response, await findAnswerable(context, request, response, kind));
}

async function previewOf(
  context: ReplyContext,
  request: SlugRequest,
  response: Response,
  kind: PostKind,
): Promise<void> {
  await previewReply(context, request, response, await findAnswerable(context, request, response, kind));
}

async function findAnswerable(
  context: ReplyContext,
  request: SlugRequest,
  response: Response,
  kind: PostKind,
): Promise<PostForReading> {
  const { post } = await findReadable(context, request, response, kind);
  if (stateOf(post, context.now()) !== 'published') throw notFound();
  return post;
}

async function findReadable(
  { db, rows, now }: ReplyContext,
  request: SlugRequest,
  response: Response,
  kind: PostKind,
): Promise<{ post: PostForReading; moved: boolean }> {
  const reading = await readAddress(db, {
    kind,
    slug: request.params.slug,
    reader: readerOf(response),
    now: now(),
    rows: rowsFor(response, rows),
  });
  if (reading.kind === 'gone') throw gone();
  if (reading.kind === 'nothing') throw notFound();
  return { post: reading.post, moved: reading.kind === 'moved' };
}

function replyContext(app: AppContext): ReplyContext {
  const { db, pool, rows, now, config, secrets, logger } = app;
  const limits = createAttemptLimits({ pool, secret: secrets.network });
  const post = formReplyLines((submissions) => postComments(db, submissions));
  const askOutside = createAskOutside({ db, logger, network: shortly, siteAddress: publicAddress(config) });
  return { db, rows, now, config, secrets, limits, post, askOutside, cookies: visitorCookies(app) };
}
