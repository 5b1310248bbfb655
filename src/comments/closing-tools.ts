import { hrefOf } from '../posts/addresses.ts';
import type { PostForReading } from '../posts/queries.ts';
import type { Closing } from './closing.ts';

/** For those who may close and reopen a conversation: where they do, and what they noted when it was closed. */
export interface ClosingTools {
  /** Undefined where it is closed. */
  readonly closeAction: string | undefined;
  /** Undefined where it is open, or closed by a setting. */
  readonly reopenAction: string | undefined;
  readonly note: string;
  /** The pace of the conversation in minutes (0: no slow mode), to what and where it is set. Undefined where it is closed. */
  readonly pace: { readonly action: string; readonly minutes: number; readonly choices: readonly number[] } | undefined;
  /** The queue with the comments of this post alone. */
  readonly queueHref: string;
}

/** @param note what staff wrote down at the closing that holds now. */
export function closingTools(
  post: PostForReading,
  { closing, note, slowMinutes }: { closing: Closing | undefined; note: string; slowMinutes: number },
): ClosingTools {
  const href = hrefOf(post);
  return {
    closeAction: closing ? undefined : `${href}/closures`,
    reopenAction: closing && closing.by !== 'mode' ? `${href}/closures/current/reopen` : undefined,
    note,
    pace: closing ? undefined : { action: `${href}/pace`, minutes: slowMinutes, choices: choicesWith(slowMinutes) },
    queueHref: `/moderation?post=${post.id}`,
  };
}

const usualPaces = [0, 1, 5, 15, 60];

// What it is set to now is among them, whoever set it to that.
function choicesWith(minutes: number): number[] {
  return [...new Set([...usualPaces, minutes])].toSorted((one, other) => one - other);
}
