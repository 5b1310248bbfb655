import { type Kysely, sql, type Transaction } from 'kysely';
import { keysOfNames, staffNames } from '../accounts/queries.ts';
import type { Database } from '../database.ts';
import { isTrainedNow } from '../learner/scoring.ts';
import { ask, type Question, question, together } from '../pipeline.ts';
import type { Conversation, Post } from '../posts/table.ts';
import { prepared } from '../prepared.ts';
import { siteColumns } from '../site/queries.ts';
import type { Site } from '../site/table.ts';
import { sharedTurns, takeTurn } from '../turns.ts';
import type { ClosingFacts } from './closing.ts';
import { type ClosureRow, readClosures, type StandingClosure, standingClosures } from './closures.ts';

/** What a conversation says of when and how replies to it are taken. */
export type ConversationTerms = Pick<
  Conversation,
  'mode' | 'close_after_days' | 'close_after_quiet_days' | 'slow_minutes'
>;

/** What decides whether and how a reply is taken, as it is and stays until the reply is stored. */
export interface ReplyTerms {
  readonly site: Site;
  readonly conversation: ConversationTerms & Pick<Conversation, 'rule_switches'>;
  /** The closings by hand that were not taken back, of its branches too. */
  readonly closures: readonly StandingClosure[];
  /** When the last comment came that can be read; null: there is none. */
  readonly lastSpokenAt: Date | null;
  /** Where its post stands, and whose it is. */
  readonly post: Pick<Post, 'published_at' | 'deleted_at'> & { readonly authorIds: readonly number[] };
  /** The keys of names that guests cannot take, see `nameKey`. */
  readonly staffNameKeys: ReadonlySet<string>;
  /** Whether somebody has asked to be told of replies. */
  readonly followed: boolean;
  /** Whether the learner has learned enough to score by. */
  readonly trained: boolean;
}

/** What `replyTerms` asks for: the settings of the site, and beside them what the conversation says. */
type TermsRow = Site &
  Pick<Conversation, 'slow_minutes' | 'rule_switches'> &
  Pick<Post, 'published_at' | 'deleted_at'> & {
    readonly own_mode: Conversation['mode'];
    readonly own_close_after_days: Conversation['close_after_days'];
    readonly own_close_after_quiet_days: Conversation['close_after_quiet_days'];
    readonly closures: readonly ClosureRow[] | null;
    readonly last_spoken_at: Date | null;
    readonly author_ids: readonly number[];
    readonly staff_names: readonly string[];
    readonly followed: boolean;
    readonly trained: boolean;
  };

/**
 * Holds a conversation open while something is written in it: any number of replies share it, and a closing, of it or of the whole
 * site, waits for them.
 */
export async function shareConversation(trx: Transaction<Database>, id: number): Promise<ReplyTerms> {
  const [, terms] = await ask(trx, together(conversationShared(id)));
  return terms;
}

/**
 * The same as questions, to ask others behind them. What the conversation says is asked by a statement of its own: one that waited
 * for its turn would still see what was before.
 */
export function conversationShared(id: number): readonly [Question<void>, Question<ReplyTerms>] {
  const turns = sharedTurns([
    { about: 'conversation', id },
    { about: 'site', id: 1 },
  ]);
  return [turns, replyTerms(id)];
}

function replyTerms(id: number): Question<ReplyTerms> {
  return question(
    sql<TermsRow>`
      ${prepared} select
        ${sql.raw(siteColumns.join(', '))},
        conversation.mode as own_mode, conversation.close_after_days as own_close_after_days,
        conversation.close_after_quiet_days as own_close_after_quiet_days,
        conversation.slow_minutes, conversation.rule_switches, post.published_at, post.deleted_at,
        ${standingClosures(sql.ref('conversation.id'))} as closures,
        ${lastSpokenAt()} as last_spoken_at,
        array(select account_id from post_author where post_author.post_id = post.id) as author_ids,
        ${staffNames()} as staff_names,
        exists (
          select from subscription
          where subscription.conversation_id = conversation.id and subscription.confirmed_at is not null
        ) as followed,
        ${isTrainedNow()} as trained
      from conversation
      join post on post.conversation_id = conversation.id
      cross join site
      where conversation.id = ${id}::integer
      for share of conversation`,
    ([row]) => {
      if (!row) throw new Error(`There is no conversation ${id}.`);
      return termsFrom(row);
    },
  );
}

