import { describe, expect, it } from '@jest/globals';
import { type Example, judgeHeldOut, outcomeFrom } from '../../src/learner/held-out.ts';
import { type Counts, isTrained, scoreFeatures } from '../../src/learner/score.ts';

const total = { spam: 100, good: 100 };
const known = new Map<string, Counts>([
  ['word:pills', { spam: 60, good: 0 }],
  ['word:casino', { spam: 20, good: 1 }],
  ['word:once', { spam: 1, good: 0 }],
  ['word:twice', { spam: 2, good: 0 }],
  ['word:gardens', { spam: 0, good: 60 }],
  ['word:the', { spam: 90, good: 92 }],
]);
const score = (...features: string[]) => scoreFeatures(features, { total, countsOf: (feature) => known.get(feature) });

describe('A score', () => {
  it('says nothing where nothing is known, or nothing of it tells', () => {
    expect(score()).toEqual({ score: 0.5, weighed: [] });
    expect(score('word:unseen', 'word:the')).toEqual({ score: 0.5, weighed: [] });
  });

  it('rises with what occurs in spam, and falls with what occurs in good comments', () => {
    expect(score('word:pills').score).toBeGreaterThan(0.95);
    expect(score('word:gardens').score).toBeLessThan(0.05);
    expect(score('word:pills', 'word:gardens').score).toBeCloseTo(0.5);
    expect(score('word:pills', 'word:casino').score).toBeGreaterThan(score('word:pills').score);
  });

  it('makes nothing of what was seen once, and little of what was seen twice', () => {
    expect(score('word:once').score).toBe(0.5);
    expect(score('word:twice').score).toBeGreaterThan(0.5);
    expect(score('word:twice').score).toBeLessThan(0.95);
    expect(score('word:twice').score).toBeLessThan(score('word:pills').score);
  });

  it('names what weighed most first, for and against', () => {
    const { weighed } = score('word:twice', 'word:once', 'word:casino', 'word:the', 'word:pills', 'word:gardens');
    expect(weighed.map(({ feature }) => feature)).toEqual(['word:gardens', 'word:pills', 'word:casino', 'word:twice']);
    expect(weighed.map(({ weight }) => Math.sign(weight))).toEqual([-1, 1, 1, 1]);
  });

  it('does not depend on how many of each kind were learned', () => {
    const counts = { spam: 6, good: 60 };
    const few = scoreFeatures(['x'], { total: { spam: 100, good: 1_000 }, countsOf: () => counts });
    expect(few.score).toBe(0.5);
  });

  it('is not driven to the edge by length: twenty features decide, and what speaks for both sides stays in the middle', () => {
    const many = Array.from({ length: 300 }, (_, index) => `word:${index}`);
    const both = (feature: string) => (Number(feature.slice(5)) % 2 ? { spam: 40, good: 0 } : { spam: 0, good: 40 });
    const { score: middle, weighed } = scoreFeatures(many, { total, countsOf: both });
    expect(middle).toBeGreaterThan(0.3);
    expect(middle).toBeLessThan(0.7);
    expect(weighed.length).toBe(10);
  });

  it('of a long text is that of a short one of the same kind', () => {
    const long = Array.from({ length: 300 }, (_, index) => `word:${index}`);
    const learned = { total, countsOf: () => ({ spam: 9, good: 1 }) };
    expect(scoreFeatures(long, learned).score).toBe(scoreFeatures(long.slice(0, 20), learned).score);
  });

  it('rises more slowly than its words agree, since they are not independent', () => {
    const learned = { total, countsOf: () => ({ spam: 9, good: 0 }) };
    const odds = (...features: string[]) => {
      const { score: found } = scoreFeatures(features, learned);
      return Math.log(found / (1 - found));
    };
    expect(odds('word:one', 'word:two', 'word:three', 'word:four')).toBeCloseTo(2 * odds('word:one'));
  });

  it('needs 50 of each kind', () => {
    expect(isTrained({ spam: 50, good: 50 })).toBe(true);
    expect(isTrained({ spam: 49, good: 500 })).toBe(false);
    expect(isTrained({ spam: 500, good: 49 })).toBe(false);
  });
});

describe('Held-out decisions', () => {
  const examples: Example[] = Array.from({ length: 100 }, (_, index) =>
    index % 2
      ? { label: 'spam', features: ['word:pills', `word:${index}`] }
      : { label: 'good', features: ['word:gardens', `word:${index}`] },
  );

  it('are judged by what the others teach, in their order and always the same', () => {
    const judged = [...judgeHeldOut(examples)].flat();
    expect(judged.map(({ label }) => label)).toEqual(examples.map(({ label }) => label));
    expect(judged.every((each) => each.score > 0.9 === (each.label === 'spam'))).toBe(true);
    expect([...judgeHeldOut(examples)].flat()).toEqual(judged);
  });

  it('do not vouch for themselves, nor do the copies beside them', () => {
    const wave: Example[] = examples.map((each, index) =>
      index >= 50 && index < 54 ? { label: 'spam', features: ['word:wave'] } : each,
    );
    const judged = [...judgeHeldOut(wave)].flat();
    expect(judged.slice(50, 54).map((each) => each.score)).toEqual([0.5, 0.5, 0.5, 0.5]);
  });

  it('count what would have been right and wrong from a threshold on', () => {
    const judged = [
      { label: 'spam', score: 0.9 },
      { label: 'spam', score: 0.5 },
      { label: 'good', score: 0.6 },
      { label: 'good', score: 0.1 },
    ] as const;
    expect(outcomeFrom(0.6, judged)).toEqual({ found: 1, missed: 1, wronged: 1, spared: 1 });
    expect(outcomeFrom(0.95, judged)).toEqual({ found: 0, missed: 2, wronged: 0, spared: 2 });
    expect(outcomeFrom(0.05, judged)).toEqual({ found: 2, missed: 0, wronged: 2, spared: 0 });
  });
});
