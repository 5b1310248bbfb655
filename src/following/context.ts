import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import type { LinkMaker } from './links.ts';

/** What the jobs of this folder need. */
export interface FollowingContext extends LinkMaker {
  readonly db: Kysely<Database>;
  readonly now: () => Date;
}
