import { createHmac, randomUUID } from 'node:crypto';
import type { Express } from 'express';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import { pino } from 'pino';
import type { Role } from '../../src/accounts/table.ts';
import { createApp } from '../../src/app.ts';
import { createRowCache } from '../../src/cache/row-cache.ts';
import { unheardChanges } from '../../src/changes/changes.ts';
import { type Config, readConfig } from '../../src/config.ts';
import { createDatabase, createPool, type Database } from '../../src/database.ts';
import { loadSecrets } from '../../src/site/queries.ts';
import { createTestDatabase } from './database.ts';

/** A whole site on a database of its own, with a clock that the test holds. */
export interface TestSite {
  readonly app: Express;
  readonly db: Kysely<Database>;
  /** The connections that `db` uses. */
  readonly pool: pg.Pool;
  /** What the site takes for now; assign to it to let time pass. */
  now: Date;
  /** Makes an account and a session for it; `cookie` goes into the Cookie header of a request. */
  signIn(role: Role, name?: string): Promise<{ id: number; cookie: string }>;
  close(): Promise<void>;
}

/** The headers that a browser adds to a form of the site itself. */
export const fromOwnPage = { 'Sec-Fetch-Site': 'same-origin' };

/** Parts of a site that keeps nothing in memory: tests change rows behind its back, and look at once. */
export function withoutMemory(now: () => Date) {
  return {
    changes: unheardChanges,
    rows: createRowCache({ changes: unheardChanges, now }),
    pageCounts: { kept: 0, unconfirmed: 0, made: 0 },
  };
}

/**
 * Starts a site for one test file.
 *
 * @param environment variables as `readConfig` takes them; without any, nobody is limited.
 */
export async function createTestSite(environment: Record<string, string> = {}): Promise<TestSite> {
  const database = await createTestDatabase();
  const pool = createPool(database.url, () => {});
  const db = createDatabase(pool);
  const config: Config = readConfig({ COMMENT_LIMIT: '0', LOG_LEVEL: 'silent', ...environment });
  const secrets = await loadSecrets(db);
  const now = () => site.now;
  const site: TestSite = {
    app: createApp({
      db,
      pool,
      config,
      secrets,
      logger: pino({ level: 'silent' }),
      now,
      ...withoutMemory(now),
    }),
    db,
    pool,
    now: new Date(),
    signIn: (role, name) => signInTo(db, role, name),
    async close() {
      await db.destroy();
      await database.drop();
    },
  };
  return site;
}

/**
 * Makes an account and a session for it, which all processes on this database know.
 *
 * @returns with a `cookie` for the Cookie header of a request.
 */
export async function signInTo(
  db: Kysely<Database>,
  role: Role,
  name = `${role[0]?.toUpperCase()}${role.slice(1)} Person`,
): Promise<{ id: number; cookie: string }> {
  const secrets = await loadSecrets(db);
  const id = await addAccount(db, { role, name });
  const sid = randomUUID();
  const expire = new Date(Date.now() + 86_400_000);
  const sess = { cookie: { path: '/' }, accountId: id, signedInAt: new Date().toISOString(), userAgent: 'test' };
  await db
    .insertInto('session')
    .values({ sid, sess: JSON.stringify(sess), expire })
    .execute();
  const signature = createHmac('sha256', secrets.session.toString('hex'))
    .update(sid)
    .digest('base64')
    .replace(/=+$/, '');
  return { id, cookie: `session=${encodeURIComponent(`s:${sid}.${signature}`)}` };
}

// A well-formed hash (argon2id) that is no password's.
const noPassword = `$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$${'A'.repeat(43)}`;

let accounts = 0;

async function addAccount(db: Kysely<Database>, { role, name }: { role: Role; name: string }): Promise<number> {
  accounts += 1;
  const { id } = await db
    .insertInto('account')
    .values({
      handle: `${role}-${accounts}`,
      name,
      email: `${role}-${accounts}@site.example`,
      role,
      password_hash: noPassword,
      created_at: new Date(),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}
