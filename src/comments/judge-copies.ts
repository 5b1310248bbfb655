import { shortestTelling } from '../rules/fingerprint.ts';
import type { RuleSettings } from '../rules/rule.ts';
import type { Facts, Opinion } from './judge.ts';

/**
 * Holds what others have said before, or takes it for spam where many have. What is spam counts twice, since it is known what that was.
 * That a text resembles those of others is reason to look at it, and often no proof, see `provenBy`.
 */
export function judgeCopies(facts: Facts, { held, spam }: RuleSettings['copies']): Opinion | undefined {
  const { copies } = facts;
  if (!copies) return undefined;
  const count = copies.same + copies.near;
  if (weightOf(facts, copies) >= spam) return { status: 'spam', numbers: { count, spam: 1 } };
  return count + (copies.spam ?? 0) >= held ? { status: 'pending', numbers: { count, spam: 0 } } : undefined;
}

function weightOf(facts: Facts, { same, near, close = near, spam = 0 }: NonNullable<Facts['copies']>): number {
  const proof = provenBy(facts);
  if (proof === 'same') return same;
  const count = same + (proof === 'close' ? close : near);
  return count + Math.min(count, spam);
}

/**
 * What proves that a text is a copy. Who sends copies wants something: what leads somewhere, or hides words, is one where others said
 * nearly the same. What does neither may have a sentence in common with others by chance, and is one where it was made of theirs
 * (`close`); and so short that strangers may say just that without having met, only where they said the same. Of what was judged by
 * an earlier version the length is not known, nor which were close.
 */
export function provenBy({
  comparedWords = Number.POSITIVE_INFINITY,
  links,
  nameLink,
  disguised = 0,
}: Pick<Facts, 'comparedWords' | 'links' | 'nameLink' | 'disguised'>): 'same' | 'close' | 'near' {
  if (links > 0 || nameLink === true || disguised > 0) return 'near';
  return comparedWords < shortestTelling ? 'same' : 'close';
}
