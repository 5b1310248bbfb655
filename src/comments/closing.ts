import type { CommentMode } from '../site/table.ts';

/** What decides whether a conversation takes replies. */
export interface ClosingFacts {
  readonly siteMode: CommentMode;
  readonly siteCloseAfterDays: number | null;
  /** null: as the site. */
  readonly mode: CommentMode | null;
  /** null: as the site, 0: never. */
  readonly closeAfterDays: number | null;
  /** When the post was published; null: it is a draft. */
  readonly publishedAt: Date | null;
  /** The closing by hand that holds now. */
  readonly closure: { readonly reason: string; readonly closedAt: Date } | undefined;
}

/** That a conversation takes no replies: how that came about, since when if known, and the reason that readers see. */
export interface Closing {
  readonly by: 'hand' | 'age' | 'mode';
  readonly since: Date | undefined;
  readonly reason: string;
}

const day = 86_400_000;

/** Whether a conversation is closed now. A closing by hand is named before the others: it may have a reason. */
export function closingOf(facts: ClosingFacts, now: Date): Closing | undefined {
  if (facts.closure) return { by: 'hand', since: facts.closure.closedAt, reason: facts.closure.reason };
  if (modeOf(facts) === 'closed') return { by: 'mode', since: undefined, reason: '' };
  const since = closesAt(facts);
  return since && since <= now ? { by: 'age', since, reason: '' } : undefined;
}

/** When a conversation closes by itself; undefined: it does not. */
export function closesAt({ closeAfterDays, siteCloseAfterDays, publishedAt }: ClosingFacts): Date | undefined {
  const days = closeAfterDays ?? siteCloseAfterDays;
  return publishedAt && days ? new Date(publishedAt.getTime() + days * day) : undefined;
}

/** The mode that holds: the conversation's own, or else the site's. A closed site is closed throughout. */
export function modeOf({ mode, siteMode }: Pick<ClosingFacts, 'mode' | 'siteMode'>): CommentMode {
  return siteMode === 'closed' ? 'closed' : (mode ?? siteMode);
}
