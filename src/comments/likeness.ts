import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { scoreComments } from '../learner/scoring.ts';
import { type Fingerprint, fingerprintOf } from '../rules/fingerprint.ts';
import { countCopies } from './copies.ts';
import type { Facts } from './judge.ts';

/** A text that is compared with others, as its writer gives it. */
export interface Compared {
  readonly name: string;
  readonly website: string | null;
  readonly source: string;
  readonly browserId: number | undefined;
  /** The comment that is judged again since it was edited: it is no copy of itself. */
  readonly editedId?: number | undefined;
  readonly now: Date;
}

/** What a text is like. */
export interface Likeness {
  readonly facts: Pick<Facts, 'copies' | 'score' | 'weighed'>;
  /** What it is known by from now on; undefined: it is too short. */
  readonly fingerprint: Fingerprint | undefined;
}

/** How far copies are looked for; they are kept for no longer. */
const copiedWithin = 30 * 86_400_000;

/** Of what weighed for or against a comment, so much is kept. */
const mostWeighed = 5;

/**
 * Compares texts with those of all posts, and with what the learner has learned, in two queries.
 *
 * @param trained whether it has learned enough to score by: where not, it is not asked.
 * @returns one for each, in their order.
 */
export async function findLikenesses(
  db: Kysely<Database>,
  { texts, trained }: { texts: readonly Compared[]; trained: boolean },
): Promise<Likeness[]> {
  const [first] = texts;
  if (!first) return [];
  const prints = texts.map(({ source, browserId, editedId }) => ({
    fingerprint: fingerprintOf(source),
    browserId,
    editedId,
  }));
  const copies = await countCopies(db, { fingerprints: prints, since: new Date(first.now.getTime() - copiedWithin) });
  const scores = trained
    ? await scoreComments(db, {
        texts: texts.map(({ name, website, source }) => ({ name, website, source, sourceFormat: 'markdown' })),
      })
    : [];
  return texts.map((_text, index) => {
    const [fingerprint, copied, score] = [prints[index]?.fingerprint, copies[index], scores[index]];
    const count = (kind: 'same' | 'near') => (copied?.[kind].bySame ?? 0) + (copied?.[kind].byOthers ?? 0);
    return {
      fingerprint,
      facts: {
        ...(fingerprint && { copies: { same: count('same'), near: count('near'), spam: copied?.spam ?? 0 } }),
        ...(score && { score: Math.round(score.score * 100), weighed: score.weighed.slice(0, mostWeighed) }),
      },
    };
  });
}
