import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { isUuid, uuidOf } from '../text/uuid.ts';

/** What makes a submission the same as another. */
export interface SubmissionIdentity {
  /** UUID that the form's script made; anything else counts as none. */
  readonly key: string;
  readonly conversationId: number;
  /** The comment that is answered, as it came with the form; empty for the post. */
  readonly parent: string;
  readonly accountId: number | undefined;
  readonly name: string;
  readonly email: string;
  readonly networkHash: Buffer;
  readonly text: string;
}

/** The keys under which a submission may be known, and a digest of what it says. */
export interface SubmissionKeys {
  /** The key that it is stored under. */
  readonly key: string;
  /** The key that the same submission would have got yesterday; none where the browser made the key. */
  readonly yesterday: string | undefined;
  readonly digest: Buffer;
}

/** What was made of an earlier submission. */
export interface EarlierSubmission {
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

const day = 86_400_000;

/**
 * The key of a submission: the browser's own where a script made one; else derived from conversation, parent, person and
 * text, anew each day. A person is a name, an address and a network here: a first-time visitor has no cookie yet.
 */
export function submissionKeys(identity: SubmissionIdentity, now: Date): SubmissionKeys {
  const { conversationId, parent, text } = identity;
  const digest = hash([conversationId, parent, text]);
  if (isUuid(identity.key)) return { key: identity.key.toLowerCase(), yesterday: undefined, digest };
  const { accountId, name, email, networkHash } = identity;
  const person = accountId === undefined ? [name, email, networkHash.toString('hex')] : [accountId];
  const keyOn = (time: number) => uuidOf(hash([conversationId, parent, ...person, text, Math.floor(time / day)]));
  return { key: keyOn(now.getTime()), yesterday: keyOn(now.getTime() - day), digest };
}

/** Looks for what was made of a submission when it came before. */
export async function findSubmission(
  db: Kysely<Database>,
  { keys, now }: { keys: SubmissionKeys; now: Date },
): Promise<EarlierSubmission | undefined> {
  const row = await db
    .selectFrom('submission')
    .innerJoin('comment', 'comment.id', 'submission.comment_id')
    .leftJoin('browser', 'browser.id', 'comment.browser_id')
    .select([
      'comment.id',
      'comment.browser_id',
      'comment.source',
      'comment.status',
      'submission.digest',
      'browser.seen_at',
    ])
    .where((eb) =>
      eb.or([
        eb('submission.key', '=', keys.key),
        eb.and([
          eb('submission.key', '=', keys.yesterday ?? null),
          eb('submission.created_at', '>', new Date(now.getTime() - day)),
        ]),
      ]),
    )
    .executeTakeFirst();
  return (
    row && {
      commentId: row.id,
      browserId: row.browser_id,
      browserSeen: row.seen_at !== null,
      secretKey: keys.yesterday === undefined,
      waiting: row.status === 'pending',
      source: row.source,
      sameText: row.digest.equals(keys.digest),
    }
  );
}

function hash(parts: readonly (string | number)[]): Buffer {
  return createHash('sha256').update(JSON.stringify(parts)).digest();
}
