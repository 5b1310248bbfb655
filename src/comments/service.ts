import type { Kysely, Transaction } from 'kysely';
import { isStaffName } from '../accounts/queries.ts';
import type { Role } from '../accounts/table.ts';
import type { Database } from '../database.ts';
import { recordEvent } from '../events/queries.ts';
import { announceReadable } from '../following/announce.ts';
import { readFollowChoice } from '../following/choices.ts';
import { followFromReply } from '../following/reply-choice.ts';
import { readId } from '../http/fields.ts';
import type { Site } from '../site/table.ts';
import { normaliseEmail } from '../text/email-address.ts';
import { normaliseLine } from '../text/plain-text.ts';
import { rendererVersion } from '../text/renderer-version.ts';
import { type Closing, closingOf, modeOf } from './closing.ts';
import { closingFacts, shareConversation } from './conversation.ts';
import { changeCounts } from './counts.ts';
import { gatherFacts } from './facts.ts';
import { checkGuestReply, checkStaffReply, type Draft, type FieldErrors, isDraft, type ReplyFields } from './form.ts';
import { isReadable } from './lifecycle.ts';
import { secondsUntilAllowed } from './limits.ts';
import { judgeComment, type Verdict } from './policies.ts';
import { type ParentRow, shareParent } from './queries.ts';
import { renderVisibly } from './rendering.ts';
import { storeComment } from './store-comment.ts';
import { type EarlierSubmission, findSubmission, type SubmissionKeys, submissionKeys } from './submission.ts';

/** Who writes: one of the staff, or a guest in a browser that may be new. */
export type Writer =
  | { readonly kind: 'staff'; readonly id: number; readonly name: string; readonly role: Role }
  | { readonly kind: 'guest'; readonly browserId: number | undefined };

/** A reply as it arrives. */
export interface Submission {
  readonly conversationId: number;
  /** When the post was published; null: it is a draft. */
  readonly publishedAt: Date | null;
  readonly writer: Writer;
  readonly fields: ReplyFields;
  readonly networkHash: Buffer;
  /** Comments per network and hour; 0: no limit. */
  readonly limit: number;
  /** Whether the address typed may be asked by mail to confirm what its owner wants to be told. */
  readonly mayAsk?: boolean | undefined;
  readonly now: Date;
}

/** What became of a reply. `browserId` is the browser that may prove from now on that it wrote it. */
export type Outcome =
  | {
      readonly kind: 'posted';
      readonly commentId: number;
      readonly verdict: Verdict;
      readonly browserId: number | undefined;
    }
  | { readonly kind: 'repeated'; readonly commentId: number; readonly browserId: number | undefined }
  | { readonly kind: 'conflicting'; readonly commentId: number; readonly earlierText: string }
  | { readonly kind: 'limited'; readonly seconds: number }
  | { readonly kind: 'closed'; readonly closing: Closing }
  | { readonly kind: 'invalid'; readonly errors: FieldErrors };

/**
 * Takes a reply: what was sent before gets its first answer again, whatever has changed since; else it is checked, judged
 * and stored in one transaction with its event.
 */
export async function postComment(db: Kysely<Database>, submission: Submission): Promise<Outcome> {
  const before = await findFirstAnswer(db, submission);
  if (before) return before;
  const attempt = await db
    .transaction()
    .execute((trx) => writeComment(trx, submission))
    .catch(nothingIfSentMeanwhile);
  if (attempt?.kind === 'posted') return attempt;
  // The same form, sent twice at once: the other one may have been a moment faster, and what refused this one came after.
  const outcome = (await findFirstAnswer(db, submission)) ?? attempt;
  // And its writer may have deleted that one since: then this one starts anew.
  return outcome ?? postComment(db, submission);
}

/** The answer that a form had when it came before; undefined where it comes for the first time. */
export async function findFirstAnswer(db: Kysely<Database>, submission: Submission): Promise<Outcome | undefined> {
  const earlier = await findSubmission(db, { keys: keysOf(submission), now: submission.now });
  return earlier && answerAgain(earlier, submission.writer);
}

/**
 * Takes a reply within a larger piece of work, such as approving what it answers.
 *
 * @throws SentMeanwhile where the same form was stored by another transaction: nothing of this one may stay.
 */
