import { randomUUID } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import type { Role } from '../accounts/table.ts';
import type { Database } from '../database.ts';
import { recordEvent } from '../events/queries.ts';
import { findStanding } from '../persons/queries.ts';
import { isShutOut, type ShutOut } from '../persons/standing.ts';
import { ask } from '../pipeline.ts';
import { currentRules } from '../rules/current.ts';
import { type Place, placesElsewhere } from '../rules/places.ts';
import { type Rule, rulesInForce } from '../rules/rule.ts';
import { rendererVersion } from '../text/renderer-version.ts';
import { closingOf, closuresAbove } from './closing.ts';
import { closingFacts, shareConversation } from './conversation.ts';
import { type EditRefusal, whyNotEdited } from './editing.ts';
import { countEdits, findWritten, replaceText, type WrittenComment } from './editing-queries.ts';
import { factsOf } from './facts.ts';
import { checkText, type FieldErrors } from './form.ts';
import { type History, historiesOf } from './history.ts';
import type { Facts, Verdict } from './judge.ts';
import { addLeadsAmong, vouches } from './leads.ts';
import { type CommentAction, isErased, nextStatus } from './lifecycle.ts';
import { outsideFact, unaskedBy } from './outside-fact.ts';
import { type Leading, leadsOf, replacePlaces } from './places.ts';
import { judgeComment } from './policies.ts';
import { insertJudgement } from './queries.ts';
import { type ReadText, readText } from './read-text.ts';
import { findScores } from './scores.ts';
import { speakerOf } from './speaker.ts';
import type { Submission, Unasked } from './submission.ts';
import { sweepWaves } from './sweep-copies.ts';
import { changeStatus, lockWithAncestors } from './transition.ts';

/** An edit as it arrives from the writer of a comment. */
export interface Edit {
  readonly commentId: number;
  readonly conversationId: number;
  /** The member of the staff who wrote the comment and edits it; undefined for a guest. */
  readonly staff: { readonly id: number; readonly role: Role } | undefined;
  /** From where a guest edits it. */
  readonly browserId: number | undefined;
  readonly networkHash: Buffer;
  /** As it was typed. */
  readonly body: string;
  /** `Edits.version` when the form was opened; undefined where nobody says. */
  readonly version: number | undefined;
  /** As of a reply. */
  readonly outside?: Submission['outside'];
  readonly ownHost?: Submission['ownHost'];
  readonly now: Date;
}

/** What became of an edit. */
export type EditOutcome =
  | { readonly kind: 'saved'; readonly verdict: Verdict }
  /** It says already what it should. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly why: EditRefusal }
  /** Moderators decided that this person writes nothing here at present. */
  | { readonly kind: 'shut_out'; readonly standing: ShutOut }
  | { readonly kind: 'overtaken'; readonly stored: string; readonly version: number }
  /** As of a reply. */
  | Unasked
  | { readonly kind: 'invalid'; readonly errors: FieldErrors };

/**
 * Gives a comment another text, and judges it as if it had just been written: in one transaction with what it said before,
 * its event, and its status where a rule holds it now. No edit lands after a closing.
 */
