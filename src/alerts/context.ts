import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import type { LinkMaker } from '../following/links.ts';

/** What the jobs of this folder need; the secret is the one of its own. */
export interface AlertContext extends LinkMaker {
  readonly db: Kysely<Database>;
  readonly now: () => Date;
}