function termsFrom({
  own_mode,
  own_close_after_days,
  own_close_after_quiet_days,
  slow_minutes,
  rule_switches,
  published_at,
  deleted_at,
  closures,
  last_spoken_at,
  author_ids,
  staff_names,
  followed,
  trained,
  ...site
}: TermsRow): ReplyTerms {
  return {
    site,
    conversation: {
      mode: own_mode,
      close_after_days: own_close_after_days,
      close_after_quiet_days: own_close_after_quiet_days,
      slow_minutes,
      rule_switches,
    },
    closures: readClosures(closures),
    lastSpokenAt: last_spoken_at,
    post: { published_at, deleted_at, authorIds: author_ids },
    staffNameKeys: keysOfNames(staff_names),
    followed,
    trained,
  };
}

// Asked only where silence closes; the last to come is the first of an index.
function lastSpokenAt() {
  return sql<Date | null>`case when coalesce(conversation.close_after_quiet_days, site.close_after_quiet_days) > 0 then (
    select comment.created_at from comment
    where comment.conversation_id = conversation.id and comment.status = 'approved'
    order by comment.id desc limit 1
  ) end`;
}

/**
 * Takes a conversation alone, to close or reopen it or a branch of it: waits for the replies under way, and no other begins,
 * however many come.
 */
export async function takeConversation(trx: Transaction<Database>, id: number): Promise<Conversation> {
  await takeTurn(trx, { about: 'conversation', id });
  // Its key is left alone: a decision that holds comments notes its event beside it, and must not wait for a closing that waits
  // for these comments.
  return await trx
    .selectFrom('conversation')
    .selectAll()
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}

/** What a page needs to know of a conversation beside its comments. */
export interface ConversationState {
  readonly conversation: ConversationTerms;
  /** The closings by hand that were not taken back, of its branches too. */
  readonly closures: readonly StandingClosure[];
  /** When the last comment came that can be read; null: there is none, or it does not matter. */
  readonly lastSpokenAt: Date | null;
  /** The comment that stands above the others, while it can be read; null: none does. */
  readonly pinnedId: number | null;
  /** How many comments can be read. */
  readonly readable: number;
}

/** Reads all that a page says of a conversation, for every reader alike. */
export async function findConversationState(db: Kysely<Database>, id: number): Promise<ConversationState> {
  const { closures, last_spoken_at, pinned_id, readable, ...conversation } = await db
    .selectFrom('conversation')
    .innerJoin('conversation_count', 'conversation_count.conversation_id', 'conversation.id')
    .innerJoin('site', (join) => join.onTrue())
    .modifyFront(prepared)
    .select([
      'conversation.mode',
      'conversation.close_after_days',
      'conversation.close_after_quiet_days',
      'conversation.slow_minutes',
      'conversation_count.readable',
    ])
    .select([standingClosures(sql.ref('conversation.id')).as('closures'), lastSpokenAt().as('last_spoken_at')])
    .select(({ selectFrom }) =>
      selectFrom('pin')
        .select('pin.comment_id')
        .whereRef('pin.conversation_id', '=', 'conversation.id')
        .as('pinned_id'),
    )
    .where('conversation.id', '=', id)
    .executeTakeFirstOrThrow();
  return {
    conversation,
    closures: readClosures(closures),
    lastSpokenAt: last_spoken_at,
    pinnedId: pinned_id,
    readable,
  };
}

/** Puts together what decides whether a conversation is closed. */
export function closingFacts({
  site,
  conversation,
  closures,
  lastSpokenAt,
  publishedAt,
}: {
  site: Pick<Site, 'comment_mode' | 'close_after_days' | 'close_after_quiet_days'>;
  conversation: Omit<ConversationTerms, 'slow_minutes'>;
  publishedAt: Date | null;
} & Pick<ClosingFacts, 'closures' | 'lastSpokenAt'>): ClosingFacts {
  return {
    siteMode: site.comment_mode,
    siteCloseAfterDays: site.close_after_days,
    siteCloseAfterQuietDays: site.close_after_quiet_days,
    mode: conversation.mode,
    closeAfterDays: conversation.close_after_days,
    closeAfterQuietDays: conversation.close_after_quiet_days,
    publishedAt,
    lastSpokenAt,
    closures,
  };
}
