import { createHash } from 'node:crypto';
import { createGoodWriter } from './good-comments.ts';
import type { MadeComment, MadeSite } from './made-comment.ts';
import { createRandom } from './random.ts';
import { addCampaign, campaignKinds } from './spam-campaigns.ts';

const day = 86_400_000;
const shareOfSpam = 0.7;

/**
 * Makes so many comments in the order in which they come.
 *
 * @param seed two streams of one seed are the same; those of two have neither people nor campaigns in common.
 */
export function makeStream({
  seed,
  size,
  posts,
  begins,
  days,
}: {
  seed: number;
  size: number;
  posts: number;
  begins: Date;
  days: number;
}): MadeComment[] {
  const random = createRandom(seed);
  let [browsers, networks] = [0, 0];
  const site: MadeSite = {
    posts,
    begins,
    days,
    nextBrowser: () => seed * 1_000_000 + ++browsers,
    nextNetwork: () => createHash('sha256').update(`${seed} ${++networks}`).digest(),
  };
  const comments: MadeComment[] = [];
  const spam = Math.round(size * shareOfSpam);
  for (const { kind, share } of campaignKinds) {
    const kindBegan = comments.length;
    const wanted = Math.round(spam * share);
    while (comments.length - kindBegan < wanted) {
      const left = wanted - (comments.length - kindBegan);
      comments.push(...addCampaign(random, { kind, site }).slice(0, left));
    }
  }
  const writeGood = createGoodWriter(random, site);
  const good = size - comments.length;
  // In the order of time: who comes back has been here before.
  const times = Array.from({ length: good }, () => random() * days * day).toSorted((one, other) => one - other);
  for (const time of times)
    comments.push({
      ...writeGood(),
      label: 'good',
      post: Math.floor(random() ** 1.5 * posts),
      at: new Date(begins.getTime() + time),
    });
  return comments.toSorted((one, other) => one.at.getTime() - other.at.getTime());
}
