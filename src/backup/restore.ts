import { stat } from 'node:fs/promises';
import { runMigrations } from 'graphile-worker';
import { sql, type Transaction } from 'kysely';
import type pg from 'pg';
import type { Database } from '../database.ts';
import { addJob } from '../jobs/queries.ts';
import { createMigrator, migrateToLatest } from '../migrate.ts';
import { ownTables, sqlList } from './catalogue.ts';
import { plainSettings, queryBuilderOn, withClient } from './client.ts';
import { clearSchema, refuseUnlessEmpty } from './empty-site.ts';
import type { BackupHeader, BackupSummary, OnProgress } from './format.ts';
import { loadTable } from './load.ts';
import { checkBackup, readTables } from './read.ts';
import { type Refusal, RefusedError, refusalOf } from './refusal.ts';
import { refuseWhileServed } from './serving.ts';

/**
 * Fills an empty database with what a backup holds, and brings it to the newest tables. It happens in one transaction:
 * whatever goes wrong, and if the process is killed on the way, the database stays as it was.
 *
 * @param options `stopping` ends the work with an AbortError, and nothing is changed.
 * @returns a refusal where the file is not a whole backup that this version knows, or where the database holds something
 *   already or is being served.
 */
export async function restoreBackup(
  pool: pg.Pool,
  { file, onProgress, stopping }: { file: string; onProgress: OnProgress; stopping: AbortSignal },
): Promise<BackupSummary | Refusal> {
  try {
    const { header, rows } = await checkBackup(file);
    await withClient(pool, (client) =>
      queryBuilderOn<Database>(client)
        .transaction()
        .execute(async (trx) => {
          await client.query(plainSettings);
          await refuseOtherVersion(trx, header);
          await refuseWhileServed(client);
          await refuseUnlessEmpty(client);
          await clearSchema(client);
          await migrateAsBackedUp(trx, header);
          await emptyTables(client, header);
          await readTables(file, {
            header,
            rows,
            useTable: (table, pieces) => loadTable(client, { table, pieces, onProgress, stopping }),
          });
          await migrateToLatest(trx);
          await runMigrations({ pgPool: pool });
          await addJobs(trx, header);
          await client.query(`analyze ${sqlList(await ownTables(client))}`);
        }),
    );
    return { file, takenAt: new Date(header.takenAt), rows, bytes: (await stat(file)).size };
  } catch (error) {
    return refusalOf(error, file);
  }
}

async function refuseOtherVersion(trx: Transaction<Database>, { migrations }: BackupHeader): Promise<void> {
  const known = await createMigrator(trx).getMigrations();
  const unknown = migrations.find((name, index) => name !== known[index]?.name);
  if (unknown) {
    throw new RefusedError(`was made by a newer version of Rejoinder, which has “${unknown}”: update this one first`);
  }
}

async function migrateAsBackedUp(trx: Transaction<Database>, { migrations }: BackupHeader): Promise<void> {
  const { error } = await createMigrator(trx).migrateTo(migrations.at(-1) ?? '');
  if (error) throw error;
}

// What the migrations wrote, the keys of a new site among it, gives way to what was saved.
async function emptyTables(client: pg.Client, { tables }: BackupHeader): Promise<void> {
  for (const { name } of tables.toReversed()) await client.query(`delete from ${sqlList([name])}`);
}

// Jobs are not in a backup: they are added anew for what they were to do.
async function addJobs(trx: Transaction<Database>, { takenAt }: BackupHeader): Promise<void> {
  await sendWaitingMail(trx);
  const sweeps = await trx.selectFrom('sweep').select('id').where('state', '=', 'running').execute();
  for (const { id } of sweeps) await addJob(trx, 'sweep', { sweepId: id });
  const closings = await trx
    .selectFrom('closure')
    .select(['id', 'begins_at'])
    .where('waiting_batch', 'is not', null)
    // What was due a moment before may have been missed; it is not begun twice.
    .where('begins_at', '>', sql<Date>`${takenAt}::timestamptz - interval '1 hour'`)
    .where('reopened_at', 'is', null)
    .execute();
  for (const { id, begins_at } of closings)
    await addJob(trx, 'reject_waiting', { closureId: id }, { ...(begins_at && { runAt: begins_at }), once: true });
}

async function sendWaitingMail(trx: Transaction<Database>): Promise<void> {
  const waiting = await trx
    .selectFrom('mail')
    .select('id')
    .where('sent_at', 'is', null)
    .where('failed_at', 'is', null)
    .execute();
  for (const { id } of waiting) await addJob(trx, 'deliver_mail', { mailId: id });
}
