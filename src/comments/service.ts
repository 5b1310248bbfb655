import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { transact } from '../pipeline.ts';
import { findFirstAnswers } from './first-answers.ts';
import { groundAsked } from './ground.ts';
import type { Outcome, Submission } from './submission.ts';
import { writeComments } from './write-comments.ts';

/** Takes one reply, as `postComments` does. */
export async function postComment(db: Kysely<Database>, submission: Submission): Promise<Outcome> {
  const [outcome] = await postComments(db, [submission]);
  return outcome as Outcome;
}

/**
 * Takes replies to one conversation: what was sent before gets its first answer again, whatever has changed since; the
 * others are checked, judged and stored in one transaction with their events.
 *
 * @param submissions no two of them of one network, of one browser, or with one key.
 * @returns what became of each, in their order.
 */
export async function postComments(db: Kysely<Database>, submissions: readonly Submission[]): Promise<Outcome[]> {
  const attempt = await transact(db, {
    first: groundAsked(submissions),
    work: async (trx, found) => {
      const { outcomes, counts } = await writeComments(trx, { submissions, found });
      return { last: counts, result: outcomes };
    },
  });
  // What came before is told by its key. It may have come this very moment, and what refused this one came after it: so
  // whatever is refused is looked up too.
  const open = submissions.filter((submission) => attempt.get(submission)?.kind !== 'posted');
  const earlier = await findFirstAnswers(db, open);
  const answers = new Map([...attempt, ...earlier]);
  // And its writer may have deleted that one since: then this one starts anew.
  return Promise.all(submissions.map((submission) => answers.get(submission) ?? postComment(db, submission)));
}
