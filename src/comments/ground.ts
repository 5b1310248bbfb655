import type { Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { readId } from '../http/fields.ts';
import { ask, together } from '../pipeline.ts';
import { currentRules } from '../rules/current.ts';
import { placesElsewhere } from '../rules/places.ts';
import type { RuleChoice } from '../rules/rule.ts';
import { conversationShared, type ReplyTerms } from './conversation.ts';
import { type History, historiesOf, type Writing } from './history.ts';
import type { Lead } from './judge.ts';
import { limitedByHour, limitedByPace, waitAfter, writersTaken } from './limits.ts';
import { type Leading, leadsOf } from './places.ts';
import { type ParentRow, parentsShared } from './queries.ts';
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

/** What is asked before anything else, with the answers. */
export type Found = Awaited<ReturnType<ReturnType<typeof groundAsked>>>;

/**
 * Locks a conversation and asks about all replies of a group, nearly all that there is to ask. Locks in the order that
 * docs/architecture.md names: the conversation, networks and browsers, then parents.
 */
export function groundAsked(submissions: readonly Submission[]) {
  const [{ conversationId }] = submissions as [Submission];
  const guests = guestsAmong(submissions);
  const parentIds = submissions.flatMap(({ fields }) => readId(fields.parent) ?? []);
  return together([
    ...conversationShared(conversationId),
    ...writersTaken(guests, conversationId),
    limitedByHour(guests),
    parentsShared({ conversationId, ids: parentIds }),
    historiesOf({ writings: submissions.map(writingOf), standings: true }),
    leadsOf({ comments: submissions.map(leadingOf), conversationId }),
  ]);
}

/** Asks what depends on what was found, and puts it all together. */
export async function gatherGround(
  trx: Transaction<Database>,
  { submissions, found }: { submissions: readonly Submission[]; found: Found },
): Promise<Ground> {
  const [_turns, terms, _networks, _browsers, hourly, parents, histories, leads] = found;
  const [{ conversationId }] = submissions as [Submission];
  const guests = guestsAmong(submissions);
  const slowMinutes = terms.conversation.slow_minutes;
  const paced = await ask(trx, limitedByPace(guests, { conversationId, slowMinutes }));
  const waits = guests.flatMap(({ submission, now }, index) => {
    const latest = { hourly: hourly[index] ?? null, paced: paced[index] ?? null };
    const wait = waitAfter(latest, { slowMinutes, now });
    return wait ? [[submission, wait] as const] : [];
  });
  return {
    terms,
    leads: new Map(submissions.map((submission, index) => [submission, leads[index] ?? []])),
    scores: await scoresOf(trx, { submissions, trained: terms.trained }),
    rules: await currentRules(trx, terms.site.rules_token),
    waits: new Map(waits),
    parents,
    histories: new Map(submissions.map((submission, index) => [submission, histories[index] as History])),
  };
}

function guestsAmong(submissions: readonly Submission[]) {
  return submissions.flatMap((submission) => {
    const { writer, networkHash, limit, now } = submission;
    return writer.kind === 'guest' ? [{ submission, networkHash, browserId: writer.browserId, limit, now }] : [];
  });
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
  { submissions, trained }: { submissions: readonly Submission[]; trained: boolean },
): Promise<Map<Submission, ScoreFacts>> {
  const read = submissions.flatMap((submission) => {
    const { text } = readingOf(submission);
    return text ? [{ submission, text }] : [];
  });
  const scores = await findScores(trx, { texts: read.map(({ text }) => text), trained });
  return new Map(read.map(({ submission }, index) => [submission, scores[index] as ScoreFacts]));
}
