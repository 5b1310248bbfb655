import type { Transaction } from 'kysely';
import { announceWaiting } from '../alerts/announce.ts';
import type { Database } from '../database.ts';
import { announceReadable } from '../following/announce.ts';
import { readFollowChoice } from '../following/choices.ts';
import { followFromReply } from '../following/reply-choice.ts';
import { readId } from '../http/fields.ts';
import { isShutOut } from '../persons/standing.ts';
import { ask, type Question } from '../pipeline.ts';
import { stateOf } from '../posts/publication.ts';
import { rulesInForce } from '../rules/rule.ts';
import { rendererVersion } from '../text/renderer-version.ts';
import { nameKey } from '../text/same-name.ts';
import { type Closing, closingOf, closuresAbove } from './closing.ts';
import { closingFacts, type ReplyTerms } from './conversation.ts';
import { addCopiesAmong } from './copies.ts';
import { countsChanged } from './counts.ts';
import { factsOf } from './facts.ts';
import { type Draft, type FieldErrors, isDraft, type ReplyFields, requireEmail } from './form.ts';
import { type Found, type Ground, gatherGround, groundAsked } from './ground.ts';
import type { History } from './history.ts';
import type { Facts } from './judge.ts';
import { addLeadsAmong } from './leads.ts';
import { isReadable } from './lifecycle.ts';
import { outsideFact, unaskedBy } from './outside-fact.ts';
import { judgeComment } from './policies.ts';
import { readingOf } from './reading.ts';
import { speakerOf } from './speaker.ts';
import { type NewComment, type StoredComment, storeComments } from './store-comments.ts';
import type { Outcome, Submission, Writer } from './submission.ts';
import { sweepWaves } from './sweep-copies.ts';

/**
 * Takes a reply within a larger piece of work, such as approving what it answers.
 *
 * @throws SentMeanwhile where the same form was stored by another transaction: nothing of this one may stay.
 */
export async function writeComment(trx: Transaction<Database>, submission: Submission): Promise<Outcome> {
  const submissions = [submission];
  const found = await ask(trx, groundAsked(submissions));
  const { outcomes, counts } = await writeComments(trx, { submissions, found });
  await ask(trx, counts);
  const outcome = outcomes.get(submission);
  if (!outcome) throw new SentMeanwhile();
  return outcome;
}

/** What became of replies. */
export interface Written {
  /** Of each; what came before is missing, or came at the same time by another transaction. */
  readonly outcomes: ReadonlyMap<Submission, Outcome>;
  /** What is left to be done, as the last thing of the transaction: to count them. */
  readonly counts: Question<void>;
}

/**
 * Takes replies to one conversation: checks and judges them by what is known, and stores those that can be taken.
 *
 * @param submissions one at least; no two of them of one network, of one browser, or with one key.
 * @param found what `groundAsked` found out about them, and locked.
 */
export async function writeComments(
  trx: Transaction<Database>,
  { submissions, found }: { submissions: readonly Submission[]; found: Found },
): Promise<Written> {
  const [{ conversationId }] = submissions as [Submission];
  const ground = await gatherGround(trx, { submissions, found });
  const { terms } = ground;
  const refused = submissions.flatMap((submission) => {
    const refusal = refusalBy(terms, submission);
    return refusal ? [[submission, refusal] as const] : [];
  });
  const outcomes = new Map<Submission, Outcome>(refused);
  const open = submissions.filter((submission) => !outcomes.has(submission));
  const drafted: (NewComment & { readonly submission: Submission })[] = [];
  for (const submission of open) {
    const comment = draftComment(submission, { ground, before: drafted });
    if ('kind' in comment) outcomes.set(submission, comment);
    else drafted.push({ ...comment, submission });
  }
  const posted = await storeAll(trx, { conversationId, terms, drafted });
  for (const { submission, commentId, verdict, browserId } of posted)
    outcomes.set(submission, { kind: 'posted', commentId, verdict, browserId });
  const moves = posted.map(({ verdict }) => ({ conversationId, from: undefined, to: verdict.status }));
  return { outcomes, counts: countsChanged(moves) };
}

function refusalBy(terms: ReplyTerms, submission: Submission): Outcome | undefined {
  if (stateOf(terms.post, submission.now) !== 'published') return { kind: 'unpublished' };
  const closing = closingFor(terms, { submission, key: undefined });
  return closing && { kind: 'closed', closing };
}

// @param key sort key of what is answered, which may stand in a closed branch; undefined: the post.
function closingFor(
  terms: ReplyTerms,
  { submission: { writer, now }, key }: { submission: Submission; key: Buffer | undefined },
): Closing | undefined {
  const closures = closuresAbove(terms.closures, key);
  const facts = closingFacts({ ...terms, closures, publishedAt: terms.post.published_at });
  return closingOf(facts, now, speakerOf(writer.kind === 'staff' ? writer : undefined, terms.post));
}

