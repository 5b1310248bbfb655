import type { Kysely } from 'kysely';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { PageCounts } from './cache/page-cache.ts';
import type { RowCache } from './cache/row-cache.ts';
import type { Changes } from './changes/changes.ts';
import type { Config } from './config.ts';
import type { Database } from './database.ts';
import type { SecretTable } from './site/table.ts';

/** What the application is made of. Whatever differs between a site and a test comes in here. */
export interface AppContext {
  readonly db: Kysely<Database>;
  /** The pool under `db`, for libraries that bring their own SQL. */
  readonly pool: pg.Pool;
  readonly config: Config;
  readonly secrets: Readonly<Record<SecretTable['name'], Buffer>>;
  readonly logger: Logger;
  readonly now: () => Date;
  readonly changes: Changes;
  readonly rows: RowCache;
  /** How often pages came out of memory, which happens before any of this is asked. */
  readonly pageCounts: PageCounts;
}
