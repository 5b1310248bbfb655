import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AbortedTransactionError, type Kysely, sql, type Transaction } from 'kysely';
import { createDatabase, createPool, type Database } from '../../src/database.ts';
import { isDatabaseAway } from '../../src/http/errors.ts';
import { ask, known, type Question, question, together, transact } from '../../src/pipeline.ts';
import { prepared } from '../../src/prepared.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { layLine } from '../support/database-line.ts';
import { eventually } from '../support/eventually.ts';
import { untilWaiting } from '../support/held-back.ts';

let test: TestDatabase;
let db: Kysely<Database>;
beforeAll(async () => {
  test = await createTestDatabase();
  await sql`create table thing (number integer primary key)`.execute(test.db);
  db = createDatabase(createPool(test.url, () => {}, { connections: 1 }));
});
afterAll(async () => {
  await db.destroy();
  await test.drop();
});
beforeEach(() => sql`truncate thing`.execute(test.db));

const lock: Question<void> = question(sql`select pg_advisory_xact_lock(1)`, () => {});
const add = (number: number): Question<void> => question(sql`insert into thing values (${number}::integer)`, () => {});
const numbers: Question<number[]> = question(
  sql<{ number: number }>`${prepared} select number from thing order by number`,
  (rows) => rows.map(({ number }) => number),
);

describe('Questions that are asked together', () => {
  it('are all sent before the first is answered', async () => {
    const line = await layLine(test.url);
    const far = createDatabase(createPool(line.url, () => {}, { connections: 1 }));
    let asked = '';
    const answers = far.transaction().execute((trx) => {
      line.holdAnswers((text) => {
        asked += text;
      });
      return ask(trx, together([add(1), numbers, add(2)]));
    });
    const sent = eventually(() => asked.match(/insert into thing/g)?.length === 2, { seconds: 3 });
    await sent.catch(() => {}).then(() => line.mend());
    expect(asked).toMatch(/insert into thing.*select number from thing.*insert into thing/s);
    expect(await answers).toEqual([undefined, [1], undefined]);
    await far.destroy();
    await line.close();
  });

  it('are answered in their order, each by what those before it made of the database', async () => {
    const answers = db
      .transaction()
      .execute((trx) => ask(trx, together([numbers, add(1), numbers, known('nothing is sent'), add(2), numbers])));
    expect(await answers).toEqual([[], undefined, [1], 'nothing is sent', undefined, [1, 2]]);
    expect(await ask(db, numbers)).toEqual([1, 2]);
  });

  it('see what others did while one of them waited for a lock', async () => {
    let answers: Promise<unknown> | undefined;
    await test.db.transaction().execute(async (trx) => {
      await ask(trx, lock);
      answers = db.transaction().execute((other) => ask(other, together([lock, numbers])));
      await untilWaiting(test.db, 1);
      await ask(trx, add(1));
    });
    expect(await answers).toEqual([undefined, [1]]);
  });

  it('leave nothing where one of them fails, and a connection that can be asked again', async () => {
    const first = createDatabase(createPool(test.url, () => {}, { connections: 1 }));
    const failed = first.transaction().execute((trx) => ask(trx, together([add(1), add(1), numbers, add(2)])));
    await expect(failed).rejects.toMatchObject({ code: '23505' });
    // Its plan was asked for in vain the first time.
    expect(await ask(first, numbers)).toEqual([]);
    expect(await first.transaction().execute((trx) => ask(trx, together([add(3), numbers])))).toEqual([undefined, [3]]);
    await first.destroy();
  });

  it.each(['cut', 'hold'] as const)(
    'end like one where the line is lost (%s), and are asked anew on another',
    async (how) => {
      const line = await layLine(test.url);
      const far = createDatabase(createPool(line.url, () => {}, { statement: 300, connections: 1 }));
      const lost = far.transaction().execute((trx) => {
        line[how]();
        return ask(trx, together([numbers, add(1), numbers]));
      });
      expect(isDatabaseAway(await lost.catch((error) => error))).toBe(true);
      line.mend();
      expect(await eventually(() => ask(far, numbers).catch(() => undefined))).toEqual([]);
      await far.destroy();
      await line.close();
    },
  );
});

