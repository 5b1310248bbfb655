import { type Kysely, sql } from 'kysely';
import type { Database } from '../database.ts';
import { givenRows } from '../given-rows.ts';
import { readingOf } from './reading.ts';
import { type Outcome, type Submission, type SubmissionKeys, sameSubmissionFor, type Writer } from './submission.ts';
import type { Comment, SubmissionTable } from './table.ts';

/** The answer that a form had when it came before; undefined where it comes for the first time. */
export async function findFirstAnswer(db: Kysely<Database>, submission: Submission): Promise<Outcome | undefined> {
  return (await findFirstAnswers(db, [submission])).get(submission);
}

/** The same for several; those that come for the first time are missing. */
export async function findFirstAnswers(
  db: Kysely<Database>,
  submissions: readonly Submission[],
): Promise<Map<Submission, Outcome>> {
  if (submissions.length === 0) return new Map();
  const keyed = submissions.map((submission) => ({
    submission,
    keys: readingOf(submission).keys,
    now: submission.now,
  }));
  const earlier = await findSubmissions(db, keyed);
  return new Map(
    keyed.flatMap(({ submission, keys }) => {
      const found = earlier.get(keys.key);
      return found ? [[submission, answerAgain(found, submission.writer)] as const] : [];
    }),
  );
}

/** What was made of an earlier submission. */
interface EarlierSubmission {
  readonly commentId: number;
  readonly browserId: number | null;
  /** Whether the browser that wrote it has come back with its cookie since. */
  readonly browserSeen: boolean;
  /** Whether the key is a secret between the server and the browser that made it. */
  readonly secretKey: boolean;
  /** Whether the comment waits: only its writer knows its text. */
  readonly waiting: boolean;
  /** The text that the comment has now. */
  readonly source: string;
  readonly sameText: boolean;
}

// @returns by the key that each is stored under.
async function findSubmissions(
  db: Kysely<Database>,
  submissions: readonly { readonly keys: SubmissionKeys; readonly now: Date }[],
): Promise<Map<string, EarlierSubmission>> {
  const wanted = submissions.map(({ keys: { key, yesterday }, now }) => ({
    key,
    yesterday,
    since: new Date(now.getTime() - sameSubmissionFor),
  }));
  const { rows } = await sql<EarlierRow>`
    select wanted.key, comment.id, comment.browser_id, comment.source, comment.status, submission.digest, browser.seen_at
    from ${givenRows('wanted', { key: 'uuid', yesterday: 'uuid', since: 'timestamptz' }, wanted)}
    join submission
      on submission.key = wanted.key
      or submission.key = wanted.yesterday and submission.created_at > wanted.since
    join comment on comment.id = submission.comment_id
    left join browser on browser.id = comment.browser_id`.execute(db);
  const keysBy = new Map(submissions.map(({ keys }) => [keys.key, keys]));
  return new Map(rows.map((row) => [row.key, earlierFrom(row, keysBy.get(row.key) as SubmissionKeys)]));
}

type EarlierRow = Pick<Comment, 'id' | 'browser_id' | 'source' | 'status'> &
  Pick<SubmissionTable, 'digest'> & { readonly key: string; readonly seen_at: Date | null };

function earlierFrom(row: EarlierRow, { yesterday, digest }: SubmissionKeys): EarlierSubmission {
  return {
    commentId: row.id,
    browserId: row.browser_id,
    browserSeen: row.seen_at !== null,
    secretKey: yesterday === undefined,
    waiting: row.status === 'pending',
    source: row.source,
    sameText: row.digest.equals(digest),
  };
}

// Who repeats a form and has no cookie has lost the first answer, as long as no one has come back with its cookie. Once a
// text can be read, anyone can repeat it: then only a key that the browser made tells its writer from others.
function answerAgain(earlier: EarlierSubmission, writer: Writer): Outcome {
  const { commentId } = earlier;
  if (!earlier.sameText) return { kind: 'conflicting', commentId, earlierText: earlier.source };
  const onlyWriter = earlier.waiting || earlier.secretKey;
  const lostAnswer = writer.kind === 'guest' && writer.browserId === undefined && !earlier.browserSeen && onlyWriter;
  return { kind: 'repeated', commentId, browserId: (lostAnswer && earlier.browserId) || undefined };
}
