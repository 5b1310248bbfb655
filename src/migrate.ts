import { promises as fs } from 'node:fs';
import path from 'node:path';
import { runMigrations } from 'graphile-worker';
import type { Kysely } from 'kysely';
import { FileMigrationProvider, Migrator } from 'kysely/migration';
import type pg from 'pg';
import { createDatabase, createPool } from './database.ts';

/**
 * Makes a database ready for the site: its tables, and those of the jobs. Safe to call from several processes at once,
 * and quick where everything is there already. Takes as long as it takes, on connections of its own.
 *
 * @returns names of the migrations that were applied now, in order.
 * @throws whatever the first failing migration threw; its changes are rolled back.
 */
export async function prepareDatabase(pool: pg.Pool): Promise<string[]> {
  const patient = createPool(pool.options.connectionString ?? '', () => {});
  try {
    return await prepare(patient);
  } finally {
    await patient.end();
  }
}

async function prepare(pool: pg.Pool): Promise<string[]> {
  // The migrations of the jobs do not wait for each other: two processes at once trip over half of them.
  const turn = await pool.connect();
  try {
    await turn.query("select pg_advisory_lock(hashtext('preparation of the database'))");
    const applied = await migrateToLatest(createDatabase(pool));
    await runMigrations({ pgPool: pool });
    return applied;
  } finally {
    // Ending the connection ends the turn, whatever state it is in.
    turn.release(true);
  }
}

/**
 * Brings the tables of the site up to date. Safe to call from several processes at once: a lock in the database lets one
 * work while the others wait.
 *
 * @returns names of the migrations that were applied now, in order.
 * @throws whatever the first failing migration threw; its changes are rolled back.
 */
export async function migrateToLatest<Tables>(db: Kysely<Tables>): Promise<string[]> {
  const { error, results = [] } = await createMigrator(db).migrateToLatest();
  if (error) throw error;
  return results.map((result) => result.migrationName);
}

/** The migrations of `migrations/`, to apply them step by step or to compare them with a database. */
export function createMigrator<Tables>(db: Kysely<Tables>): Migrator {
  const migrationFolder = path.join(import.meta.dirname, '..', 'migrations');
  return new Migrator({ db, provider: new FileMigrationProvider({ fs, path, migrationFolder }) });
}
