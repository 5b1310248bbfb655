import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { releaseAbandonedJobs } from '../../src/jobs/queries.ts';
import { queueMail } from '../../src/mail/queue.ts';
import { killLeftovers, spawnSite } from '../process/spawned.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { type SmtpServer, startSmtpServer } from './smtp-server.ts';

let database: TestDatabase;
let smtp: SmtpServer;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  smtp = await startSmtpServer();
  folder = await mkdtemp(join(tmpdir(), 'rejoinder-crash-'));
});
afterAll(async () => {
  killLeftovers();
  await smtp.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

describe('a crash between the mail server’s yes and the note of it', () => {
  it('makes the mail leave once more, under the same Message-ID, and never again', async () => {
    const environment = {
      ...{ DATABASE_URL: database.url, SMTP_URL: smtp.url, DATA_DIR: folder },
      ...{ SAMPLE_CONTENT: 'none', LOG_LEVEL: 'silent' },
    };
    const first = await spawnSite(environment);
    const { id, message_id } = await queue('Only once, if possible');
    // Whoever holds the row lets it be read and sent, and keeps what became of it from being written down.
    await database.db.transaction().execute(async (trx) => {
      await sql`select from mail where id = ${id} for update`.execute(trx);
      await addDelivery(id);
      await eventually(async () => smtp.received.length === 1 && (await writersWaiting()) === 1);
      await first.end('SIGKILL');
      await sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(database.db);
      await eventually(async () => (await writersWaiting()) === 0);
    });
    expect(await sentAt(id)).toBeNull();

    await sql`update graphile_worker._private_jobs set locked_at = locked_at - interval '11 minutes'`.execute(
      database.db,
    );
    await releaseAbandonedJobs(database.db);
    const second = await spawnSite(environment);
    await eventually(() => sentAt(id));
    // A later mail comes after whatever would have been sent meanwhile.
    const { id: laterId } = await queue('And another');
    await addDelivery(laterId);
    await eventually(() => sentAt(laterId));
    await second.end('SIGTERM');
    const ids = smtp.received.map(({ content }) => /^Message-ID: <(.*)@localhost>\r$/m.exec(content)?.[1]);
    expect(ids.slice(0, 2)).toEqual([message_id, message_id]);
    expect(ids).toHaveLength(3);
  }, 60_000);
});

/** Writes a mail down without the job that sends it. */
async function queue(subject: string): Promise<{ id: number; message_id: string }> {
  await database.db.transaction().execute(async (trx) => {
    await queueMail(trx, { recipient: 'reader@reader.example', subject, body: 'Text', now: new Date() });
    await sql`delete from graphile_worker._private_jobs where payload::text like '%mailId%'`.execute(trx);
  });
  return database.db.selectFrom('mail').select(['id', 'message_id']).orderBy('id', 'desc').executeTakeFirstOrThrow();
}

async function addDelivery(mailId: number): Promise<void> {
  await sql`select graphile_worker.add_job('deliver_mail', ${JSON.stringify({ mailId })}::json)`.execute(database.db);
}

async function sentAt(id: number): Promise<Date | null> {
  const { sent_at } = await database.db
    .selectFrom('mail')
    .select('sent_at')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return sent_at;
}

async function writersWaiting(): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query ilike 'update%mail%'`.execute(
    database.db,
  );
  return rows[0]?.count ?? 0;
}
