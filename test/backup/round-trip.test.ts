import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { restoreBackup } from '../../src/backup/restore.ts';
import { writeBackup } from '../../src/backup/write.ts';
import { createMigrator } from '../../src/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { contentOf, contentOnceRestored, emptySchema, fillSite } from './full-site.ts';

const now = () => new Date('2026-11-21T20:00:00Z');
const quietly = { onProgress: () => {}, stopping: new AbortController().signal };

let folder: string;
let site: TestDatabase;
let other: TestDatabase;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rejoinder-backup-'));
  file = join(folder, 'site.tar.gz');
  site = await createTestDatabase();
  await fillSite(site.pool);
});
afterAll(async () => {
  await site.drop();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  other = await createTestDatabase();
});
afterEach(() => other.drop());

describe('a backup', () => {
  it('tells what is in it, and is for its owner alone', async () => {
    const summary = await writeBackup(site.pool, { file, now, ...quietly });
    expect(summary).toMatchObject({ file, takenAt: now(), rows: { account: 2, mail: 3, comment: 15 } });
    const { mode, size } = await stat(file);
    expect(mode & 0o777).toBe(0o600);
    expect(summary).toMatchObject({ bytes: size });
    expect(await readdir(folder)).toEqual(['site.tar.gz']);
  });

  it('holds rows of every table but sessions, limits, replays, keys to services elsewhere, and the list of migrations', async () => {
    const { rows } = await site.pool.query(`select relname from pg_class where relkind = 'r'
      and relnamespace = 'public'::regnamespace order by relname`);
    const left = ['kysely_migration', 'kysely_migration_lock', 'outside_key', 'rate_limit', 'replay', 'session'];
    const content = await contentOf(site.pool);
    expect([...Object.keys(content), ...left].sort()).toEqual(rows.map((row) => row.relname));
    expect(Object.keys(content).filter((name) => content[name]?.rows.length === 0)).toEqual([]);
  });
});

describe('a restored site', () => {
  it('is the same, row by row, in a database that was never used', async () => {
    await emptySchema(other.pool);
    const summary = await restoreBackup(other.pool, { file, ...quietly });
    expect(summary).toMatchObject({ file, takenAt: now(), rows: { account: 2, comment: 15 } });
    expect(await contentOf(other.pool)).toEqual(await contentOnceRestored(site.pool));
  });

  it('is the same where a site was started before, and not used', async () => {
    await other.pool.query(`insert into event (subject_kind, subject_id, action, created_at)
      values ('site', 1, 'first_start', now())`);
    await restoreBackup(other.pool, { file, ...quietly });
    expect(await contentOf(other.pool)).toEqual(await contentOnceRestored(site.pool));
  });

  it('goes on where its numbers had come to, and still refuses to change its past', async () => {
    await restoreBackup(other.pool, { file, ...quietly });
    const { rows } = await other.pool.query(`insert into event (subject_kind, subject_id, action, created_at)
      values ('site', 1, 'settings', now()) returning id`);
    expect(rows).toEqual([{ id: 3 }]);
    await expect(other.pool.query('delete from event')).rejects.toThrow('an event is never changed');
    const { rows: next } = await other.pool.query(
      `select nextval(pg_get_serial_sequence('comment', 'id'))::integer as id`,
    );
    expect(next).toEqual([{ id: 1_000_017 }]);
  });

  it('gives nobody a number that was given out since the backup, in a cookie or by mail', async () => {
    const since = join(folder, 'since.tar.gz');
    await restoreBackup(other.pool, { file, ...quietly });
    await writeBackup(other.pool, { file: since, now, ...quietly });
    const give = async (pool: pg.Pool) => {
      const { rows } = await pool.query(`
        with followed as (insert into follower (email) values ('new@site.example') returning id),
          known as (insert into browser (created_at) values (now()), (now()) returning id),
          asked as (
            insert into subscription (follower_id, scope, conversation_id, pace, created_at)
            select id, 'conversation', 2, 'daily', now() from followed returning id
          )
        select 'follower ' || id as number from followed union all select 'browser ' || id from known
        union all select 'subscription ' || id from asked`);
      return rows.map(({ number }) => number);
    };
    const before = await give(other.pool);
    await emptySchema(other.pool);
    await restoreBackup(other.pool, { file: since, ...quietly });
    const after = await give(other.pool);
    expect([before.length, after.length]).toEqual([4, 4]);
    expect(after.filter((number) => before.includes(number))).toEqual([]);
  });

  it('has signed nobody in, and counts no attempts', async () => {
    await restoreBackup(other.pool, { file, ...quietly });
    const { rows } = await other.pool.query('select sid from session union all select key from rate_limit');
    expect(rows).toEqual([]);
  });

  it('sends the mail that had not been sent, goes on with what was being done, and knows what comes with a date', async () => {
    await emptySchema(other.pool);
    await restoreBackup(other.pool, { file, ...quietly });
    const { rows } = await other.pool.query(`
      select t.identifier, payload, run_at > now() + interval '1 hour' as later from graphile_worker._private_jobs j
      join graphile_worker._private_tasks t on t.id = j.task_id order by t.identifier, payload::text`);
    const ahead = await other.pool.query(`select id from closure where begins_at > now() and reopened_at is null`);
    expect(rows).toEqual([
      { identifier: 'deliver_mail', payload: { mailId: 1 }, later: false },
      { identifier: 'reject_waiting', payload: { closureId: ahead.rows[0].id }, later: true },
      ...[1, 2, 3].map((sweepId) => ({ identifier: 'sweep', payload: { sweepId }, later: false })),
    ]);
  });
});

