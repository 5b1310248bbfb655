import type { Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { readId } from '../http/fields.ts';
import { currentRules } from '../rules/current.ts';
import { placesElsewhere } from '../rules/places.ts';
import type { RuleChoice } from '../rules/rule.ts';
import type { ReplyTerms } from './conversation.ts';
import { gatherHistories, type History, type Writing } from './history.ts';
import type { Lead } from './judge.ts';
import { waitsFor } from './limits.ts';
import { findLeads, type Leading } from './places.ts';
import { type ParentRow, shareParents } from './queries.ts';
import { readingOf } from './reading.ts';
import { findScores, type ScoreFacts } from './scores.ts';
import type { Submission, Wait } from './submission.ts';

/** All that the database says before replies are judged. */
export interface Ground {
  readonly terms: ReplyTerms;
  /** How long guests have to wait before they may post again; who may now is missing. */
  readonly waits: ReadonlyMap<Submission, Wait>;
  /** What is answered, by id. */
  readonly parents: ReadonlyMap<number, ParentRow>;
  readonly histories: ReadonlyMap<Submission, History>;
  readonly rules: readonly RuleChoice[];
  /** The places to which each leads that are not known, with the strangers who led there before. */
  readonly leads: ReadonlyMap<Submission, readonly Lead[]>;
  /** What the learner says of those that can be read. */
  readonly scores: ReadonlyMap<Submission, ScoreFacts>;
}

/**
 * Asks the database about all replies of a group at once. Locks in the order that docs/architecture.md names: networks and browsers,
 * then parents.
 *
 * @param open those that are not refused already.
 */
export async function gatherGround(
  trx: Transaction<Database>,
  { conversationId, open, terms }: { conversationId: number; open: readonly Submission[]; terms: ReplyTerms },
): Promise<Ground> {
  const guests = open.flatMap((submission) => {
    const { writer, networkHash, limit, now } = submission;
    return writer.kind === 'guest' ? [{ submission, networkHash, browserId: writer.browserId, limit, now }] : [];
  });
  const pace = { conversationId, slowMinutes: terms.conversation.slow_minutes };
  const found = await waitsFor(trx, { writers: guests, pace });
  const waits = guests.flatMap(({ submission }, index) => {
    const wait = found[index];
    return wait === undefined ? [] : [[submission, wait] as const];
  });
  const parents = await shareParents(trx, {
    conversationId,
    ids: open.flatMap(({ fields }) => readId(fields.parent) ?? []),
  });
  const histories = await gatherHistories(trx, {
    writings: open.map(writingOf),
    judged: terms.judged,
  });
  const leads = await findLeads(trx, { comments: open.map(leadingOf), conversationId });
  return {
    terms,
    leads: new Map(open.map((submission, index) => [submission, leads[index] ?? []])),
    scores: await scoresOf(trx, { open, trained: terms.trained }),
    rules: await currentRules(trx, terms.site.rules_token),
    waits: new Map(waits),
    parents,
    histories: new Map(open.map((submission, index) => [submission, histories[index] as History])),
  };
}

function writingOf(submission: Submission): Writing {
  const { writer, networkHash, now } = submission;
  const browserId = writer.kind === 'guest' ? writer.browserId : undefined;
  return { browserId, networkHash, fingerprint: readingOf(submission).text?.fingerprint, now };
}

// The staff may lead anywhere.
function leadingOf(submission: Submission): Leading {
  const { writer, networkHash, ownHost, now } = submission;
  const { text } = readingOf(submission);
  const places = text && writer.kind === 'guest' ? placesElsewhere(text.places, ownHost) : [];
  const browserId = writer.kind === 'guest' ? writer.browserId : undefined;
  return { places, browserId, networkHash, name: text?.name ?? '', now };
}

async function scoresOf(
  trx: Transaction<Database>,
  { open, trained }: { open: readonly Submission[]; trained: boolean },
): Promise<Map<Submission, ScoreFacts>> {
  const read = open.flatMap((submission) => {
    const { text } = readingOf(submission);
    return text ? [{ submission, text }] : [];
  });
  const scores = await findScores(trx, { texts: read.map(({ text }) => text), trained });
  return new Map(read.map(({ submission }, index) => [submission, scores[index] as ScoreFacts]));
}
