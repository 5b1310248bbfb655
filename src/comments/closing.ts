import type { Speakers } from '../posts/table.ts';
import type { CommentMode } from '../site/table.ts';

/** What is closed: all conversations, one of them, or one branch of it. */
export type ClosingScope = 'site' | 'conversation' | 'branch';

/** A closing by hand that was not taken back; it may lie ahead. */
export interface HandClosing {
  readonly scope: ClosingScope;
  /** Shown to readers. */
  readonly reason: string;
  readonly closedAt: Date;
  /** From when on it holds; undefined: since the closing, whatever the clocks of other processes say. */
  readonly beginsAt: Date | undefined;
  /** Who may still speak. */
  readonly speakers: Speakers;
}

/** What decides whether a conversation takes replies. Days: null: as the site, 0: never. */
export interface ClosingFacts {
  readonly siteMode: CommentMode;
  readonly siteCloseAfterDays: number | null;
  readonly siteCloseAfterQuietDays: number | null;
  /** null: as the site. */
  readonly mode: CommentMode | null;
  /** Days after publication. */
  readonly closeAfterDays: number | null;
  /** Days in which nothing was said. */
  readonly closeAfterQuietDays: number | null;
  /** When the post was published; null: it is a draft. */
  readonly publishedAt: Date | null;
  /** When the last comment came that can be read; null: there is none. */
  readonly lastSpokenAt: Date | null;
  /** Of the site, the conversation, and of the branches that are asked about. */
  readonly closures: readonly HandClosing[];
}

/** That no replies are taken: how that came about, since when if known, the reason that readers see, and who still speaks. */
export interface Closing {
  readonly by: 'hand' | 'age' | 'quiet' | 'mode';
  readonly scope: ClosingScope;
  readonly since: Date | undefined;
  readonly reason: string;
  readonly speakers: Speakers;
}

/** Who wants to speak: one of the post's authors, others who moderate it, or anybody. */
export type Speaker = 'author' | 'staff' | 'guest';

const day = 86_400_000;

/**
 * Whether somebody finds a conversation closed now, for the widest reason that there is. What is closed by hand is named
 * before the others: it may have a reason.
 */
export function closingOf(facts: ClosingFacts, now: Date, speaker: Speaker = 'guest'): Closing | undefined {
  const standing = [...closedByHand(facts, now), ...closedByMode(facts), ...closedByItself(facts, now)];
  return standing.find(({ speakers }) => !maySpeak(speaker, speakers));
}

/** Whether a closing by hand holds, and does not lie ahead. */
export function holds({ beginsAt }: Pick<HandClosing, 'beginsAt'>, now: Date): boolean {
  return beginsAt === undefined || beginsAt <= now;
}

/** Those of the closings that a reply to a comment meets: of the branches that it stands in, and of more than a branch. */
export function closuresAbove<Each extends { readonly branch: Buffer | undefined }>(
  closures: readonly Each[],
  key: Buffer | undefined,
): Each[] {
  return closures.filter(({ branch }) => !branch || key?.subarray(0, branch.length).equals(branch));
}

/** Whether somebody is among those who may still speak. */
function maySpeak(speaker: Speaker, speakers: Speakers): boolean {
  if (speakers === 'author') return speaker === 'author';
  return speakers === 'staff' && speaker !== 'guest';
}

/** When a conversation closes, by hand or by itself, as far as that is known; undefined: it does not. */
export function closesAt(facts: ClosingFacts, now: Date): Date | undefined {
  return earliest([...closingTimes(facts), ...days(facts, 'age')], now);
}

/** When the clock changes something next: a closing begins, of the conversation or of a branch in it. */
export function nextClosingAt(facts: ClosingFacts, now: Date): Date | undefined {
  const all = facts.closures.flatMap(({ beginsAt }) => beginsAt ?? []);
  return earliest([...all, ...days(facts, 'age'), ...days(facts, 'quiet')], now);
}

/** The mode that holds: the conversation's own, or else the site's. A closed site is closed throughout. */
export function modeOf({ mode, siteMode }: Pick<ClosingFacts, 'mode' | 'siteMode'>): CommentMode {
  return siteMode === 'closed' ? 'closed' : (mode ?? siteMode);
}

function closedByHand({ closures }: ClosingFacts, now: Date): Closing[] {
  const widest: readonly ClosingScope[] = ['site', 'conversation', 'branch'];
  return closures
    .filter((closure) => holds(closure, now))
    .toSorted((one, other) => widest.indexOf(one.scope) - widest.indexOf(other.scope))
    .map(({ scope, reason, speakers, beginsAt, closedAt }) => ({
      by: 'hand',
      scope,
      since: beginsAt ?? closedAt,
      reason,
      speakers,
    }));
}

function closedByMode(facts: ClosingFacts): Closing[] {
  if (modeOf(facts) !== 'closed') return [];
  const scope = facts.siteMode === 'closed' ? 'site' : 'conversation';
  return [{ by: 'mode', scope, since: undefined, reason: '', speakers: 'nobody' }];
}

function closedByItself(facts: ClosingFacts, now: Date): Closing[] {
  return (['age', 'quiet'] as const).flatMap((by) =>
    days(facts, by)
      .filter((since) => since <= now)
      .map((since) => ({ by, scope: 'conversation', since, reason: '', speakers: 'nobody' }) as const),
  );
}

// What was chosen by hand outlasts what comes by itself, also where it lies ahead.
function days(facts: ClosingFacts, by: 'age' | 'quiet'): Date[] {
  const { publishedAt, lastSpokenAt, closures } = facts;
  const count =
    by === 'age'
      ? (facts.closeAfterDays ?? facts.siteCloseAfterDays)
      : (facts.closeAfterQuietDays ?? facts.siteCloseAfterQuietDays);
  if (!publishedAt || !count || closures.some(({ scope }) => scope === 'conversation')) return [];
  const from = by === 'quiet' && lastSpokenAt && lastSpokenAt > publishedAt ? lastSpokenAt : publishedAt;
  return [new Date(from.getTime() + count * day)];
}

function closingTimes({ closures }: ClosingFacts): Date[] {
  return closures.flatMap(({ scope, beginsAt }) => (scope === 'branch' || !beginsAt ? [] : [beginsAt]));
}

function earliest(times: readonly Date[], now: Date): Date | undefined {
  return times.filter((time) => time > now).toSorted((one, other) => one.getTime() - other.getTime())[0];
}
