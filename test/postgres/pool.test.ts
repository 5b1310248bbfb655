import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { createDatabase, createPool, withoutLimits } from '../../src/database.ts';
import { isDatabaseAway } from '../../src/http/errors.ts';
import { ask, question, together } from '../../src/pipeline.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { layLine } from '../support/database-line.ts';
import { eventually } from '../support/eventually.ts';

// Our own patience is two seconds longer than the server's, and is waited for more than once.
jest.setTimeout(30_000);

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

describe('a pool with limits', () => {
  it('has the server end a statement that takes too long, and keeps the connection', async () => {
    const pool = createPool(test.url, () => {}, { statement: 100 });
    const db = createDatabase(pool);
    const pid = async () => (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)).rows[0]?.pid;
    const before = await pid();
    const error = await sql`select pg_sleep(60)`.execute(db).catch((reason) => reason);
    expect(error).toMatchObject({ code: '57014' });
    expect(isDatabaseAway(error)).toBe(true);
    expect(await pid()).toBe(before);
    await db.destroy();
  });

  it('ends a transaction whose owner fell silent, so that it holds up nobody', async () => {
    const broken: Error[] = [];
    const pool = createPool(test.url, (error) => broken.push(error), { statement: 50 });
    const client = await pool.connect();
    await client.query('begin; lock table site');
    await eventually(() => broken.length > 0, { what: 'the end of the connection' });
    expect(broken[0]).toMatchObject({ code: '25P03' });
    client.release(true);
    await pool.end();
  });

  it('gives up a connection that is not answered, and takes another one next time', async () => {
    const { url, server, sockets } = await startSilentServer();
    const pool = createPool(url, () => {}, { statement: 100, connections: 1 });
    const db = createDatabase(pool);
    for (const times of [1, 2]) {
      const error = await sql`select 1`.execute(db).catch((reason) => reason);
      expect(error.message).toBe('The database did not answer in time');
      expect(isDatabaseAway(error)).toBe(true);
      await eventually(() => sockets.length === times && sockets.at(-1)?.closed, { seconds: 5 });
    }
    const error = await db
      .transaction()
      .execute((trx) => sql`select 1`.execute(trx))
      .catch((reason) => reason);
    expect(isDatabaseAway(error)).toBe(true);
    await db.destroy();
    server.close();
  });

  it('gives nobody who waits for it a connection that was not answered', async () => {
    const line = await layLine(test.url);
    const db = createDatabase(createPool(line.url, () => {}, { statement: 100, connections: 1 }));
    await sql`select 1`.execute(db);
    line.hold();
    const held = sql`select 1`.execute(db).catch((reason) => reason);
    const waiting = [1, 2].map(() => held.then(() => sql`select 1`.execute(db)));
    const behind = sql`select 1`.execute(db);
    await held;
    line.mend();
    expect(await Promise.all([behind, ...waiting])).toHaveLength(3);
    await db.destroy();
    await line.close();
  });

  it('waits for what is asked together as long as for one thing after the other', async () => {
    const db = createDatabase(createPool(test.url, () => {}, { statement: 1_000 }));
    const slow = question(sql`select pg_sleep(0.8)`, () => 'there');
    const answers = db.transaction().execute((trx) => ask(trx, together([slow, slow, slow, slow])));
    expect(await answers).toEqual(['there', 'there', 'there', 'there']);
    await db.destroy();
  });

  it('has no more patience after many answers than after one', async () => {
    const line = await layLine(test.url);
    const db = createDatabase(createPool(line.url, () => {}, { statement: 100, connections: 1 }));
    for (let count = 0; count < 30; count += 1) await sql`select 1`.execute(db);
    line.hold();
    await expect(sql`select 1`.execute(db)).rejects.toThrow('The database did not answer in time');
    line.cut();
    await db.destroy();
    await line.close();
  });

  it('can be done without where somebody has to wait', async () => {
    const pool = createPool(test.url, () => {}, { statement: 100 });
    const patient = createPool(String(withoutLimits(pool).connectionString), () => {});
    expect(withoutLimits(pool)).toMatchObject({ statement_timeout: 0 });
    await patient.query('select pg_sleep(0.3)');
    await Promise.all([pool.end(), patient.end()]);
  });
});

/** Something that greets as Postgres does, and then says nothing. */
async function startSilentServer(): Promise<{ url: string; server: Server; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const greeting = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {}).on('data', () => {});
    socket.once('data', () => socket.write(greeting));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `postgres://someone@127.0.0.1:${(server.address() as AddressInfo).port}/site`, server, sockets };
}