it('keeps a table whole that takes several files of the archive', async () => {
  const large = join(folder, 'large.tar.gz');
  await emptySchema(other.pool);
  await restoreBackup(other.pool, { file, ...quietly });
  await other.pool.query(`update post set source = repeat('é\t' || md5(id::text) || E'\n', 30000)`);
  const before = await contentOnceRestored(other.pool);
  await writeBackup(other.pool, { file: large, now, ...quietly });
  await emptySchema(other.pool);
  await restoreBackup(other.pool, { file: large, ...quietly });
  expect(await contentOf(other.pool)).toEqual(before);
});

it('brings what an older version saved to the tables of this one', async () => {
  const older = join(folder, 'older.tar.gz');
  await emptySchema(other.pool);
  const { error } = await createMigrator(other.db).migrateTo('002-accounts');
  expect(error).toBeUndefined();
  await other.pool.query(
    `insert into account (handle, name, role, created_at) values ('owner', 'Owner', 'owner', now())`,
  );
  await writeBackup(other.pool, { file: older, now, ...quietly });
  const started = await createTestDatabase();
  await restoreBackup(started.pool, { file: older, ...quietly });
  const migrations = await createMigrator(started.db).getMigrations();
  expect(migrations.filter((migration) => !migration.executedAt)).toEqual([]);
  const { rows } = await started.pool.query('select handle from account');
  expect(rows).toEqual([{ handle: 'owner' }]);
  await started.drop();
});

it('saves one moment, while others go on writing', async () => {
  const busy = join(folder, 'busy.tar.gz');
  let writing = true;
  let last = 0;
  // Each step changes two tables together: a backup that has only one of the two changes saw two moments.
  const writer = (async () => {
    while (writing) {
      last += 1;
      await site.pool.query(`begin; update conversation_count set waiting = ${last} where conversation_id = 1;
        update site set tagline = '${last}'; commit`);
    }
  })();
  while (last < 3) await new Promise((resolve) => setTimeout(resolve, 1));
  await writeBackup(site.pool, {
    file: busy,
    now,
    stopping: quietly.stopping,
    onProgress: () => void site.pool.query(`update site set tagline = tagline`),
  });
  writing = false;
  await writer;
  await restoreBackup(other.pool, { file: busy, ...quietly });
  const { rows } = await other.pool.query(
    `select tagline::integer = waiting as together, waiting < ${last} as earlier from site, conversation_count where conversation_id = 1`,
  );
  expect(rows).toEqual([{ together: true, earlier: true }]);
});
