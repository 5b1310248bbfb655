import { type Request, type Response, Router } from 'express';
import { keepPage } from '../cache/keep-page.ts';
import { findComment } from '../comments/queries.ts';
import { publicAddress } from '../config.ts';
import type { AppContext } from '../context.ts';
import { found, gone, notFound } from '../http/errors.ts';
import { readId } from '../http/fields.ts';
import { frameOf } from '../http/render.ts';
import { hrefOf } from '../posts/addresses.ts';
import { findPostOfConversation } from '../posts/queries.ts';
import { mayRead, type Reader, readAddress } from '../posts/reading.ts';
import type { PostKind } from '../posts/table.ts';
import { siteOf } from '../site/current.ts';
import { writeAtom } from './atom.ts';
import { commentEntry } from './comment-entry.ts';
import { listFedComments } from './comment-queries.ts';
import { feedId } from './feed-id.ts';
import { type NewestComments, newestOfBranch, newestOfConversation, newestOfSite } from './newest-comments.ts';

/** What sets one feed of comments apart from the others. */
interface CommentFeed {
  /** What the id of the feed is made of, see feed-id.ts. */
  readonly subject: string;
  readonly title: string;
  /** Path of the feed, without the page of it. */
  readonly path: string;
  /** Path of the page that shows the same. */
  readonly page: string;
  /** Ids of the conversations that it is about. */
  readonly conversations: readonly number[] | 'all';
  readonly newest: NewestComments;
}

// Feeds are for programs, and the same for everyone: nobody's rights show more in them.
const anyone: Reader = { id: undefined, mayWrite: 'none' };

/**
 * What is said on the site, the newest first: `/comments/feed.xml`, `/posts/:slug/comments/feed.xml`,
 * `/:slug/comments/feed.xml` of a page, `/comments/:id/thread/feed.xml`. Older by `?before=`.
 */
export function commentFeedRoutes({ db, config, secrets, now }: AppContext): Router {
  const router = Router();
  const origin = publicAddress(config);

  router.get('/comments/feed.xml', async (request, response) => {
    const newest = await newestOfSite(db, { before: readId(request.query.before), now: now() });
    const title = frameOf(response).t('feed.site', { site: siteOf(response).title });
    const path = '/comments/feed.xml';
    await send(request, response, { subject: 'comments', title, path, page: '/', conversations: 'all', newest });
  });

  router.get('/comments/:id/thread/feed.xml', async (request, response) => {
    const comment = found(await findComment(db, found(readId(request.params.id))));
    if (!comment.shown) throw notFound();
    const post = found(await findPostOfConversation(db, comment.conversation_id));
    if (!mayRead(post, anyone, now())) throw notFound();
    const { t } = frameOf(response);
    const newest = await newestOfBranch(db, { root: comment, before: readId(request.query.before) });
    await send(request, response, {
      subject: `branch ${comment.id}`,
      title:
        comment.status === 'approved'
          ? t('feed.branch', { name: comment.name, title: post.title })
          : t('feed.branchOfNobody', { title: post.title }),
      path: `/comments/${comment.id}/thread/feed.xml`,
      page: `/comments/${comment.id}/thread`,
      conversations: [comment.conversation_id],
      newest,
    });
  });

  router.get('/posts/:slug/comments/feed.xml', (request, response) => sendConversation(request, response, 'post'));
  router.get('/:slug/comments/feed.xml', (request, response) => sendConversation(request, response, 'page'));

  async function sendConversation(
    request: Request<{ slug: string }>,
    response: Response,
    kind: PostKind,
  ): Promise<void> {
    const reading = await readAddress(db, { kind, slug: request.params.slug, reader: anyone, now: now() });
    if (reading.kind === 'gone') throw gone();
    if (reading.kind === 'nothing') throw notFound();
    const { post } = reading;
    const path = `${hrefOf(post)}/comments/feed.xml`;
    if (reading.kind === 'moved') return response.redirect(301, path);
    const newest = await newestOfConversation(db, {
      conversationId: post.conversation_id,
      before: readId(request.query.before),
    });
    await send(request, response, {
      subject: `comments of post ${post.id}`,
      title: frameOf(response).t('feed.conversation', { title: post.title }),
      path,
      page: `${hrefOf(post)}#conversation`,
      conversations: [post.conversation_id],
      newest,
    });
  }

  async function send(request: Request, response: Response, feed: CommentFeed): Promise<void> {
    const { title: author, language } = siteOf(response);
    const { t } = frameOf(response);
    const { subject, title, path, page, conversations, newest } = feed;
    const first = `${origin}${path}`;
    const pageBefore = (id: number) => `${first}?before=${id}`;
    const before = readId(request.query.before);
    const comments = await listFedComments(db, newest);
    if (before === undefined) keepPage(response, { path, conversations });
    const document = writeAtom({
      id: feedId(secrets.feed, subject),
      title,
      author,
      language,
      address: before === undefined ? first : pageBefore(before),
      page: `${origin}${page}`,
      first: before === undefined && newest.nextBefore === undefined ? undefined : first,
      next: newest.nextBefore === undefined ? undefined : pageBefore(newest.nextBefore),
      entries: comments.map((comment) => commentEntry(comment, { origin, key: secrets.feed, t })),
    });
    response.type('application/atom+xml').send(document);
  }

  return router;
}
