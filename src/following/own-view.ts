import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { hrefOf } from '../posts/addresses.ts';
import { listSubscriptions } from './queries.ts';
import type { Pace, Scope } from './table.ts';

/** A subscription as its own person sees it, see `views/following/own.eta`. */
export interface OwnSubscription {
  readonly id: number;
  readonly email: string;
  readonly scope: Scope;
  readonly pace: Pace;
  /** Of the post. */
  readonly title: string;
  /** Path of what is followed. */
  readonly href: string;
  readonly createdAt: Date;
  readonly confirmed: boolean;
}

/** What these addresses follow, for the page of one's own. */
export async function presentSubscriptions(
  db: Kysely<Database>,
  { emails }: { emails: readonly string[] },
): Promise<OwnSubscription[]> {
  const subscriptions = await listSubscriptions(db, { emails });
  return subscriptions.map((each) => ({
    id: each.id,
    email: each.email,
    scope: each.scope,
    pace: each.pace,
    title: each.title,
    href: each.comment_id === null ? `${hrefOf(each)}#conversation` : `/comments/${each.comment_id}`,
    createdAt: each.created_at,
    confirmed: each.confirmed_at !== null,
  }));
}
