import type { Kysely, Transaction } from 'kysely';
import { staffNames } from '../accounts/queries.ts';
import type { Database } from '../database.ts';
import { anyStanding } from '../persons/queries.ts';
import type { Closure, Conversation, Post } from '../posts/table.ts';
import type { Site } from '../site/table.ts';
import { shareTurns, takeTurn } from '../turns.ts';
import type { ClosingFacts } from './closing.ts';

/** What decides whether and how a reply is taken, as it is and stays until the reply is stored. */
export interface ReplyTerms {
  readonly site: Site;
  readonly conversation: Pick<Conversation, 'mode' | 'close_after_days' | 'slow_minutes'>;
  /** The closing by hand that holds now. */
  readonly closure: Pick<Closure, 'reason' | 'closed_at'> | undefined;
  /** Where its post stands. */
  readonly post: Pick<Post, 'published_at' | 'deleted_at'>;
  /** Names that guests cannot take. */
  readonly staffNames: readonly string[];
  /** Whether somebody has asked to be told of replies. */
  readonly followed: boolean;
  /** Whether there may be anybody of whom moderators decided how to meet them. */
  readonly judged: boolean;
}

/**
 * Holds a conversation open while a reply is written: any number of replies share it, and a closing, of it or of the whole
 * site, waits for them.
 */
export async function shareConversation(trx: Transaction<Database>, id: number): Promise<ReplyTerms> {
  await shareTurns(trx, [
    { about: 'conversation', id },
    { about: 'site', id: 1 },
  ]);
  // By a statement of its own: one that waited for its turn would still see what was before.
  const row = await trx
    .selectFrom('conversation')
    .innerJoin('post', 'post.conversation_id', 'conversation.id')
    .innerJoin('site', (join) => join.onTrue())
    .leftJoin('closure', (join) =>
      join.onRef('closure.conversation_id', '=', 'conversation.id').on('closure.reopened_at', 'is', null),
    )
    .selectAll('site')
    .select([
      'conversation.mode as own_mode',
      'conversation.close_after_days as own_close_after_days',
      'conversation.slow_minutes',
      'closure.reason',
      'closure.closed_at',
      'post.published_at',
      'post.deleted_at',
    ])
    .select(staffNames().as('staff_names'))
    .select(({ exists, selectFrom }) =>
      exists(
        selectFrom('subscription')
          .select('subscription.id')
          .whereRef('subscription.conversation_id', '=', 'conversation.id')
          .where('subscription.confirmed_at', 'is not', null),
      ).as('followed'),
    )
    .select(anyStanding().as('judged'))
    .where('conversation.id', '=', id)
    .forShare('conversation')
    .executeTakeFirstOrThrow();
  const {
    own_mode,
    own_close_after_days,
    slow_minutes,
    reason,
    closed_at,
    published_at,
    deleted_at,
    staff_names,
    followed,
    judged,
    ...site
  } = row;
  return {
    site,
    conversation: { mode: own_mode, close_after_days: own_close_after_days, slow_minutes },
    closure: reason === null || closed_at === null ? undefined : { reason, closed_at },
    post: { published_at, deleted_at },
    staffNames: staff_names,
    followed: Boolean(followed),
    judged,
  };
}

/**
 * Takes a conversation alone, to close or reopen it: waits for the replies under way, and no other begins, however many
 * come.
 */
export async function takeConversation(trx: Transaction<Database>, id: number): Promise<Conversation> {
  await takeTurn(trx, { about: 'conversation', id });
  return await trx.selectFrom('conversation').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
}

/** What a page needs to know of a conversation beside its comments. */
export interface ConversationState {
  readonly conversation: Conversation;
  /** The closing by hand that holds now. */
  readonly closure: Closure | undefined;
  /** How many comments can be read. */
  readonly readable: number;
}

/** Reads all that a page says of a conversation, for every reader alike. */
export async function findConversationState(db: Kysely<Database>, id: number): Promise<ConversationState> {
  const [{ readable, ...conversation }, closure] = await Promise.all([
    db
      .selectFrom('conversation')
      .innerJoin('conversation_count', 'conversation_count.conversation_id', 'conversation.id')
      .selectAll('conversation')
      .select('conversation_count.readable')
      .where('conversation.id', '=', id)
      .executeTakeFirstOrThrow(),
    findClosure(db, id),
  ]);
  return { conversation, closure, readable };
}

/**
 * The closing by hand that holds now. In a transaction it is read after the lock, by a statement of its own: one that
 * waited for the lock would still see what was before.
 */
export function findClosure(db: Kysely<Database>, conversationId: number): Promise<Closure | undefined> {
  return db
    .selectFrom('closure')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .where('reopened_at', 'is', null)
    .executeTakeFirst();
}

/** Puts together what decides whether a conversation is closed. */
export function closingFacts({
  site,
  conversation,
  closure,
  publishedAt,
}: {
  site: Pick<Site, 'comment_mode' | 'close_after_days'>;
  conversation: Pick<Conversation, 'mode' | 'close_after_days'>;
  closure: Pick<Closure, 'reason' | 'closed_at'> | undefined;
  publishedAt: Date | null;
}): ClosingFacts {
  return {
    siteMode: site.comment_mode,
    siteCloseAfterDays: site.close_after_days,
    mode: conversation.mode,
    closeAfterDays: conversation.close_after_days,
    publishedAt,
    closure: closure && { reason: closure.reason, closedAt: closure.closed_at },
  };
}
