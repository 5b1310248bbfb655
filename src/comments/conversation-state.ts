import type { Response } from 'express';
import { rowsFor, viewerOf } from '../accounts/viewer.ts';
import type { AppContext } from '../context.ts';
import type { PostForReading } from '../posts/queries.ts';
import { siteOf } from '../site/current.ts';
import type { CommentMode } from '../site/table.ts';
import { type Closing, closesAt, closingOf, closuresAbove, holds, modeOf, nextClosingAt } from './closing.ts';
import type { StandingClosure } from './closures.ts';
import { closingFacts, findConversationState } from './conversation.ts';
import { speakerOf } from './speaker.ts';

/** Where a conversation stands for who reads it now. */
export interface ConversationStanding {
  /** What keeps this reader from replying to the post. */
  readonly closing: Closing | undefined;
  /** What keeps readers from it who are none of the staff. */
  readonly closedToReaders: Closing | undefined;
  /** What keeps this reader from replying to a comment, by its sort key. */
  readonly closingAt: (key: Buffer) => Closing | undefined;
  /** The branches that are closed to readers. */
  readonly closedBranches: readonly ClosedBranch[];
  /** When it closes to readers, as far as that is known; undefined where it is closed, or does not. */
  readonly closesAt: Date | undefined;
  /** When the clock changes something next. */
  readonly changesAt: Date | undefined;
  /** All closings by hand, those ahead too. */
  readonly closures: readonly StandingClosure[];
  /** The comment that stands above the others, while it can be read. */
  readonly pinnedId: number | undefined;
  readonly mode: CommentMode;
  readonly slowMinutes: number;
  /** How many comments can be read. */
  readonly readable: number;
}

type ClosedBranch = StandingClosure & { readonly branch: Buffer };

/** What decides whether and how one can reply to a post now, and how many comments can be read. */
export async function readConversationState(
  { db, rows }: Pick<AppContext, 'db' | 'rows'>,
  response: Response,
  { post, now }: { post: PostForReading; now: Date },
): Promise<ConversationStanding> {
  const id = post.conversation_id;
  const kept = rowsFor(response, rows);
  const { conversation, closures, lastSpokenAt, pinnedId, readable } = await kept.get(
    `conversation ${id}`,
    async () => {
      const subjects = ['site', `conversation ${id}`] as const;
      return { value: await findConversationState(db, id), subjects, bytes: 2_000 };
    },
  );
  const facts = closingFacts({
    site: siteOf(response),
    conversation,
    closures,
    lastSpokenAt,
    publishedAt: post.published_at,
  });
  const factsAt = (key?: Buffer) => ({ ...facts, closures: closuresAbove(closures, key) });
  const speaker = speakerOf(viewerOf(response), { authorIds: post.authors.map((author) => author.id) });
  const closedToReaders = closingOf(factsAt(), now);
  const closing = closingOf(factsAt(), now, speaker);
  const whole = closures.every(({ branch }) => !branch);
  return {
    closing,
    closedToReaders,
    closingAt: (key) => (whole ? closing : closingOf(factsAt(key), now, speaker)),
    closedBranches: closures.flatMap((closure) =>
      closure.branch && holds(closure, now) ? [{ ...closure, branch: closure.branch }] : [],
    ),
    closesAt: closedToReaders ? undefined : closesAt(factsAt(), now),
    changesAt: nextClosingAt(facts, now),
    closures,
    pinnedId: pinnedId ?? undefined,
    mode: modeOf(facts),
    slowMinutes: conversation.slow_minutes,
    readable,
  };
}