describe('A transaction that begins with what it asks first', () => {
  it('begins and asks in one way to and fro, and says the last and ends in another', async () => {
    const line = await layLine(test.url);
    const far = createDatabase(createPool(line.url, () => {}, { connections: 1 }));
    await ask(far, numbers);
    const untilSent = async (words: RegExp) => {
      let sent = '';
      line.holdAnswers((text) => {
        sent += text;
      });
      await eventually(() => words.test(sent), { seconds: 3 }).finally(() => line.mend());
    };
    const begun = untilSent(/begin.*page \d/s);
    const result = transact(far, {
      first: numbers,
      async work(trx, before) {
        await begun;
        await ask(trx, add(1));
        ended = untilSent(/insert into thing.*commit/s);
        return { last: add(2), result: before };
      },
    });
    let ended: Promise<void> | undefined;
    expect(await result).toEqual([]);
    await ended;
    expect(await ask(db, numbers)).toEqual([1, 2]);
    await far.destroy();
    await line.close();
  });

  const nothing = known(undefined);
  const bad = question(sql`select 1 / 0`, () => {});
  const tries = {
    'what it asks first': { first: bad, last: nothing },
    'what it does': { first: nothing, work: (trx: Transaction<Database>) => ask(trx, bad), last: nothing },
    'what it says last': { first: nothing, last: bad },
  };
  it.each(Object.entries(tries))(
    'keeps nothing where %s fails, and says why',
    async (_name, { first, last, ...does }) => {
      const failed = transact(db, {
        first,
        async work(trx) {
          await ask(trx, add(1));
          await ('work' in does ? does.work(trx) : undefined);
          return { last, result: undefined };
        },
      });
      await expect(failed).rejects.toMatchObject({ message: 'division by zero' });
      expect(await ask(db, numbers)).toEqual([]);
      await ask(db, add(2));
      expect(await ask(test.db, numbers)).toEqual([2]);
    },
  );

  it('is not called done where the database took it back instead, since a failure was passed over', async () => {
    const failed = transact(db, {
      first: nothing,
      async work(trx) {
        await ask(trx, add(1));
        await ask(trx, bad).catch(() => {});
        return { last: nothing, result: 'done' };
      },
    });
    await expect(failed).rejects.toBeInstanceOf(AbortedTransactionError);
    expect(await ask(db, numbers)).toEqual([]);
  });

  it.each(['cut', 'hold'] as const)(
    'ends where the line is lost (%s) before the last is said, and keeps nothing',
    async (how) => {
      const line = await layLine(test.url);
      const far = createDatabase(createPool(line.url, () => {}, { statement: 300, connections: 1 }));
      const lost = transact(far, {
        first: numbers,
        async work(trx) {
          await ask(trx, add(1));
          line[how]();
          return { last: add(2), result: undefined };
        },
      });
      expect(isDatabaseAway(await lost.catch((error) => error))).toBe(true);
      line.cut();
      line.mend();
      expect(await eventually(() => ask(far, numbers).catch(() => undefined))).toEqual([]);
      await far.destroy();
      await line.close();
    },
  );

  it('gives its connection up where it cannot be rolled back', async () => {
    const { url, server, sockets } = await startServerThatRefuses('rollback');
    const far = createDatabase(createPool(url, () => {}, { connections: 1 }));
    const failed = transact(far, {
      first: nothing,
      work: () => Promise.reject(new Error('Something went wrong.')),
    });
    await expect(failed).rejects.toMatchObject({ message: 'Something went wrong.' });
    await ask(far, nothing);
    expect(sockets.map(({ readableEnded }) => readableEnded)).toEqual([true, false]);
    await far.destroy();
    server.close();
  });
});

/** Something that says yes to all that it is asked, as Postgres does, but not to this. */
async function startServerThatRefuses(refused: string): Promise<{ url: string; server: Server; sockets: Socket[] }> {
  const message = (type: string, ...texts: string[]) => {
    const body = Buffer.from(texts.map((text) => `${text}\0`).join(''));
    const head = Buffer.alloc(5, type);
    head.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
  };
  const ready = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.once('data', () => {
      socket.write(Buffer.concat([Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]), ready]));
      socket.on('data', (asked) => {
        const answer = asked.includes(refused)
          ? message('E', 'SERROR', 'C57014', 'Mcanceled', '')
          : message('C', 'DONE');
        socket.write(Buffer.concat([answer, ready]));
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `postgres://someone@127.0.0.1:${(server.address() as AddressInfo).port}/site`, server, sockets };
}
