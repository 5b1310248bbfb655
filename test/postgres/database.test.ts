import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

it('gives a test file a migrated database', async () => {
  const { rows } = await test.pool.query('select count(*)::integer as sites from site');
  expect(rows).toEqual([{ sites: 1 }]);
});

it('keeps what one test file writes from the others', async () => {
  const other = await createTestDatabase();
  await test.pool.query(`update site set title = 'Changed'`);
  const { rows } = await other.pool.query('select title from site');
  await other.drop();
  expect(rows).toEqual([{ title: 'Rejoinder' }]);
});

it('removes the database of a test that left a connection open', async () => {
  const other = await createTestDatabase();
  const forgotten = new pg.Client({ connectionString: other.url });
  const broken = new Promise((resolve) => {
    forgotten.on('error', resolve);
  });
  await forgotten.connect();
  await other.drop();
  await broken;
  await expect(new pg.Client({ connectionString: other.url }).connect()).rejects.toMatchObject({ code: '3D000' });
});
