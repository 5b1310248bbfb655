import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { withoutLimits } from '../database.ts';

/**
 * Works on one connection of its own, beside those of the pool, which waits for each answer as rows that are copied must. Where the work fails, half way
 * through a table perhaps, Postgres rolls back what was begun on it.
 */
export async function withClient<Result>(pool: pg.Pool, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ ...withoutLimits(pool), pipeline: false });
  client.on('error', () => {}); // told to whoever waits for an answer
  try {
    await client.connect();
    const result = await work(client);
    await client.end();
    return result;
  } catch (error) {
    // Not waited for: the other side may be what failed.
    client.end().catch(() => {});
    throw error;
  }
}

/** The query builder over one connection that is already there, to use both on it in one transaction. */
export function queryBuilderOn<Tables>(client: pg.Client): Kysely<Tables> {
  const connection: PostgresPoolClient = { query: client.query.bind(client), release() {} };
  const pool: PostgresPool = { connect: async () => connection, end: async () => {}, options: {} };
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}

/** Has values written and read alike whatever the server was configured to, and lets no limit of time end the work. */
export const plainSettings = `
  set local client_encoding = 'UTF8';
  set local datestyle = 'ISO, YMD';
  set local intervalstyle = 'postgres';
  set local timezone = 'UTC';
  set local extra_float_digits = 3;
  set local bytea_output = 'hex';
  set local statement_timeout = 0;
  set local lock_timeout = 0;
  set local idle_in_transaction_session_timeout = 0;`;
