import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import pg from 'pg';
import { createDatabase, createPool, type Database } from '../../src/database.ts';

/** A migrated, otherwise empty database of one test file's own. */
export interface TestDatabase {
  readonly db: Kysely<Database>;
  /** The pool under `db`. */
  readonly pool: pg.Pool;
  readonly url: string;
  /** Closes the pool and removes the database, whoever else is still connected to it. */
  drop(): Promise<void>;
}

/** Makes a database for a test file. Call it in `beforeAll`, and its `drop` in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await maintain(`create database ${name} template rejoinder strategy file_copy`);
  const url = addressOf(name);
  const pool = createPool(url, () => {});
  const db = createDatabase(pool);
  const drop = async () => {
    await db.destroy();
    await maintain(`drop database if exists ${name} with (force)`);
  };
  return { db, pool, url, drop };
}

async function maintain(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: addressOf('template1') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function addressOf(database: string): string {
  const template = process.env.TEST_DATABASE_URL;
  if (!template) throw new Error('TEST_DATABASE_URL is not set: run the tests by “npm test”.');
  return template.replace('/rejoinder?', `/${database}?`);
}
