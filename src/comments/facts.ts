import type { Kysely } from 'kysely';
import type { Role } from '../accounts/table.ts';
import type { Database } from '../database.ts';
import type { CommentMode } from '../site/table.ts';
import type { Facts } from './policies.ts';

/** What is known of a comment before the database is asked about its writer. */
export interface KnownFacts {
  readonly staffRole: Role | null;
  readonly mode: CommentMode;
  readonly links: number;
  readonly linksAllowed: number;
}

const floodMinutes = 10;

/**
 * Completes the facts that the policies judge by, in one query about the browser and the network.
 *
 * @param editedId the comment that is judged again since it was edited. It speaks neither for nor against itself, and what
 * came after it is no part of the flood that it may have come with.
 * @param now when it was written.
 */
export async function gatherFacts(
  db: Kysely<Database>,
  {
    known,
    browserId,
    networkHash,
    editedId,
    now,
  }: {
    known: KnownFacts;
    browserId: number | undefined;
    networkHash: Buffer | undefined;
    editedId?: number | undefined;
    now: Date;
  },
): Promise<Facts> {
  const since = new Date(now.getTime() - floodMinutes * 60_000);
  // Some comments are enough to know whether one of them was approved, be it of this browser or of another with an address
  // that this one has proved; a flood is counted to its limit.
  const counts = await db
    .selectNoFrom((eb) => [
      eb
        .selectFrom((from) =>
          from
            .selectFrom('comment')
            .select('id')
            .where('browser_id', '=', browserId ?? null)
            .where('status', '=', 'approved')
            .$if(editedId !== undefined, (query) => query.where('id', '<>', editedId ?? 0))
            .limit(100)
            .as('approved'),
        )
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .as('approvedHere'),
      eb
        .selectFrom((from) =>
          from
            .selectFrom('proved_address')
            .innerJoin('comment', 'comment.email', 'proved_address.email')
            .select('comment.id')
            .where('proved_address.browser_id', '=', browserId ?? null)
            .where('comment.email_proved', '=', true)
            .where('comment.browser_id', 'is distinct from', browserId ?? null)
            .where('comment.status', '=', 'approved')
            .limit(100)
            .as('approved'),
        )
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .as('approvedElsewhere'),
      eb
        .selectFrom((from) =>
          from
            .selectFrom('comment')
            .select('id')
            .where('browser_id', '=', browserId ?? null)
            .where('created_at', '>', since)
            .$if(editedId !== undefined, (query) => query.where('id', '<', editedId ?? 0))
            .limit(100)
            .as('recent'),
        )
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .as('recentFromBrowser'),
      eb
        .selectFrom((from) =>
          from
            .selectFrom('comment')
            .select('id')
            .where('network_hash', '=', networkHash ?? null)
            .where('created_at', '>', since)
            .$if(editedId !== undefined, (query) => query.where('id', '<', editedId ?? 0))
            .limit(100)
            .as('recent'),
        )
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .as('recentFromNetwork'),
    ])
    .executeTakeFirstOrThrow();
  return {
    ...known,
    approvedBefore: Math.min(100, Number(counts.approvedHere) + Number(counts.approvedElsewhere)),
    recentFromBrowser: Number(counts.recentFromBrowser),
    recentFromNetwork: Number(counts.recentFromNetwork),
  };
}
