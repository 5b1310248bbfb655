import { rm } from 'node:fs/promises';
import type { EmbeddedPostgres } from '../../src/postgres/embedded.ts';

/** What the setup leaves for the teardown of the same run. */
export type TestRun = typeof globalThis & {
  testPostgres?: { readonly dataDir: string; readonly postgres: EmbeddedPostgres };
};

/** Stops this run's Postgres and removes its data. */
export default async function globalTeardown(): Promise<void> {
  const run = (globalThis as TestRun).testPostgres;
  if (!run) return;
  await run.postgres.stop();
  await rm(run.dataDir, { recursive: true, force: true });
}
