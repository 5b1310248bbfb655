import { slugify } from '../text/slug.ts';

const longest = 60;

/**
 * The name in `/authors/:handle` that a person's name proposes: lower-case Latin letters and digits, words joined by
 * hyphens, at most 60 characters. A name in another script proposes "person".
 *
 * @param number which proposal: 1 is the name itself, the next ones end in "-2", "-3", … for when it is taken.
 */
export function proposeHandle(name: string, number: number): string {
  const base = /[a-z0-9]+(?:-[a-z0-9]+)*/.exec((slugify(name) ?? '').replace(/[^a-z0-9]+/g, '-'))?.[0] ?? 'person';
  const suffix = number === 1 ? '' : `-${number}`;
  return base.slice(0, longest - suffix.length).replace(/-$/, '') + suffix;
}
