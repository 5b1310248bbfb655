import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { withoutLimits } from '../database.ts';
import { RefusedError } from './refusal.ts';

// Held in the database, it is known to every process, wherever it runs, and goes when its process dies.
const lock = `hashtextextended('rejoinder: the site is served', 0)`;

/** One process' sign that it serves the site. */
export interface ServingSign {
  remove(): Promise<void>;
}

/**
 * Shows that this process serves the site, so that no restore begins under its feet; where one is at work, waits for its
 * end. To be called before the database is prepared or read. Should the connection break, the sign is put up again for as
 * long as the pool is open. It has a connection of its own, which keeps neither the pool nor the process from ending.
 */
export async function showServing(pool: pg.Pool): Promise<ServingSign> {
  let removed = false;
  let client = await putUp(pool, onBreak);

  async function onBreak(): Promise<void> {
    while (!removed && !pool.ending) {
      await setTimeout(1_000, undefined, { ref: false });
      const next = await putUp(pool, onBreak).catch(() => undefined);
      if (next && removed) return next.end();
      if (next) client = next;
      if (next) return;
    }
  }

  return {
    async remove() {
      removed = true;
      await client.end();
    },
  };
}

/**
 * Makes sure that no process serves the site or restores it, and that none begins before the end of the transaction.
 *
 * @throws RefusedError
 */
export async function refuseWhileServed(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query(`select pg_try_advisory_xact_lock(${lock}) as free`);
  if (!rows[0].free) throw new RefusedError('The site is running, or is being restored already: stop it first.');
}

async function putUp(pool: pg.Pool, onBreak: () => void): Promise<pg.Client> {
  const client = new pg.Client(withoutLimits(pool)) as pg.Client & { unref(): void };
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(`select pg_advisory_lock_shared(${lock})`);
  } catch (error) {
    await client.end();
    throw error;
  }
  client.once('error', onBreak);
  client.unref();
  return client;
}
