import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Kysely, sql } from 'kysely';
import { createDatabase, createPool, type Database } from '../../src/database.ts';
import { isDatabaseAway } from '../../src/http/errors.ts';
import { ask, askTogether, known, type Question, question } from '../../src/pipeline.ts';
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
      return askTogether(trx, [add(1), numbers, add(2)]);
    });
    const sent = eventually(() => asked.match(/insert into thing/g)?.length === 2, { seconds: 3 });
    await sent.catch(() => {}).then(() => line.mend());
    expect(asked).toMatch(/insert into thing.*select number from thing.*insert into thing/s);
    expect(await answers).toEqual([undefined, [1], undefined]);
    await far.destroy();
    await line.close();
  });

  it('are answered in their order, each by what those before it made of the database', async () => {
    const together = db
      .transaction()
      .execute((trx) => askTogether(trx, [numbers, add(1), numbers, known('nothing is sent'), add(2), numbers]));
    expect(await together).toEqual([[], undefined, [1], 'nothing is sent', undefined, [1, 2]]);
    expect(await ask(db, numbers)).toEqual([1, 2]);
  });

  it('see what others did while one of them waited for a lock', async () => {
    let together: Promise<unknown> | undefined;
    await test.db.transaction().execute(async (trx) => {
      await ask(trx, lock);
      together = db.transaction().execute((other) => askTogether(other, [lock, numbers]));
      await untilWaiting(test.db, 1);
      await ask(trx, add(1));
    });
    expect(await together).toEqual([undefined, [1]]);
  });

  it('leave nothing where one of them fails, and a connection that can be asked again', async () => {
    const first = createDatabase(createPool(test.url, () => {}, { connections: 1 }));
    const failed = first.transaction().execute((trx) => askTogether(trx, [add(1), add(1), numbers, add(2)]));
    await expect(failed).rejects.toMatchObject({ code: '23505' });
    // Its plan was asked for in vain the first time.
    expect(await ask(first, numbers)).toEqual([]);
    expect(await first.transaction().execute((trx) => askTogether(trx, [add(3), numbers]))).toEqual([undefined, [3]]);
    await first.destroy();
  });

  it.each(['cut', 'hold'] as const)(
    'end like one where the line is lost (%s), and are asked anew on another',
    async (how) => {
      const line = await layLine(test.url);
      const far = createDatabase(createPool(line.url, () => {}, { statement: 300, connections: 1 }));
      const lost = far.transaction().execute((trx) => {
        line[how]();
        return askTogether(trx, [numbers, add(1), numbers]);
      });
      expect(isDatabaseAway(await lost.catch((error) => error))).toBe(true);
      line.mend();
      expect(await eventually(() => ask(far, numbers).catch(() => undefined))).toEqual([]);
      await far.destroy();
      await line.close();
    },
  );
});
