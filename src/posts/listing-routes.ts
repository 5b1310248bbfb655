import { type Response, Router } from 'express';
import { viewerReach } from '../accounts/viewer.ts';
import { keepPage } from '../cache/keep-page.ts';
import type { AppContext } from '../context.ts';
import { found } from '../http/errors.ts';
import { readId } from '../http/fields.ts';
import { frameOf, sendPage } from '../http/render.ts';
import { siteOf } from '../site/current.ts';
import { type Cursor, readCursor } from './listing-cursor.ts';
import { hasMorePostsThan, type IndexedPost, listTitles, listYears, spanOfYear } from './listing-index-queries.ts';
import { describeList, groupByYear, groupOf, homeView, type IndexModel, indexView, listView } from './listing-pages.ts';
import { findAuthor, findTag, listPosts, type PostList } from './listing-queries.ts';

/** Titles on one page of the index; a site with more has a page for each year. */
const titlesPerPage = 500;

/**
 * The ways to the posts: `/`, `/index`, `/tags/:tag`, `/authors/:handle`. They show what is published and nothing else,
 * to the staff too: the desk is where one sees drafts.
 */
export function listingRoutes({ db, now }: AppContext): Router {
  const router = Router();

  router.get('/', async (request, response) => {
    const before = readCursor(request.query.before);
    const list = await listPosts(db, { now: now(), before });
    keepList(response, '/', list, before);
    sendPage(response, homeView, {
      ...describeList(list, { path: '/', beginning: !before }),
      title: before ? frameOf(response).t('home.olderPosts') : '',
      description: siteOf(response).tagline,
      mayWrite: viewerReach(response, 'write') !== 'none',
    });
  });

  router.get('/tags/:tag', async (request, response) => {
    const tag = found(await findTag(db, { slug: request.params.tag, now: now() }));
    const before = readCursor(request.query.before);
    const list = await listPosts(db, { now: now(), before, scope: { tagId: tag.id } });
    const path = `/tags/${encodeURIComponent(tag.slug)}`;
    keepList(response, path, list, before);
    sendPage(response, listView, {
      ...describeList(list, { path, beginning: !before }),
      title: frameOf(response).t('tag.title', { tag: tag.name }),
    });
  });

  router.get('/authors/:handle', async (request, response) => {
    const author = found(await findAuthor(db, { handle: request.params.handle, now: now() }));
    const before = readCursor(request.query.before);
    const list = await listPosts(db, { now: now(), before, scope: { authorId: author.id } });
    const path = `/authors/${author.handle}`;
    keepList(response, path, list, before);
    sendPage(response, listView, {
      ...describeList(list, { path, beginning: !before }),
      title: frameOf(response).t('author.title', { name: author.name }),
    });
  });

  router.get('/index', async (request, response) => {
    const after = readId(request.query.after);
    if (request.query.by === 'title') await sendTitles(response, { after });
    else if (await hasMorePostsThan(db, titlesPerPage, { now: now() })) {
      await sendYear(response, { after, wanted: request.query.year });
    } else await sendYears(response);
  });

  async function sendTitles(response: Response, { after }: { after: number | undefined }) {
    const posts = await listTitles(db, { ...orderOf(response), after });
    if (after === undefined) keepPage(response, { path: '/index', parameters: { by: 'title' } });
    sendIndex(response, {
      order: 'title',
      groups: posts.length > 0 ? [groupOf(posts)] : [],
      more: moreAfter(posts, '/index?by=title'),
    });
  }

  async function sendYears(response: Response) {
    const posts = await listTitles(db, orderOf(response));
    keepPage(response, { path: '/index' });
    sendIndex(response, { order: 'year', groups: groupByYear(posts, frameOf(response).dates.year) });
  }

  async function sendYear(response: Response, { after, wanted }: { after: number | undefined; wanted: unknown }) {
    const timeZone = siteOf(response).time_zone;
    const years = await listYears(db, { now: now(), timeZone });
    const named = years.find((each) => String(each) === wanted);
    const year = found(named ?? years[0]);
    const posts = await listTitles(db, { ...orderOf(response), after, span: spanOfYear(year, timeZone) });
    if (after === undefined) keepPage(response, { path: '/index', parameters: { year: named } });
    sendIndex(response, {
      order: 'year',
      groups: [groupOf(posts, year)],
      years: years.map((each) => ({ year: each, current: each === year })),
      more: moreAfter(posts, `/index?year=${year}`),
    });
  }

  function orderOf(response: Response) {
    return { now: now(), language: siteOf(response).language, limit: titlesPerPage };
  }

  return router;
}

// Where a list goes on, anyone can name any number of places: only its beginning is kept.
function keepList(response: Response, path: string, { posts }: PostList, before: Cursor | undefined): void {
  if (!before) keepPage(response, { path, conversations: posts.map((post) => post.conversation_id) });
}

function sendIndex(
  response: Response,
  { order, groups, years = [], more }: Partial<IndexModel> & Pick<IndexModel, 'order' | 'groups'>,
): void {
  sendPage(response, indexView, { title: frameOf(response).t('index.title'), order, groups, years, more });
}

function moreAfter(posts: readonly IndexedPost[], path: string): string | undefined {
  const last = posts.length === titlesPerPage ? posts.at(-1) : undefined;
  return last && `${path}&after=${last.id}`;
}
