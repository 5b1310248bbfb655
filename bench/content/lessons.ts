import { type Kysely, sql } from 'kysely';
import type { Database } from '../../src/database.ts';
import { featuresOf, type Written } from '../../src/learner/features.ts';
import { countFeatures, countLearned } from '../../src/training/relearn.ts';
import { createRandom } from './random.ts';

const syllables = 'ba de fi go hu ka le mi no pu ra se ti vo wu za che sha tre plo qui gra ndo ste'.split(' ');

/** Writes comments of a language of so many words, as unevenly used as those of a real one. */
export interface Writer {
  comment(kind: 'spam' | 'good', length?: number): Written;
}

/** A comment, and what a moderator decided. */
export interface Lesson {
  readonly label: 'spam' | 'good';
  readonly written: Written;
}

const language = { words: 40_000, ofSpam: 2_000, hosts: 10_000 };

/**
 * Makes a writer. Spam has some words of its own, and addresses; a tenth of its words are those, the rest are everybody's.
 */
export function createWriter(seed: number): Writer {
  const random = createRandom(seed);
  const words = Array.from({ length: language.words }, (_, index) => wordOf(index));
  // The word of rank r is used 1/r as often as the first (Zipf).
  const rank = () => Math.min(language.words - 1, Math.floor(language.words ** random()) - 1);
  const next = (kind: 'spam' | 'good') =>
    kind === 'spam' && random() < 0.1
      ? `x${words[Math.floor(random() * language.ofSpam)]}`
      : (words[Math.max(0, rank())] ?? '');
  return {
    comment(kind, length = 20 + Math.floor(random() * 80)) {
      const text = Array.from({ length }, () => next(kind)).join(' ');
      const link = random() < (kind === 'spam' ? 0.7 : 0.05);
      const host = `h${Math.floor(random() * language.hosts)}.example`;
      const source = link ? `${text} https://${host}/` : text;
      return { name: 'Guest', website: null, source, sourceFormat: 'markdown' };
    },
  };
}

/** Has the learner know so many comments of a made language, half of them spam. */
export async function teach(db: Kysely<Database>, { size, writer }: { size: number; writer: Writer }): Promise<void> {
  const lessons = Array.from({ length: size }, (_, index) => {
    const label = index % 2 ? ('spam' as const) : ('good' as const);
    return { label, written: writer.comment(label) };
  });
  await teachDecisions(db, lessons);
}

/** Has the learner know comments. They lie in its own tables only, past all rules, and are counted as the command counts them. */
export async function teachDecisions(db: Kysely<Database>, lessons: readonly Lesson[]): Promise<void> {
  await db.transaction().execute(async (trx) => {
    // What was learned stands without the comments.
    await sql`set local session_replication_role = replica`.execute(trx);
    for (let first = 0; first < lessons.length; first += 500) {
      const rows = lessons.slice(first, first + 500).map(({ label, written }, index) => ({
        comment_id: first + index + 1,
        label,
        features: featuresOf(written),
      }));
      await trx.insertInto('learned_comment').values(rows).execute();
    }
    await countFeatures(trx);
    await countLearned(trx, false);
  });
  await sql`vacuum analyze learner_feature`.execute(db);
}

/** The word of a made language that has this number. */
export function wordOf(index: number): string {
  let word = '';
  for (let rest = index + syllables.length; rest > 0; rest = Math.floor(rest / syllables.length))
    word += syllables[rest % syllables.length];
  return word;
}
