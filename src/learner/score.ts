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
const mostCombined = 30;

const mostTold = 10;

/** What is believed of a feature before it is seen, as if it had been seen so often: one sight alone decides nothing. */
const priorStrength = 0.5;

/** Features that say as little as this (a share of spam between 0.4 and 0.6) only dilute the others. */
const leastDistance = 0.1;

/** Whether enough has been learned of each kind. */
export function isTrained({ spam, good }: Counts): boolean {
  return spam >= leastOfEach && good >= leastOfEach;
}

/**
 * Scores a comment by its features as if they were independent of each other (naive Bayes): each has the share of spam among
 * the comments in which it was seen, smoothed (Robinson); the strongest are combined for and against spam (Fisher). Where
 * much speaks for both, the score stays in the middle.
 */
export function scoreFeatures(features: readonly string[], learned: Learned): Score {
  const strongest = features
    .map((feature) => ({ feature, share: shareOfSpam(learned.countsOf(feature), learned.total) }))
    .filter(({ share }) => Math.abs(share - 0.5) >= leastDistance)
    .toSorted((a, b) => Math.abs(b.share - 0.5) - Math.abs(a.share - 0.5) || (a.feature < b.feature ? -1 : 1))
    .slice(0, mostCombined);
  return {
    score: combine(strongest.map(({ share }) => share)),
    weighed: strongest.slice(0, mostTold).map(({ feature, share }) => ({ feature, weight: oddsOf(share) })),
  };
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

function combine(shares: readonly number[]): number {
  if (shares.length === 0) return 0.5;
  const logOf = (values: readonly number[]) => values.reduce((sum, value) => sum + Math.log(value), 0);
  const forSpam = 1 - chanceOf(-2 * logOf(shares.map((share) => 1 - share)), shares.length);
  const forGood = 1 - chanceOf(-2 * logOf(shares), shares.length);
  return (1 + forSpam - forGood) / 2;
}

// How likely chi squared of twice as many degrees of freedom is to be as large as this.
function chanceOf(chiSquared: number, pairs: number): number {
  const half = chiSquared / 2;
  let term = Math.exp(-half);
  let sum = term;
  for (let index = 1; index < pairs; index += 1) {
    term *= half / index;
    sum += term;
  }
  return Math.min(1, sum);
}
