import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { completeFirstStart } from '../../src/process/first-start.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const now = new Date('2026-11-21T12:00:00Z');

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

describe('the first start', () => {
  it('gives an empty site something to read', async () => {
    expect(await start()).toBe(true);
    expect(await titles()).toEqual(['About', 'How we talk here', 'Lacking leadership']);
  });

  it('happens once, however many processes start together', async () => {
    const firsts = await Promise.all(Array.from({ length: 6 }, () => start()));
    expect(firsts.filter(Boolean)).toHaveLength(1);
    expect(await titles()).toHaveLength(3);
  });

  it('is never repeated, not even when everything was deleted since', async () => {
    await start({ sampleContent: false });
    expect(await start()).toBe(false);
    expect(await titles()).toEqual([]);
  });

  it('leaves the site empty where that is wanted', async () => {
    expect(await start({ sampleContent: false })).toBe(true);
    expect(await titles()).toEqual([]);
  });

  it('adds nothing to a site that somebody uses already', async () => {
    await database.db
      .insertInto('account')
      .values({ handle: 'ada', name: 'Ada', email: null, password_hash: null, role: 'owner', created_at: now })
      .execute();
    expect(await start()).toBe(true);
    expect(await titles()).toEqual([]);
  });

  it('that broke half way is done again from the beginning', async () => {
    await database.db.schema.alterTable('post').addCheckConstraint('broken', sql`kind <> 'page'`).execute();
    await expect(start()).rejects.toThrow('broken');
    expect(await titles()).toEqual([]);
    await database.db.schema.alterTable('post').dropConstraint('broken').execute();
    expect(await start()).toBe(true);
    expect(await titles()).toHaveLength(3);
  });
});

function start({ sampleContent = true } = {}): Promise<boolean> {
  return completeFirstStart(database.db, { sampleContent, now });
}

async function titles(): Promise<string[]> {
  const posts = await database.db.selectFrom('post').select('title').orderBy('title').execute();
  return posts.map(({ title }) => title);
}
