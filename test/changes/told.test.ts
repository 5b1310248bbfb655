import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { addPost } from '../support/posts.ts';
import { approved, plantThread } from '../support/threads.ts';

/** Tables that public pages are made of, and of each what no public page shows or depends on. */
const unseen: Readonly<Record<string, readonly string[]>> = {
  site: [],
  account: [
    'alerted_at',
    'mailed_rights_key',
    'moderation_mail',
    'id',
    'email',
    'role',
    'password_hash',
    'created_at',
    'disabled_at',
  ],
  tag: [],
  post: [],
  post_author: [],
  post_tag: [],
  conversation: [],
  conversation_count: ['waiting', 'readable', 'conversation_id'],
  closure: [],
  comment: [
    'held_by',
    'unconfirmed_spam',
    ...['id', 'email', 'browser_id', 'source', 'source_format', 'renderer_version', 'network_hash'],
    ...['external_source', 'external_id'],
  ],
};

let database: TestDatabase;
let client: pg.Client;
let told: string[];
let conversationId: number;

beforeAll(async () => {
  database = await createTestDatabase();
  const post = await addPost(database.db, { title: 'A post', tags: ['wine'] });
  conversationId = post.conversationId;
  await plantThread(database.db, conversationId, [approved(undefined)]);
  await database.db.insertInto('closure').values({ conversation_id: conversationId, closed_at: new Date() }).execute();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  client.on('notification', ({ payload }) => told.push(payload ?? ''));
  await client.query('listen change');
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

/** What is told of a statement. */
async function toldOf(statement: string): Promise<string[]> {
  await client.query('select 1');
  told = [];
  await database.pool.query(statement);
  await client.query('select 1');
  return told;
}

describe('a change of what readers see', () => {
  test('is told for every column, or listed here as one that they do not see', async () => {
    const silent: string[] = [];
    for (const [table, hidden] of Object.entries(unseen)) {
      const { rows } = await database.pool.query<{ name: string; identity: boolean }>(
        `select column_name as name, is_identity = 'YES' as identity from information_schema.columns
         where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'`,
        [table],
      );
      expect(rows.length).toBeGreaterThan(1);
      for (const { name } of rows) {
        if (hidden.includes(name)) continue;
        const heard = await toldOf(`update ${table} set ${name} = ${name}`);
        if (heard.length === 0) silent.push(`${table}.${name}`);
      }
    }
    expect(silent).toEqual([]);
  });

  test('is told for counts when they differ', async () => {
    expect(await toldOf('update conversation_count set readable = readable')).toEqual([]);
    expect(await toldOf('update conversation_count set readable = readable + 1')).toEqual([
      `conversation ${conversationId}`,
    ]);
  });

  test('is told of both conversations when a comment moves', async () => {
    const other = await addPost(database.db, { title: 'Another' });
    const moved = await toldOf(`update comment set conversation_id = ${other.conversationId}`);
    expect(moved.sort()).toEqual([`conversation ${conversationId}`, `conversation ${other.conversationId}`].sort());
  });

  test('is told when a table is emptied', async () => {
    expect(await toldOf('truncate post_tag')).toEqual(['everything']);
  });

  test('is not told of drafts, of comments that wait, and of what is rolled back', async () => {
    const draft = await toldOf("update comment set status = 'pending', shown = false");
    expect(draft.length).toBe(1);
    expect(await toldOf("update comment set html = 'x'")).toEqual([]);
    await database.pool.query('update post set published_at = null');
    expect(await toldOf("update post set title = 'Another title'")).toEqual([]);
    expect(await toldOf("begin; update site set title = 'Nothing'; rollback")).toEqual([]);
  });
});
