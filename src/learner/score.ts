/** How often something occurred in comments of each kind. */
export interface Counts {
  readonly spam: number;
  readonly good: number;
}

/** What a feature weighed: the logarithm of the odds that it alone would give. Above 0 it speaks for spam. */
export interface Weighed {
  readonly feature: string;
  readonly weight: number;
}

/** How much a comment looks like what moderators called spam. */
export interface Score {
  /** From 0, good, to 1, spam; 0.5: nothing is known, or as much for it as against it. */
  readonly score: number;
  /** What weighed most, the heaviest first, ten at most. */
  readonly weighed: readonly Weighed[];
}

/** What has been learned, as far as it takes to score by it. */
export interface Learned {
  readonly total: Counts;
  /** Of one feature; undefined where it was never seen. */
  readonly countsOf: (feature: string) => Counts | undefined;
}

/** So many comments of each kind have to be learned before there are scores. */
export const leastOfEach = 50;

/** What was seen less often says nothing. Most words were seen once, and would add up to much noise. */
export const leastSeen = 2;

/** Features that are combined: the strongest ones, so that a long text is not judged more harshly than a short one. */
const mostCombined = 20;

const mostTold = 10;

/** A feature is taken for as often spam as not before it is seen, as if it had been seen so often. */
const priorStrength = 1;

/** Features that say as little as this (a share of spam between 0.2 and 0.8) only dilute the others. */
const leastDistance = 0.3;

/** Whether enough has been learned of each kind. */
export function isTrained({ spam, good }: Counts): boolean {
  return spam >= leastOfEach && good >= leastOfEach;
}

/**
 * Scores a comment by its features as if they were independent of each other (naive Bayes): the share of spam among the
 * comments in which each was seen, smoothed (Robinson), gives its weight, and the weights of the strongest are added up.
 * Words and pairs are not independent at all, so the sum is divided by the root of their number: it grows with what
 * agrees, and more slowly than it would.
 */
export function scoreFeatures(features: readonly string[], learned: Learned): Score {
  const strongest = features
    .map((feature) => ({ feature, share: shareOfSpam(learned.countsOf(feature), learned.total) }))
    .filter(({ share }) => Math.abs(share - 0.5) >= leastDistance)
    .map(({ feature, share }) => ({ feature, weight: oddsOf(share) }))
    .toSorted(byWeight)
    .slice(0, mostCombined);
  const sum = strongest.reduce((total, { weight }) => total + weight, 0);
  return {
    score: 1 / (1 + Math.exp(-sum / Math.sqrt(Math.max(1, strongest.length)))),
    weighed: strongest.slice(0, mostTold),
  };
}

/** The heaviest first, whatever it speaks for; what weighs the same in the order of its name. */
export function byWeight(one: Weighed, other: Weighed): number {
  return Math.abs(other.weight) - Math.abs(one.weight) || (one.feature < other.feature ? -1 : 1);
}

/** What a feature weighs by itself, see `Weighed`. */
export function weigh(counts: Counts, total: Counts): number {
  return oddsOf(shareOfSpam(counts, total));
}

function oddsOf(share: number): number {
  return Math.log(share / (1 - share));
}

function shareOfSpam(counts: Counts | undefined, total: Counts): number {
  if (!counts) return 0.5;
  const seen = counts.spam + counts.good;
  if (seen < leastSeen) return 0.5;
  const inSpam = counts.spam / Math.max(1, total.spam);
  const inGood = counts.good / Math.max(1, total.good);
  return (priorStrength * 0.5 + (seen * inSpam) / (inSpam + inGood)) / (priorStrength + seen);
}
