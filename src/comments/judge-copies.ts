import { shortestTelling } from '../rules/fingerprint.ts';
import type { RuleSettings } from '../rules/rule.ts';
import type { Facts, Opinion } from './judge.ts';

/**
 * Holds what others have said before, or takes it for spam where many have. What is spam counts twice, since it is known what that was.
 * That a sentence resembles those of others is reason to look at it, and no proof.
 */
export function judgeCopies(facts: Facts, { held, spam }: RuleSettings['copies']): Opinion | undefined {
  const { copies } = facts;
  if (!copies) return undefined;
  const count = copies.same + copies.near;
  const weight = count + (copies.spam ?? 0);
  const proven = isOnlySentence(facts) ? copies.same : weight;
  if (proven >= spam) return { status: 'spam', numbers: { count, spam: 1 } };
  return weight >= held ? { status: 'pending', numbers: { count, spam: 0 } } : undefined;
}

/**
 * Whether a text is so short that strangers may say nearly the same without having met. It leads nowhere, since who sends copies wants
 * something, and hides no words, which nobody does by accident. Texts of an earlier version, of which the length is not known, are none.
 */
export function isOnlySentence({
  comparedWords = Number.POSITIVE_INFINITY,
  links,
  nameLink,
  disguised = 0,
}: Pick<Facts, 'comparedWords' | 'links' | 'nameLink' | 'disguised'>): boolean {
  return comparedWords < shortestTelling && links === 0 && nameLink !== true && disguised === 0;
}
