import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { doneInTurn, type JobName, type JobPayloads, mostAttempts } from './payloads.ts';

/**
 * Adds a job that is done once the transaction is committed, by whichever process is free; rolled back, it never was. Where its kind is
 * done in turn, it waits for the one before.
 *
 * @param options `runAt`: not before then. `once`: where the same job waits already, that one stays as it is, and is enough.
 */
export async function addJob<Name extends JobName>(
  trx: Transaction<Database>,
  name: Name,
  payload: JobPayloads[Name],
  { runAt, once = false }: { runAt?: Date; once?: boolean } = {},
): Promise<void> {
  const told = JSON.stringify(payload);
  const queue = doneInTurn.includes(name) ? name : null;
  await sql`
    select graphile_worker.add_job(
      ${name}, payload => ${told}::json, max_attempts => ${mostAttempts[name]}, run_at => ${runAt ?? null}::timestamptz,
      queue_name => ${queue}::text, job_key => ${once ? `${name} ${told}` : null}::text, job_key_mode => 'preserve_run_at'
    )`.execute(trx);
}

/** How many jobs are to be done, now or later; what was given up does not count. */
export async function countWaitingJobs(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from graphile_worker.jobs where attempts < max_attempts`.execute(db);
  return rows[0]?.count ?? 0;
}

const watched: readonly JobName[] = ['sweep', 'replay'];

/**
 * Takes back jobs from processes that died over them, so that others do them. All that such a process has begun is taken
 * back with the job that took so long, so none may: a mail server is given up within minutes, and what goes to very many
 * people is shared out to jobs that follow each other. What somebody watches takes seconds at a time: it is missed sooner.
 */
export async function releaseAbandonedJobs(db: Kysely<Database>): Promise<void> {
  await sql`
    select graphile_worker.force_unlock_workers(
      array(
        select distinct locked_by from graphile_worker.jobs
        where locked_at < now() - case when task_identifier = any(${watched}) then interval '2 minutes'
          else interval '10 minutes' end
      )
    )`.execute(db);
}
