// First parts of the addresses that the site itself uses, now or by what is planned for it, so that no page hides one of
// them or is hidden by it; names with a dot stand here as a slug writes them. A test compares the list with the routes.
const reserved: ReadonlySet<string> = new Set([
  'account',
  'appeals',
  'assets',
  'authors',
  'comments',
  'feed-xml',
  'following',
  'healthz',
  'index',
  'invitations',
  'metrics',
  'mine',
  'moderation',
  'password-reset',
  'people',
  'posts',
  'readyz',
  'reports',
  'robots-txt',
  'search',
  'settings',
  'setup',
  'sign-in',
  'sign-out',
  'sitemap-xml',
  'tags',
  'write',
]);

/** Whether a page cannot have this slug, because the site answers at that address. Posts live below `/posts` and can. */
export function isReserved(slug: string): boolean {
  return reserved.has(slug);
}
