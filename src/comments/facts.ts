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

/** Completes the facts that the policies judge by, in one query about the browser and the network. */
export async function gatherFacts(
  db: Kysely<Database>,
  {
    known,
    browserId,
    networkHash,
    now,
  }: { known: KnownFacts; browserId: number | undefined; networkHash: Buffer; now: Date },
): Promise<Facts> {
  const since = new Date(now.getTime() - floodMinutes * 60_000);
  // The newest comments of a browser are enough to know whether one of them was approved; a flood is counted to its limit.
  const counts = await db
    .selectNoFrom((eb) => [
      eb
        .selectFrom((from) =>
          from
            .selectFrom('comment')
            .select('id')
            .where('browser_id', '=', browserId ?? null)
            .where('status', '=', 'approved')
            .limit(100)
            .as('approved'),
        )
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .as('approvedBefore'),
      eb
        .selectFrom((from) =>
          from
            .selectFrom('comment')
            .select('id')
            .where('browser_id', '=', browserId ?? null)
            .where('created_at', '>', since)
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
            .where('network_hash', '=', networkHash)
            .where('created_at', '>', since)
            .limit(100)
            .as('recent'),
        )
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .as('recentFromNetwork'),
    ])
    .executeTakeFirstOrThrow();
  return {
    ...known,
    approvedBefore: Number(counts.approvedBefore),
    recentFromBrowser: Number(counts.recentFromBrowser),
    recentFromNetwork: Number(counts.recentFromNetwork),
  };
}