export function editComment(db: Kysely<Database>, edit: Edit): Promise<EditOutcome> {
  return db.transaction().execute(async (trx) => {
    const { commentId, now } = edit;
    const terms = await shareConversation(trx, edit.conversationId);
    const { site } = terms;

    const locked = await lockWithAncestors(trx, [commentId]);
    const comment = await findWritten(trx, commentId);
    if (!comment) return { kind: 'refused', why: 'deleted' };
    const body = edit.body.trim();
    if (body === comment.source && !isErased(comment.status)) return { kind: 'unchanged' };
    const closures = closuresAbove(terms.closures, comment.path);
    const closing = closingOf(
      closingFacts({ ...terms, closures, publishedAt: terms.post.published_at }),
      now,
      speakerOf(edit.staff, terms.post),
    );
    const edits = await countEdits(trx, commentId);
    const facts = { status: comment.status, createdAt: comment.created_at, editMinutes: site.edit_minutes };
    const why = whyNotEdited({ ...facts, closed: closing !== undefined, edits: edits.standing }, now);
    if (why) return { kind: 'refused', why };

    const standing = edit.staff ? undefined : await findStanding(trx, edit);
    if (isShutOut(standing)) return { kind: 'shut_out', standing };

    const errors = checkText(body);
    if (errors) return { kind: 'invalid', errors };
    const text = readText({ name: comment.name, website: comment.website, source: body });
    if (!text) return { kind: 'invalid', errors: { body: { key: 'reply.body.missing' } } };
    if (edit.version !== undefined && edit.version !== edits.version)
      return { kind: 'overtaken', stored: comment.source, version: edits.version };

    const rules = rulesInForce(await currentRules(trx, site.rules_token), terms.conversation.rule_switches);
    const unasked = edit.staff ? undefined : unaskedBy(rules, edit.outside);
    if (unasked) return unasked;

    const revision = await replaceText(trx, {
      comment,
      text,
      rendererVersion,
      editedAt: editedAt(comment, now),
      now,
    });
    const [leads] = await ask(
      trx,
      leadsOf({
        conversationId: edit.conversationId,
        comments: edit.staff ? [] : [leadingOf(comment, placesElsewhere(text.places, edit.ownHost))],
      }),
    );
    const known = factsOf(text, { staffRole: edit.staff?.role ?? null, terms, now });
    const verdict = await judgeAnew(trx, {
      comment,
      text,
      known: {
        ...known,
        ...outsideFact(edit.outside),
        standing: standing?.kind,
        leads: addLeadsAmong(leads ?? [], []),
      },
      rules,
      trained: terms.trained,
      now,
    });
    const vouching = comment.status === 'approved' && vouches(verdict);
    await replacePlaces(trx, { commentId, places: text.places, known: vouching, now });
    const action = actionAfter(verdict);
    const moves = action !== undefined && nextStatus(comment.status, action) !== undefined;
    const decided = {
      actorId: edit.staff?.id,
      rule: verdict.rule,
      // By which an edit of the staff can be taken back, together with what it led to.
      numbers: edit.staff ? { ...verdict.numbers, revision } : verdict.numbers,
      batch: edit.staff && moves ? randomUUID() : undefined,
      now,
    };
    await recordEvent(trx, { subjectKind: 'comment', subjectId: commentId, action: 'edit', ...decided });
    if (action) await changeStatus(trx, locked.values(), { action, ...decided });
    await sweepWaves(trx, [{ commentId, verdict }]);
    return { kind: 'saved', verdict };
  });
}

function leadingOf(
  { id, name, browser_id, network_hash, created_at }: WrittenComment,
  places: readonly Place[],
): Leading {
  const [browserId, networkHash] = [browser_id ?? undefined, network_hash ?? undefined];
  return { places, name, browserId, networkHash, editedId: id, now: created_at };
}

// Readers are told of an edit where they could have read something else before.
function editedAt({ status, edited_at }: WrittenComment, now: Date): Date | null {
  return status === 'approved' || edited_at !== null ? now : null;
}

async function judgeAnew(
  trx: Transaction<Database>,
  {
    comment,
    text,
    known,
    rules,
    trained,
    now,
  }: {
    comment: WrittenComment;
    text: ReadText;
    known: ReturnType<typeof factsOf> & Partial<Facts>;
    rules: readonly Rule[];
    trained: boolean;
    now: Date;
  },
): Promise<Verdict> {
  const writing = {
    browserId: comment.browser_id ?? undefined,
    networkHash: comment.network_hash ?? undefined,
    fingerprint: text.fingerprint,
    now: comment.created_at,
  };
  const [history] = await ask(trx, historiesOf({ writings: [writing], standings: false, editedId: comment.id }));
  const [score] = await findScores(trx, { texts: [text], trained });
  const { counts, copies } = history as History;
  const facts = { ...known, ...counts, copies, ...score, waiting: comment.status === 'pending' };
  const verdict = judgeComment(facts, { rules, words: text.words });
  await insertJudgement(trx, { commentId: comment.id, verdict, now });
  return verdict;
}

// What waits already cannot be held once more: then the table knows no such step, and nothing happens.
function actionAfter({ status }: Verdict): CommentAction | undefined {
  return status === 'approved' ? undefined : status === 'spam' ? 'spam' : 'hold';
}