export async function writeComment(trx: Transaction<Database>, submission: Submission): Promise<Outcome> {
  const { conversationId, writer, networkHash, now } = submission;
  const { site, conversation, closure, followed } = await shareConversation(trx, conversationId);
  const closing = closingOf(closingFacts({ site, conversation, closure, publishedAt: submission.publishedAt }), now);
  if (closing) return { kind: 'closed', closing };

  const draft = await checkDraft(trx, { ...submission, site });
  if (!isDraft(draft)) return { kind: 'invalid', errors: draft };
  const knownBrowser = writer.kind === 'guest' ? writer.browserId : undefined;
  if (writer.kind === 'guest') {
    const seconds = await secondsUntilAllowed(trx, {
      networkHash,
      browserId: knownBrowser,
      limit: submission.limit,
      now,
    });
    if (seconds !== undefined) return { kind: 'limited', seconds };
  }

  const parent = await findParent(trx, submission);
  if (parent === 'unknown') return { kind: 'invalid', errors: { parent: { key: 'reply.parent.unknown' } } };

  const rendered = renderVisibly(draft.body);
  if (!rendered) return { kind: 'invalid', errors: { body: { key: 'reply.body.missing' } } };

  const known = {
    staffRole: writer.kind === 'staff' ? writer.role : null,
    mode: modeOf({ mode: conversation.mode, siteMode: site.comment_mode }),
    links: rendered.links.count + (draft.website ? 1 : 0),
    linksAllowed: site.links_allowed,
  };
  const verdict = judgeComment(await gatherFacts(trx, { known, browserId: knownBrowser, networkHash, now }));

  const stored = await storeComment(trx, {
    conversationId,
    parent,
    draft,
    html: rendered.html,
    rendererVersion,
    verdict,
    writer: writer.kind === 'staff' ? { accountId: writer.id } : { browserId: knownBrowser, networkHash },
    keys: keysOf(submission),
    now,
  });
  if (!stored) throw new SentMeanwhile();
  const { commentId, browserId } = stored;
  if (followed && isReadable(verdict.status)) {
    await announceReadable(trx, { commentId, conversationId, parentId: parent?.id ?? null, now });
  }
  if (browserId !== undefined) {
    await followFromReply(trx, {
      choice: readFollowChoice(submission.fields),
      email: draft.email,
      comment: { id: commentId, conversationId, waits: verdict.status === 'pending' },
      browserId,
      mayAsk: submission.mayAsk === true,
      now,
    });
  }
  await recordEvent(trx, {
    subjectKind: 'comment',
    subjectId: commentId,
    action: 'post',
    to: verdict.status,
    actorId: writer.kind === 'staff' ? writer.id : undefined,
    rule: verdict.rule,
    numbers: verdict.numbers,
    now,
  });
  await changeCounts(trx, [{ conversationId, from: undefined, to: verdict.status }]);
  return { kind: 'posted', commentId, verdict, browserId };
}

/** The same form was stored by another transaction while this one ran. */
export class SentMeanwhile extends Error {
  override readonly name = 'SentMeanwhile';
}

function nothingIfSentMeanwhile(error: unknown): undefined {
  if (!(error instanceof SentMeanwhile)) throw error;
}

function keysOf({ conversationId, writer, fields, networkHash, now }: Submission): SubmissionKeys {
  return submissionKeys(
    {
      key: fields.key,
      conversationId,
      parent: fields.parent,
      accountId: writer.kind === 'staff' ? writer.id : undefined,
      name: normaliseLine(fields.name),
      email: normaliseEmail(fields.email),
      networkHash,
      text: fields.body.trim(),
    },
    now,
  );
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

async function findParent(
  trx: Transaction<Database>,
  { conversationId, fields }: Submission,
): Promise<ParentRow | undefined | 'unknown'> {
  if (fields.parent === '') return undefined;
  const id = readId(fields.parent);
  return (id !== undefined && (await shareParent(trx, { conversationId, id }))) || 'unknown';
}

async function checkDraft(
  trx: Transaction<Database>,
  { site, writer, fields }: Pick<Submission, 'writer' | 'fields'> & { site: Site },
): Promise<Draft | FieldErrors> {
  if (writer.kind === 'staff') return checkStaffReply(fields, writer.name);
  const draft = checkGuestReply(fields, { emailRequired: site.email_required });
  if (isDraft(draft) && (await isStaffName(trx, draft.name))) return { name: { key: 'reply.name.staff' } };
  return draft;
}
