import { hrefOf } from '../posts/addresses.ts';
import type { PostForReading } from '../posts/queries.ts';
import type { Closure } from '../posts/table.ts';
import { type ClosingScope, holds } from './closing.ts';
import type { StandingClosure } from './closures.ts';
import type { ConversationStanding } from './conversation-state.ts';
import type { LocatedComment } from './queries.ts';
import { nearestBranch } from './thread.ts';

/** For those who may close and reopen something: where they do, and what holds already. */
export interface ClosingTools {
  readonly scope: ClosingScope;
  /** Undefined where it is closed. */
  readonly closeAction: string | undefined;
  /** Undefined where it is open, or closed by a setting. */
  readonly reopenAction: string | undefined;
  /** The closing by hand that lies ahead. */
  readonly ahead: { readonly beginsAt: Date; readonly reason: string; readonly rejectsWaiting: boolean } | undefined;
  /** What staff wrote down at the closing that holds, or lies ahead. */
  readonly note: string;
  /** The pace of the conversation in minutes (0: no slow mode), to what and where it is set. Undefined where it is closed. */
  readonly pace: { readonly action: string; readonly minutes: number; readonly choices: readonly number[] } | undefined;
  /** Where rules are switched for the conversation. Undefined for a branch, and for the site. */
  readonly rulesHref: string | undefined;
  /** Where the comment that begins the branch is put above the others, or let down again. Undefined for more than a branch. */
  readonly pin: { readonly action: string; readonly pinned: boolean } | undefined;
  /** The queue with the comments of this post alone. */
  readonly queueHref: string | undefined;
}

type Standing = Pick<ConversationStanding, 'closures' | 'closedToReaders' | 'slowMinutes' | 'pinnedId'> & {
  readonly now: Date;
};

/** For the conversation of a post. */
export function closingTools(
  post: PostForReading,
  { closures, closedToReaders, slowMinutes, now }: Standing,
): ClosingTools {
  const href = hrefOf(post);
  const closure = closures.find(({ scope }) => scope === 'conversation');
  const byItself = closedToReaders?.by === 'age' || closedToReaders?.by === 'quiet';
  const closed = closedToReaders?.by === 'mode' || byItself;
  return {
    ...toolsFor('conversation', { path: `${href}/closures`, closure, closed, reopenable: byItself, now }),
    pace: closedToReaders
      ? undefined
      : { action: `${href}/pace`, minutes: slowMinutes, choices: choicesWith(slowMinutes) },
    rulesHref: `${href}/rules`,
    pin: undefined,
    queueHref: `/moderation?post=${post.id}`,
  };
}

/** For the branch that a comment begins; undefined where none begins there. */
export function branchClosingTools(
  { id, path, status }: Pick<LocatedComment, 'id' | 'path' | 'status'>,
  {
    closures,
    closedToReaders,
    pinnedId,
    may,
    now,
  }: Standing & { readonly may: { readonly close: boolean; readonly pin: boolean } },
): ClosingTools | undefined {
  if (nearestBranch(path) !== path) return undefined;
  const closure = closures.find(({ branch }) => branch?.equals(path));
  const tools = toolsFor('branch', {
    path: `/comments/${id}/closures`,
    closure,
    closed: closedToReaders !== undefined,
    now,
  });
  const pinned = pinnedId === id;
  const pin =
    may.pin && status === 'approved' ? { action: `/comments/${id}/${pinned ? 'unpin' : 'pin'}`, pinned } : undefined;
  const closing = may.close ? tools : { ...tools, closeAction: undefined, reopenAction: undefined };
  return { ...closing, pace: undefined, rulesHref: undefined, pin, queueHref: undefined };
}

/** For all conversations of the site at once. */
export function siteClosingTools({ closure, now }: { closure: Closure | undefined; now: Date }): ClosingTools {
  const standing = closure && {
    ...closure,
    beginsAt: closure.begins_at ?? undefined,
    rejectsWaiting: closure.waiting_batch !== null,
  };
  const tools = toolsFor('site', { path: '/moderation/closures', closure: standing, now });
  return { ...tools, pace: undefined, rulesHref: undefined, pin: undefined, queueHref: undefined };
}

function toolsFor(
  scope: ClosingScope,
  {
    path,
    closure,
    closed = false,
    reopenable = false,
    now,
  }: {
    path: string;
    closure: Pick<StandingClosure, 'beginsAt' | 'reason' | 'note' | 'rejectsWaiting'> | undefined;
    /** Whether it is closed otherwise than by hand, and can be opened all the same. */
    closed?: boolean;
    reopenable?: boolean;
    now: Date;
  },
): Omit<ClosingTools, 'pace' | 'pin' | 'rulesHref' | 'queueHref'> {
  const ahead = closure?.beginsAt && !holds(closure, now) ? closure.beginsAt : undefined;
  return {
    scope,
    closeAction: closed || (closure && !ahead) ? undefined : path,
    reopenAction: closure || reopenable ? `${path}/current/reopen` : undefined,
    ahead: ahead && {
      beginsAt: ahead,
      reason: closure?.reason ?? '',
      rejectsWaiting: closure?.rejectsWaiting ?? false,
    },
    note: closure?.note ?? '',
  };
}

const usualPaces = [0, 1, 5, 15, 60];

// What it is set to now is among them, whoever set it to that.
function choicesWith(minutes: number): number[] {
  return [...new Set([...usualPaces, minutes])].toSorted((one, other) => one - other);
}
