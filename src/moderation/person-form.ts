import { randomUUID } from 'node:crypto';
import { readLocalTime } from '../http/dates.ts';
import { readFields, readId } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import type { NewStanding } from '../persons/give.ts';
import { knownBy, type Person } from '../persons/person.ts';
import { type KnownBy, shutsOut, standingKinds, waysOfKnowing } from '../persons/standing.ts';
import { isUuid } from '../text/uuid.ts';
import { checkWords } from './form.ts';

/** For how many days a standing can be given. */
export const lengths = { day: 1, week: 7, month: 30, year: 365 } as const;

/** The lengths in the order of the choices, and the other two that a form offers. */
export const endChoices = ['day', 'week', 'month', 'year', 'date', 'open'] as const;

/** Days that a standing can last at most, and one of a network: as long as the networks of comments are kept. */
export const longest = { person: 1_830, network: 30 } as const;

const dayLength = 86_400_000;

/** A decision about a person, as it came with the form. */
export interface StandingForm {
  readonly standing: NewStanding;
  /** The last event about the person that the moderator was shown; 0: none; undefined: nobody says. */
  readonly seen: number | undefined;
}

/**
 * Reads a decision about a person.
 *
 * @param timeZone the zone in which a date ends.
 * @returns a sentence where something in it cannot be taken.
 */
export function readStanding(
  body: unknown,
  { person, timeZone, now }: { person: Person; timeZone: string; now: Date },
): StandingForm | Message {
  const fields = readFields(body, ['kind', 'by', 'ends', 'until', 'reason', 'note', 'seen']);
  const kind = standingKinds.find((each) => each === fields.kind);
  if (!kind) return { key: 'person.wrong.kind' };
  const by = knownBy(person).find((each) => each === fields.by);
  if (!by) return { key: 'person.wrong.by' };
  if (by === 'network' && kind === 'trusted') return { key: 'person.wrong.networkTrusted' };
  const endsAt = readEnd(fields, { timeZone, now });
  if (endsAt === undefined) return { key: 'person.wrong.end' };
  if (endsAt === null && (shutsOut(kind) || by === 'network')) return { key: 'person.wrong.endMissing' };
  if (endsAt && endsAt <= now) return { key: 'person.wrong.endPast' };
  const most = longest[by === 'network' ? 'network' : 'person'];
  if (endsAt && endsAt.getTime() - now.getTime() > most * dayLength)
    return { key: `person.wrong.endLate`, values: { most } };
  const [reason, note] = [fields.reason.trim(), fields.note.trim()];
  const wrongWords = checkWords(reason, note);
  if (wrongWords) return wrongWords;
  const seen = fields.seen === '0' ? 0 : readId(fields.seen);
  return { standing: { kind, by, endsAt, reason, note }, seen };
}

// null: it is left open; undefined: nothing that one can choose. A day that is named is the last one.
function readEnd(
  { ends, until }: { ends: string; until: string },
  { timeZone, now }: { timeZone: string; now: Date },
): Date | null | undefined {
  if (ends === 'open') return null;
  if (ends === 'date') return readLocalTime(`${until}T23:59`, timeZone);
  const length = Object.entries(lengths).find(([name]) => name === ends)?.[1];
  return length === undefined ? undefined : new Date(now.getTime() + length * dayLength);
}

/** Which comments of a person are swept up, and how. */
export interface SweepForm {
  readonly by: KnownBy;
  /** Only what waits, or also what readers see. */
  readonly scope: 'pending' | 'all';
  readonly action: 'reject' | 'spam';
  readonly reason: string;
  /** UUID of the form, by which many comments are swept up once, though it is sent twice. */
  readonly batch: string;
}

/** Reads what is to be swept up. @returns a sentence where something in it cannot be taken. */
export function readSweep(body: unknown, { person }: { person: Person }): SweepForm | Message {
  const { which, action, reason, key } = readFields(body, ['which', 'action', 'reason', 'key']);
  const [way, scope] = which.split(':');
  const by = waysOfKnowing.find((each) => each === way && knownBy(person).includes(each));
  if (!by || (scope !== 'pending' && scope !== 'all')) return { key: 'personSweep.wrong.which' };
  // What stands was read, and others share the network.
  if (by === 'network' && scope === 'all') return { key: 'personSweep.wrong.network' };
  if (action !== 'reject' && action !== 'spam') return { key: 'decision.unknownAction' };
  const form = { by, scope, action, reason: reason.trim(), batch: isUuid(key) ? key : randomUUID() } as const;
  return checkWords(form.reason, '') ?? form;
}
