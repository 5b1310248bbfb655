/** What crawlers have no business with: forms, and pages for those who sign in. */
const places = ['account', 'mine', 'moderation', 'people', 'settings', 'setup', 'sign-in', 'sign-out', 'write'];
const forms = ['reply', 'edit', 'delete', 'report'];

/**
 * Writes robots.txt (RFC 9309). The paths end exactly, so that a page called `/writers` is not meant by `/write`.
 *
 * @param sitemap absolute address.
 */
export function writeRobots(sitemap: string): string {
  const refused = [
    ...places.flatMap((place) => [`/${place}$`, `/${place}/`, `/${place}?`]),
    ...forms.map((form) => `/comments/*/${form}`),
  ];
  return ['User-agent: *', ...refused.map((path) => `Disallow: ${path}`), '', `Sitemap: ${sitemap}`, ''].join('\n');
}