/** Judges a reply by what is known. @returns the comment that it becomes, or why it becomes none. */
function draftComment(
  submission: Submission,
  { ground, before }: { ground: Ground; before: readonly NewComment[] },
): NewComment | Outcome {
  const { writer, fields, networkHash, now } = submission;
  const { terms } = ground;
  const { keys, text } = readingOf(submission);
  const { counts, copies, standing } = ground.histories.get(submission) as History;
  const guestStanding = writer.kind === 'guest' ? standing : undefined;
  if (isShutOut(guestStanding)) return { kind: 'shut_out', standing: guestStanding };
  const draft = checkDraft(submission, ground);
  if (!isDraft(draft)) return { kind: 'invalid', errors: draft };
  const wait = ground.waits.get(submission);
  if (wait) return { kind: 'limited', ...wait };

  const parent = ground.parents.get(readId(fields.parent) ?? 0);
  if (!parent && fields.parent !== '') return { kind: 'invalid', errors: { parent: { key: 'reply.parent.unknown' } } };

  const closing = closingFor(terms, { submission, key: parent?.path });
  if (closing) return { kind: 'closed', closing };

  if (!text) return { kind: 'invalid', errors: { body: { key: 'reply.body.missing' } } };

  const rules = rulesInForce(ground.rules, terms.conversation.rule_switches);
  const unasked = writer.kind === 'guest' ? unaskedBy(rules, submission.outside) : undefined;
  if (unasked) return unasked;

  const known = factsOf(text, { staffRole: writer.kind === 'staff' ? writer.role : null, terms, now });
  const verdict = judgeComment(
    {
      ...{ ...known, ...factsOfSending(fields, writer), ...outsideFact(submission.outside) },
      ...{
        ...counts,
        ...ground.scores.get(submission),
        copies: copies && text.fingerprint && addCopiesAmong(before, { of: text.fingerprint, to: copies }),
        leads: addLeadsAmong(ground.leads.get(submission) ?? [], before),
      },
      standing: guestStanding?.kind,
    },
    { rules, words: text.words },
  );
  return {
    parent,
    draft,
    html: text.html,
    rendererVersion,
    verdict,
    fingerprint: text.fingerprint,
    places: text.places,
    writer: writer.kind === 'staff' ? { accountId: writer.id } : { browserId: writer.browserId, networkHash },
    keys,
    now,
  };
}

// What only the form that was sent can say. The staff need no such proof.
function factsOfSending({ topic, seconds }: ReplyFields, writer: Writer): Pick<Facts, 'baited' | 'secondsToWrite'> {
  if (writer.kind === 'staff') return {};
  return { baited: topic !== '', secondsToWrite: /^\d{1,6}$/.test(seconds) ? Number(seconds) : undefined };
}

function checkDraft(submission: Submission, { terms }: Ground): Draft | FieldErrors {
  const { checked } = readingOf(submission);
  if (submission.writer.kind === 'staff') return checked;
  const draft = terms.site.email_required ? requireEmail(checked, submission.fields) : checked;
  const taken = isDraft(draft) && terms.staffNameKeys.has(nameKey(draft.name));
  return taken ? { name: { key: 'reply.name.staff' } } : draft;
}

async function storeAll<Drafted extends NewComment & { readonly submission: Submission }>(
  trx: Transaction<Database>,
  { conversationId, terms, drafted }: { conversationId: number; terms: ReplyTerms; drafted: readonly Drafted[] },
): Promise<(Drafted & StoredComment)[]> {
  if (drafted.length === 0) return [];
  const stored = await storeComments(trx, { conversationId, comments: drafted });
  const posted = drafted.flatMap((comment, index) => {
    const known = stored[index];
    return known ? [{ ...comment, ...known }] : [];
  });
  await sweepWaves(trx, posted);
  for (const comment of posted) await tellAndFollow(trx, { conversationId, terms, ...comment });
  const waiting = posted.filter(({ verdict }) => verdict.status === 'pending');
  await announceWaiting(trx, { commentIds: waiting.map(({ commentId }) => commentId) });
  return posted;
}

async function tellAndFollow(
  trx: Transaction<Database>,
  {
    conversationId,
    terms,
    submission,
    commentId,
    browserId,
    parent,
    draft,
    verdict,
    now,
  }: NewComment & StoredComment & { conversationId: number; terms: ReplyTerms; submission: Submission },
): Promise<void> {
  if (terms.followed && isReadable(verdict.status)) {
    await announceReadable(trx, { commentId, conversationId, parentId: parent?.id ?? null, isNew: true, now });
  }
  // What looks like spam mails nobody: the address may be anyone's.
  if (browserId !== undefined && verdict.status !== 'spam') {
    await followFromReply(trx, {
      choice: readFollowChoice(submission.fields),
      email: draft.email,
      comment: { id: commentId, conversationId, waits: verdict.status === 'pending' },
      browserId,
      mayAsk: submission.mayAsk === true,
      now,
    });
  }
}

/** The same form was stored by another transaction while this one ran. */
export class SentMeanwhile extends Error {
  override readonly name = 'SentMeanwhile';
}
