import type { Generated, Selectable } from 'kysely';

/** What can be followed: the replies to a comment, all below it, a whole conversation; or what is decided about a comment. */
export type Scope = 'replies' | 'branch' | 'conversation' | 'decision';

/** How soon a follower is told: one mail for each comment, or one digest a day. */
export type Pace = 'at_once' | 'daily';

/** A status of one's comment that a mail can tell. */
export type ToldStatus = 'approved' | 'rejected' | 'removed';

/** An address that follows something. Goes with its last subscription. */
export interface FollowerTable {
  id: Generated<number>;
  /** Normalised, see text/email-address.ts. Never shown to others. */
  email: string;
}

/** What one follower follows. */
export interface SubscriptionTable {
  id: Generated<number>;
  follower_id: number;
  scope: Scope;
  conversation_id: number;
  /** The comment whose replies, branch or decisions are followed; null for a conversation. */
  comment_id: number | null;
  /** The follower's browser, as far as one is known: what is written there is no news to the follower. */
  browser_id: number | null;
  pace: Pace;
  created_at: Date;
  /** When the mail that asks for a confirmation was written; null: it is still to be. */
  asked_at: Date | null;
  /** null until whoever reads the mail of the address said yes. */
  confirmed_at: Date | null;
  /** Of a decision: what was told last. */
  told_status: ToldStatus | null;
  /** Of a decision: the appeal of which was told last that the decision stands. */
  told_appeal: Generated<number | null>;
}

/** A comment that is to be told to its followers, or was. */
export interface AnnouncementTable {
  comment_id: number;
  created_at: Date;
  /** The id of the last follower who was told; followers are told in the order of their ids. */
  told_through: Generated<number>;
  /** null until all were told. */
  told_at: Date | null;
}

/** A comment that waits for the next digest of a follower. */
export interface DigestItemTable {
  follower_id: number;
  comment_id: number;
  /** For which of the follower's subscriptions it waits; it goes when that ends. */
  subscription_id: number;
  created_at: Date;
}

export type Subscription = Selectable<SubscriptionTable>;
