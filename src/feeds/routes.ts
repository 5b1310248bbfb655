import { type Response, Router } from 'express';
import { keepPage } from '../cache/keep-page.ts';
import { publicAddress } from '../config.ts';
import type { AppContext } from '../context.ts';
import { hrefOf } from '../posts/addresses.ts';
import { shortTextOf } from '../posts/excerpt.ts';
import { hasMorePostsThan, listYears, spanOfYear } from '../posts/listing-index-queries.ts';
import { siteOf } from '../site/current.ts';
import { trustStored } from '../text/trusted-html.ts';
import { withAbsoluteLinks } from './absolute-links.ts';
import { type AtomEntry, writeAtom } from './atom.ts';
import { feedId } from './feed-id.ts';
import { type FedPost, listFedPosts, listMapped, type MappedPost } from './queries.ts';
import { writeRobots } from './robots.ts';
import { type MappedPage, sitemapLimit, writeSitemap, writeSitemapIndex } from './sitemap.ts';

/** Posts in one sitemap; a site with more has one for each year. */
const postsPerSitemap = 5_000;

/** What programs read: `/feed.xml`, `/sitemap.xml`, `/robots.txt`. */
export function feedRoutes({ db, config, secrets, now }: AppContext): Router {
  const router = Router();
  const origin = publicAddress(config);

  router.get('/feed.xml', async (_request, response) => {
    const { title, tagline, language } = siteOf(response);
    const posts = await listFedPosts(db, { now: now() });
    keepPage(response, { path: '/feed.xml' });
    const feed = writeAtom({
      id: feedId(secrets.feed, 'posts'),
      title,
      subtitle: tagline,
      author: title,
      language,
      address: `${origin}/feed.xml`,
      page: `${origin}/`,
      entries: posts.map(entryOf),
    });
    response.type('application/atom+xml').send(feed);
  });

  router.get('/sitemap.xml', async (request, response) => {
    const timeZone = siteOf(response).time_zone;
    const large = await hasMorePostsThan(db, postsPerSitemap, { now: now() });
    const years = large ? await listYears(db, { now: now(), timeZone }) : [];
    const year = years.find((each) => String(each) === request.query.year);
    const part = large && request.query.part === 'pages' ? 'pages' : undefined;
    keepPage(response, { path: '/sitemap.xml', parameters: year === undefined ? { part } : { year } });
    if (year !== undefined) {
      const span = spanOfYear(year, timeZone);
      const posts = await listMapped(db, { now: now(), kind: 'post', span, limit: sitemapLimit });
      sendXml(response, writeSitemap(posts.map(pageOf)));
    } else if (large && !part) {
      const parts = ['part=pages', ...years.map((each) => `year=${each}`)];
      sendXml(response, writeSitemapIndex(parts.map((part) => `${origin}/sitemap.xml?${part}`)));
    } else {
      const pages = await listMapped(db, { now: now(), kind: 'page', limit: postsPerSitemap });
      const posts = large ? [] : await listMapped(db, { now: now(), kind: 'post', limit: postsPerSitemap });
      const lists = ['/', '/index'].map((path) => ({ address: `${origin}${path}` }));
      sendXml(response, writeSitemap([...lists, ...[...pages, ...posts].map(pageOf)]));
    }
  });

  router.get('/robots.txt', (_request, response) => {
    keepPage(response, { path: '/robots.txt' });
    response.type('text').send(writeRobots(`${origin}/sitemap.xml`));
  });

  function entryOf(post: FedPost): AtomEntry {
    const address = `${origin}${hrefOf({ kind: 'post', slug: post.slug })}`;
    return {
      id: feedId(secrets.feed, `post ${post.id}`),
      title: post.title,
      address,
      publishedAt: post.published_at,
      updatedAt: lastChange(post),
      authors: post.authors.map(({ handle, name }) => ({ name, address: `${origin}/authors/${handle}` })),
      replies: `${address}/comments/feed.xml`,
      categories: post.tags.map(({ slug, name }) => ({ term: slug, label: name })),
      text: post.whole ? { html: withAbsoluteLinks(trustStored(post.html), address) } : { summary: shortTextOf(post) },
    };
  }

  function pageOf(post: MappedPost): MappedPage {
    return { address: `${origin}${hrefOf(post)}`, changedAt: lastChange(post) };
  }

  return router;
}

// What was written earlier and scheduled is new when it comes out.
function lastChange(post: { published_at: Date; updated_at: Date }): Date {
  return new Date(Math.max(post.updated_at.getTime(), post.published_at.getTime()));
}

function sendXml(response: Response, document: string): void {
  response.type('application/xml').send(document);
}
