import { setTimeout } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import type { Config } from '../config.ts';
import type { Database } from '../database.ts';
import { isDatabaseAway } from '../http/errors.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../postgres/embedded.ts';
import { StartError } from './start-error.ts';

/** A database that answers. What is in it, if anything, is another matter: see `prepareDatabase`. */
export interface OpenDatabase {
  readonly url: string;
  readonly pool: pg.Pool;
  readonly db: Kysely<Database>;
  /** The Postgres of our own, where it is one. */
  readonly embedded: Pick<EmbeddedPostgres, 'folder' | 'elsewhere'> | undefined;
  /** Ends the connections and, where nobody else uses it, the embedded Postgres. */
  close(): Promise<void>;
}

const oldestVersion = 15;
const patience = { between: 500, betweenWords: 5_000 };

/**
 * Opens the database that the configuration names, or the embedded one. One that cannot be reached is waited for.
 *
 * @param listeners `onError` is told of connections that break later, `onWait` now and then why this is taking so long.
 * `statementPatience`: for how long a statement may take, in milliseconds; none: whatever it takes.
 * @throws StartError or EmbeddedPostgresError where waiting would not help.
 */
export async function openDatabase(
  { databaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'dataDir'>,
  {
    onError,
    onWait,
    cancel,
    statementPatience,
  }: {
    onError: (error: Error) => void;
    onWait: (reason: string) => void;
    cancel?: AbortSignal | undefined;
    statementPatience?: number;
  },
): Promise<OpenDatabase> {
  // What talks to a database takes a while to load: Postgres can start meanwhile.
  const [embedded, { createDatabase, createPool }] = await Promise.all([
    databaseUrl ? undefined : startEmbeddedPostgres({ dataDir }),
    import('../database.ts'),
  ]);
  const url = databaseUrl ?? embedded?.url ?? '';
  const pool = createPool(url, onError, statementPatience ? { statement: statementPatience } : {});
  const close = async () => {
    await pool.end();
    await embedded?.stop();
  };
  try {
    await reach(pool, { onWait, cancel });
  } catch (error) {
    await close();
    throw error;
  }
  return { url, pool, db: createDatabase(pool), embedded, close };
}

/**
 * Does a step of a start which needs the database, from its beginning again where the database goes away meanwhile.
 *
 * @param listeners as of `openDatabase`.
 */
export async function outlastAbsence<Result>(
  step: () => Promise<Result>,
  { onWait, cancel }: { onWait: (reason: string) => void; cancel: AbortSignal },
): Promise<Result> {
  let nextWords = 0;
  for (;;) {
    try {
      return await step();
    } catch (error) {
      if (!isDatabaseAway(error) || cancel.aborted) throw error;
      if (performance.now() >= nextWords) {
        onWait((error as Error).message);
        nextWords = performance.now() + patience.betweenWords;
      }
    }
    await setTimeout(patience.between, undefined, { signal: cancel });
  }
}

async function reach(
  pool: pg.Pool,
  { onWait, cancel }: { onWait: (reason: string) => void; cancel: AbortSignal | undefined },
): Promise<void> {
  let nextWords = 0;
  for (;;) {
    const problem = await greet(pool);
    if (problem === undefined) return;
    if (performance.now() >= nextWords) {
      onWait(problem);
      nextWords = performance.now() + patience.betweenWords;
    }
    await setTimeout(patience.between, undefined, { signal: cancel });
  }
}

/** @returns why the database does not answer yet, or undefined where it does. */
async function greet(pool: pg.Pool): Promise<string | undefined> {
  try {
    const { rows } = await pool.query<{ server_version: string }>('show server_version');
    const version = rows[0]?.server_version ?? 'of no version';
    if (!(Number.parseInt(version, 10) >= oldestVersion)) {
      throw new StartError(
        `The database server is Postgres ${version}, but Rejoinder needs ${oldestVersion} or newer.`,
      );
    }
    return undefined;
  } catch (error) {
    if (error instanceof StartError) throw error;
    if (!isDatabaseAway(error)) {
      throw new StartError(`The database of DATABASE_URL refuses: ${(error as Error).message}.`);
    }
    return (error as Error).message || String((error as NodeJS.ErrnoException).code);
  }
}
