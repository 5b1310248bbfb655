import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { givenRows } from '../src/given-rows.ts';
import { createTestSite, type TestSite } from './support/site.ts';

let site: TestSite;

beforeAll(async () => {
  site = await createTestSite();
});
afterAll(() => site.close());

const columns = {
  yes: 'boolean',
  bytes: 'bytea',
  number: 'integer',
  told: 'jsonb',
  numbers: 'smallint[]',
  words: 'text',
  at: 'timestamptz',
  key: 'uuid',
} as const;

async function given(...rows: Record<keyof typeof columns, unknown>[]) {
  const answer = await sql`select * from ${givenRows('given', columns, rows)} order by nth`.execute(site.db);
  return answer.rows;
}

const nothing = {
  ...{ yes: null, bytes: null, number: null, told: null },
  ...{ numbers: null, words: null, at: null, key: null },
};

describe('Rows that a statement is given', () => {
  it('come as they are, in their order', async () => {
    const row = {
      yes: false,
      bytes: Buffer.from([0, 1, 0xff]),
      number: -7,
      told: { links: 3, hosts: ['a.example', '"\\'] },
      numbers: [1, -2],
      words: 'Ünïcode \\ "quoted" \u0001 {1,2} \n שלום 🙂',
      at: new Date('2026-03-10T12:00:00.123Z'),
      key: '0b0e7c52-5a0a-4c3b-9c2e-0123456789ab',
    };
    expect(await given(row, nothing)).toEqual([
      { ...row, nth: '1' },
      { ...nothing, nth: '2' },
    ]);
  });

  it('may lack what is missing, and are none where there is none', async () => {
    const { words: _missing, ...rest } = { ...nothing, yes: true };
    expect(await given({ ...rest, words: undefined })).toEqual([{ ...nothing, yes: true, nth: '1' }]);
    expect(await given()).toEqual([]);
  });

  it('lose half a character, which Postgres takes for no text', async () => {
    expect(await given({ ...nothing, words: 'half \ud83d gone' })).toEqual([
      { ...nothing, words: 'half \ufffd gone', nth: '1' },
    ]);
  });
});
