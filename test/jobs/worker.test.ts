import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { pino } from 'pino';
import { readConfig } from '../../src/config.ts';
import type { AppContext } from '../../src/context.ts';
import { addJob, countWaitingJobs, releaseAbandonedJobs } from '../../src/jobs/queries.ts';
import { startWorker, type Worker } from '../../src/jobs/worker.ts';
import { queueMail } from '../../src/mail/queue.ts';
import { loadSecrets } from '../../src/site/queries.ts';
import { tasksOf } from '../../src/tasks.ts';
import { type SmtpServer, startSmtpServer } from '../mail/smtp-server.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { withoutMemory } from '../support/site.ts';

const letter = { recipient: 'reader@reader.example', subject: 'Hello', body: 'Text', now: new Date() };

let database: TestDatabase;
let smtp: SmtpServer;
let folder: string;
let lines: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  smtp = await startSmtpServer();
  folder = await mkdtemp(join(tmpdir(), 'rejoinder-jobs-'));
});
afterAll(async () => {
  await smtp.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

describe('the worker', () => {
  it('sends mail that was queued before it started, and while it runs', async () => {
    await queue();
    const worker = await start();
    await eventually(() => smtp.received.length === 1);
    await queue();
    await eventually(() => smtp.received.length === 2);
    await worker.stop();
    expect(await countWaitingJobs(database.db)).toBe(0);
  });

  it('hears nothing of what was rolled back', async () => {
    const before = smtp.received.length;
    const worker = await start();
    await database.db
      .transaction()
      .execute(async (trx) => {
        await queueMail(trx, letter);
        throw new Error('rolled back');
      })
      .catch(() => {});
    await queue();
    await eventually(async () => (await countWaitingJobs(database.db)) === 0);
    await worker.stop();
    expect(smtp.received.length).toBe(before + 1);
  });

  it('tries again later what failed, and logs no address', async () => {
    smtp.answers = { RCPT: '451 <reader@reader.example> later please' };
    const worker = await start();
    await queue();
    const job = await eventually(async () => {
      const { rows } = await sql<{ attempts: number; pause: number; last_error: string | null }>`
        select attempts, last_error, extract(epoch from run_at - now())::float as pause
        from graphile_worker._private_jobs where last_error is not null`.execute(database.db);
      return rows[0];
    });
    await worker.stop();
    smtp.answers = {};
    expect(job.attempts).toBe(1);
    expect(job.pause).toBeGreaterThan(0);
    expect(job.last_error).toMatch(/^mail \d+ could not be sent: EENVELOPE 451$/);
    expect(lines.join('')).toContain('could not be sent');
    expect(lines.join('')).not.toContain('reader.example');
  });

  it('finishes what it has begun before it stops', async () => {
    await database.db.deleteFrom('mail').execute();
    await sql`delete from graphile_worker._private_jobs`.execute(database.db);
    const before = smtp.received.length;
    const greeted = smtp.greetings;
    const worker = await start();
    await queue();
    await eventually(() => smtp.greetings > greeted);
    await worker.stop();
    expect(smtp.received.length).toBe(before + 1);
    const { sent_at } = await database.db.selectFrom('mail').select('sent_at').executeTakeFirstOrThrow();
    expect(sent_at).not.toBeNull();
  });

  it('takes over again when its connections were cut', async () => {
    const worker = await start();
    await queue();
    await eventually(async () => (await countWaitingJobs(database.db)) === 0);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`.execute(database.db);
    const before = smtp.received.length;
    await eventually(() =>
      queue().then(
        () => true,
        () => false,
      ),
    );
    await eventually(() => smtp.received.length > before, { seconds: 30 });
    await worker.stop();
  });

  it('takes over from one that died, and from none that is at work', async () => {
    const lock = (minutes: number) =>
      sql`
      insert into graphile_worker._private_jobs (task_id, locked_at, locked_by)
      select id, now() - make_interval(mins => ${minutes}), ${`pool-${minutes}`}
      from graphile_worker._private_tasks where identifier = 'clean_up'`.execute(database.db);
    await lock(11);
    await lock(9);
    await releaseAbandonedJobs(database.db);
    const { rows } = await sql`select locked_by from graphile_worker.jobs where locked_at is not null`.execute(
      database.db,
    );
    expect(rows).toEqual([{ locked_by: 'pool-9' }]);
    await sql`delete from graphile_worker._private_jobs`.execute(database.db);
  });

  it('cleans up when told to', async () => {
    await database.db
      .insertInto('session')
      .values({ sid: 'over', sess: '{}', expire: new Date(0) })
      .execute();
    const worker = await start();
    await database.db.transaction().execute((trx) => addJob(trx, 'clean_up', {}));
    await eventually(async () => !(await database.db.selectFrom('session').select('sid').executeTakeFirst()));
    await worker.stop();
  });

  it('writes files where there is no mail server', async () => {
    const worker = await start({ DATA_DIR: folder });
    await queue();
    await eventually(() =>
      readdir(join(folder, 'mail')).then(
        (names) => names.length === 1,
        () => false,
      ),
    );
    await worker.stop();
  });
});

async function start(environment: Record<string, string> = { SMTP_URL: smtp.url }): Promise<Worker> {
  const parts = await context(environment);
  return startWorker(parts, tasksOf(parts));
}

async function context(environment: Record<string, string>): Promise<AppContext> {
  lines = [];
  const now = () => new Date();
  return {
    db: database.db,
    pool: database.pool,
    config: readConfig({ BASE_URL: 'https://blog.example', ...environment }),
    secrets: await loadSecrets(database.db),
    logger: pino({ level: 'trace' }, { write: (line: string) => lines.push(line) }),
    now,
    ...withoutMemory(now),
  };
}

function queue(): Promise<void> {
  return database.db.transaction().execute((trx) => queueMail(trx, letter));
}
