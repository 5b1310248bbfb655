import { element, xmlDocument } from './xml.ts';

/** A page that search engines should know, by its absolute address. */
export interface MappedPage {
  readonly address: string;
  readonly changedAt?: Date;
}

const namespace = { xmlns: 'http://www.sitemaps.org/schemas/sitemap/0.9' };

/** The most addresses that the protocol allows in one file. */
export const sitemapLimit = 50_000;

/** Writes a map of pages. */
export function writeSitemap(pages: readonly MappedPage[]): string {
  const urls = pages.map(({ address, changedAt }) =>
    element('url', [element('loc', address), ...(changedAt ? [element('lastmod', changedAt.toISOString())] : [])]),
  );
  return xmlDocument(element('urlset', urls, namespace));
}

/** Writes a list of maps. */
export function writeSitemapIndex(addresses: readonly string[]): string {
  const maps = addresses.map((address) => element('sitemap', [element('loc', address)]));
  return xmlDocument(element('sitemapindex', maps, namespace));
}
