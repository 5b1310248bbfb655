import { byWeight, type Counts, scoreFeatures, type Weighed, weigh } from './score.ts';
import type { Label } from './table.ts';

/** A comment of which it is known what a moderator took it for. */
export interface Example {
  readonly label: Label;
  readonly features: readonly string[];
}

/** What a comment would have been scored without having been learned itself. */
export interface Judged {
  readonly label: Label;
  readonly score: number;
}

/** What would have been right and wrong from one threshold on. */
export interface Outcome {
  /** Spam that reaches it, and spam that does not. */
  readonly found: number;
  readonly missed: number;
  /** Good comments that reach it, and those that do not. */
  readonly wronged: number;
  readonly spared: number;
}

const folds = 10;

/**
 * Scores each example by all others but those around it: they are cut into ten parts as they come, so that the copies of a
 * wave stay together and do not vouch for each other. The same examples give the same scores.
 *
 * @param examples in the order in which they were written.
 * @yields the scores of one part after the other, in their order: between them others get their turn.
 */
export function* judgeHeldOut(examples: readonly Example[]): Generator<Judged[]> {
  const all = countUp(examples);
  for (let fold = 0; fold < folds; fold += 1) {
    const cut = (at: number) => Math.floor((examples.length * at) / folds);
    const part = examples.slice(cut(fold), cut(fold + 1));
    const own = countUp(part);
    const learned = {
      total: without(all.total, own.total),
      countsOf: (feature: string) => {
        const counts = all.features.get(feature);
        return counts && without(counts, own.features.get(feature));
      },
    };
    yield part.map(({ label, features }) => ({ label, score: scoreFeatures(features, learned).score }));
  }
}

/** Counts what is right and wrong where comments from this score on are treated as spam. */
export function outcomeFrom(threshold: number, judged: readonly Judged[]): Outcome {
  const count = (label: Label, reaches: boolean) =>
    judged.filter((each) => each.label === label && each.score >= threshold === reaches).length;
  return {
    found: count('spam', true),
    missed: count('spam', false),
    wronged: count('good', true),
    spared: count('good', false),
  };
}

/** What weighs most among examples, for spam or against it, the heaviest first: of what occurs in so many of them at least. */
export function heaviest(examples: readonly Example[], least: number): Weighed[] {
  const { total, features } = countUp(examples);
  return [...features]
    .filter(([, { spam, good }]) => spam + good >= least)
    .map(([feature, counts]) => ({ feature, weight: weigh(counts, total) }))
    .toSorted(byWeight);
}

function countUp(examples: readonly Example[]): { total: Counts; features: Map<string, Counts> } {
  const total = { spam: 0, good: 0 };
  const counted = new Map<string, { spam: number; good: number }>();
  for (const { label, features } of examples) {
    total[label] += 1;
    for (const feature of features) {
      const counts = counted.get(feature);
      if (counts) counts[label] += 1;
      else counted.set(feature, { spam: 0, good: 0, [label]: 1 });
    }
  }
  return { total, features: counted };
}

function without(counts: Counts, own: Counts | undefined): Counts {
  return own ? { spam: counts.spam - own.spam, good: counts.good - own.good } : counts;
}
