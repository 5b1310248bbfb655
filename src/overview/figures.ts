import type { AnsweredAppeal, CountedDecision } from './queries.ts';

/** How many days the figures reach back, today among them. */
export const daysShown = 30;

/** How long decisions took, in seconds. */
export interface Waits {
  readonly count: number;
  readonly median: number;
  /** 95 of 100 took no longer. */
  readonly p95: number;
}

/** What is told about the last days. A day is written as “2026-11-28”, in the site's time zone. */
export interface Figures {
  readonly waits: Waits | undefined;
  readonly waitsByDay: readonly { readonly day: string; readonly waits: Waits | undefined }[];
  /** Who decided how often, the busiest first. */
  readonly workload: readonly { readonly id: number; readonly name: string; readonly count: number }[];
  readonly decided: number;
  readonly overturned: number;
  readonly overturnedByDay: readonly DayCount[];
  /** Appeals that were answered, and how many of them took a decision back. */
  readonly appeals: number;
  readonly granted: number;
  readonly grantedByDay: readonly DayCount[];
  readonly spam: number;
  readonly spamByDay: readonly DayCount[];
}

/** A number for one day. */
export interface DayCount {
  readonly day: string;
  readonly count: number;
}

/** The days that are told about, the oldest first, and the moment at which the first of them began. */
export function lastDays(now: Date, timeZone: string): { readonly days: readonly string[]; readonly since: Date } {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone).toPlainDate();
  const first = today.subtract({ days: daysShown - 1 });
  const days = Array.from({ length: daysShown }, (_, index) => first.add({ days: index }).toString());
  return { days, since: new Date(first.toZonedDateTime(timeZone).epochMilliseconds) };
}

/** Makes the figures of what was decided, and of the spam that came. */
export function figuresOf({
  decisions,
  appeals,
  spamTimes,
  days,
  timeZone,
}: {
  decisions: readonly CountedDecision[];
  appeals: readonly AnsweredAppeal[];
  spamTimes: readonly Date[];
  days: readonly string[];
  timeZone: string;
}): Figures {
  const dayOf = (time: Date) =>
    Temporal.Instant.fromEpochMilliseconds(time.getTime()).toZonedDateTimeISO(timeZone).toPlainDate().toString();
  const byDay = Map.groupBy(decisions, ({ decidedAt }) => dayOf(decidedAt));
  const granted = appeals.filter((appeal) => appeal.granted).map(({ answeredAt }) => answeredAt);
  const grantedOf = Map.groupBy(granted, dayOf);
  const spamOf = Map.groupBy(spamTimes, dayOf);
  const overturned = (some: readonly CountedDecision[]) => some.filter((each) => each.overturned).length;
  return {
    waits: waitsOf(decisions),
    waitsByDay: days.map((day) => ({ day, waits: waitsOf(byDay.get(day) ?? []) })),
    workload: workloadOf(decisions),
    decided: decisions.length,
    overturned: overturned(decisions),
    overturnedByDay: days.map((day) => ({ day, count: overturned(byDay.get(day) ?? []) })),
    appeals: appeals.length,
    granted: granted.length,
    grantedByDay: days.map((day) => ({ day, count: grantedOf.get(day)?.length ?? 0 })),
    spam: spamTimes.length,
    spamByDay: days.map((day) => ({ day, count: spamOf.get(day)?.length ?? 0 })),
  };
}

/** The day with the highest number; undefined where nothing was counted. */
export function highestDay(counts: readonly DayCount[]): DayCount | undefined {
  const highest = counts.reduce<DayCount | undefined>(
    (most, each) => (most && most.count >= each.count ? most : each),
    undefined,
  );
  return highest?.count ? highest : undefined;
}

function waitsOf(decisions: readonly CountedDecision[]): Waits | undefined {
  const seconds = decisions.flatMap(({ waited }) => waited ?? []).sort((a, b) => a - b);
  if (seconds.length === 0) return undefined;
  return { count: seconds.length, median: quantileOf(seconds, 0.5), p95: quantileOf(seconds, 0.95) };
}

/** Between two neighbours it is as far as the share is between theirs. */
function quantileOf(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const [below = 0, above = 0] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (above - below) * (place - Math.floor(place));
}

function workloadOf(decisions: readonly CountedDecision[]): Figures['workload'] {
  const people = [...Map.groupBy(decisions, ({ moderatorId }) => moderatorId)].map(([id, own]) => ({
    id,
    name: own[0]?.moderator ?? '',
    count: own.length,
  }));
  return people.sort((a, b) => b.count - a.count || a.id - b.id);
}
