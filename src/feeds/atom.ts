import { element, type Xml, xmlDocument } from './xml.ts';

/** What an Atom feed (RFC 4287) of this site says. All addresses are absolute. */
export interface AtomFeed {
  readonly id: string;
  readonly title: string;
  readonly subtitle?: string;
  /** Who stands behind the whole of it. */
  readonly author: string;
  /** BCP 47 tag. */
  readonly language: string;
  /** Where the feed itself is. */
  readonly address: string;
  /** The page that shows the same. */
  readonly page: string;
  /** Where the first page is, and the one that follows, of a feed that goes on (RFC 5005, 3). */
  readonly first?: string | undefined;
  readonly next?: string | undefined;
  readonly entries: readonly AtomEntry[];
}

/** One thing in a feed. */
export interface AtomEntry {
  readonly id: string;
  readonly title: string;
  readonly address: string;
  readonly publishedAt: Date;
  readonly updatedAt: Date;
  readonly authors: readonly { readonly name: string; readonly address?: string }[];
  /** What this answers (RFC 4685, 3): the id of its entry, and its page. */
  readonly answers?: { readonly id: string; readonly address: string };
  /** The feed of what answers this. */
  readonly replies?: string;
  readonly categories?: readonly { readonly term: string; readonly label: string }[];
  /** The whole text, as HTML with absolute links; or, where that is too long for a feed, plain words about it. */
  readonly text: { readonly html: string } | { readonly summary: string };
}

/** Writes a feed. The same feed gives the same bytes, so that readers who ask again are told that nothing is new. */
export function writeAtom(feed: AtomFeed): string {
  const updated = feed.entries.map((entry) => entry.updatedAt.getTime());
  return xmlDocument(
    element(
      'feed',
      [
        element('id', feed.id),
        element('title', feed.title),
        ...(feed.subtitle ? [element('subtitle', feed.subtitle)] : []),
        element('updated', new Date(Math.max(0, ...updated)).toISOString()),
        feedLink('self', feed.address),
        pageLink(feed.page),
        ...(feed.first ? [feedLink('first', feed.first)] : []),
        ...(feed.next ? [feedLink('next', feed.next)] : []),
        element('author', [element('name', feed.author)]),
        element('generator', 'Rejoinder'),
        ...feed.entries.map(writeEntry),
      ],
      {
        xmlns: 'http://www.w3.org/2005/Atom',
        'xmlns:thr': 'http://purl.org/syndication/thread/1.0',
        'xml:lang': feed.language,
      },
    ),
  );
}

function writeEntry(entry: AtomEntry): Xml {
  return element('entry', [
    element('id', entry.id),
    element('title', entry.title),
    pageLink(entry.address),
    ...(entry.replies ? [feedLink('replies', entry.replies)] : []),
    ...(entry.answers ? [answering(entry.answers)] : []),
    element('published', entry.publishedAt.toISOString()),
    element('updated', entry.updatedAt.toISOString()),
    ...entry.authors.map(({ name, address }) =>
      element('author', [element('name', name), ...(address ? [element('uri', address)] : [])]),
    ),
    ...(entry.categories ?? []).map(({ term, label }) => element('category', [], { term, label })),
    'html' in entry.text
      ? element('content', entry.text.html, { type: 'html' })
      : element('summary', entry.text.summary),
  ]);
}

function answering({ id, address }: NonNullable<AtomEntry['answers']>): Xml {
  return element('thr:in-reply-to', [], { ref: id, type: 'text/html', href: address });
}

function feedLink(rel: 'self' | 'first' | 'next' | 'replies', href: string): Xml {
  return element('link', [], { rel, type: 'application/atom+xml', href });
}

function pageLink(href: string): Xml {
  return element('link', [], { rel: 'alternate', type: 'text/html', href });
}
