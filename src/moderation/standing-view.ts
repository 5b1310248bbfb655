import type { Dates } from '../http/dates.ts';
import type { Message } from '../http/messages.ts';
import { type GivenStanding, wayOf } from '../persons/person.ts';
import { personHref, personLogHref } from './person-addresses.ts';
import type { CurrentStanding } from './person-queries.ts';

/** What was decided about a person, as pages list it. */
export interface StandingView {
  readonly id: number;
  /** What it is, by what the person is known, and until when. */
  readonly told: Message;
  /** Who decided it, and when. */
  readonly given: Message;
  readonly reason: string;
  readonly note: string;
  readonly holds: boolean;
  /** Path that ends it before its time. */
  readonly endAction: string;
  /** The name as it was typed; empty where it was erased. */
  readonly name: string;
  /** Path of the page about the person; undefined where nothing they wrote leads there. */
  readonly personHref: string | undefined;
  readonly logHref: string;
}

/** Makes a standing ready to print. */
export function presentStanding(
  row: GivenStanding & Partial<CurrentStanding>,
  { dates, now }: { dates: Dates; now: Date },
): StandingView {
  const { id, kind, ends_at, ended_at, begins_at, comment_id } = row;
  const until = ended_at ?? ends_at;
  return {
    id,
    told: {
      key: `person.told.${kind}`,
      values: { by: wayOf(row), ends: until ? 'yes' : 'no', until: until ? dates.minute(until) : '' },
    },
    given: { key: 'person.given', values: { actor: row.giver, when: dates.minute(begins_at) } },
    reason: row.reason,
    note: row.note,
    holds: ended_at === null && (ends_at === null || ends_at > now),
    endAction: `/moderation/people/${id}/end`,
    name: row.name ?? '',
    personHref: comment_id === null ? undefined : personHref(comment_id),
    logHref: personLogHref(id),
  };
}
