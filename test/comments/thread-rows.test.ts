import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { UpdateObject } from 'kysely';
import { loadThreadSlice, pageRows, type ThreadSlice } from '../../src/comments/thread-queries.ts';
import { readRows, selectVersions } from '../../src/comments/thread-rows.ts';
import type { Database } from '../../src/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { addPost } from '../support/posts.ts';
import { plantThread } from '../support/threads.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const approved = { parent: undefined, status: 'approved' } as const;

async function plant(size: number): Promise<{ conversationId: number; ids: readonly number[] }> {
  const { conversationId } = await addPost(database.db, { title: 'A talk' });
  const planted = Array.from({ length: size }, () => approved);
  return { conversationId, ids: await plantThread(database.db, conversationId, planted) };
}

function change(id: number, values: UpdateObject<Database, 'comment'>) {
  return database.db.updateTable('comment').set(values).where('id', '=', id).execute();
}

const idsIn = ({ comments }: ThreadSlice) => comments.map(({ id }) => id);

describe('A page that is read again', () => {
  it('has the very rows of the last reading where nothing has changed', async () => {
    const { conversationId, ids } = await plant(3);
    const last = await loadThreadSlice(database.db, { conversationId });
    const [added] = await plantThread(database.db, conversationId, [approved]);
    const now = await loadThreadSlice(database.db, { conversationId }, last);
    expect(idsIn(now)).toEqual([...ids, added]);
    for (const [index, row] of last.comments.entries()) expect(now.comments[index]).toBe(row);
  });

  it.each<[string, UpdateObject<Database, 'comment'>, object]>([
    ['text', { html: '<p>Goodbye.</p>' }, {}],
    ['name', { name: 'Bea' }, { content: { name: 'Bea' } }],
    ['website', { website: 'https://example.com/' }, { content: { website: 'https://example.com/' } }],
    ['time of an edit', { edited_at: new Date('2026-03-01T12:00:00Z') }, { content: { editedAt: expect.any(Date) } }],
    ['proof of its address', { email: 'a@example.com', email_proved: true }, { content: { addressConfirmed: true } }],
    ['time', { created_at: new Date('2026-03-01T12:00:00Z') }, { createdAt: new Date('2026-03-01T12:00:00Z') }],
    ['status', { status: 'removed' }, { status: 'removed', content: undefined }],
  ])('has a new row where a comment has another %s, and the others are the same', async (_what, values, seen) => {
    const { conversationId, ids } = await plant(2);
    const last = await loadThreadSlice(database.db, { conversationId });
    await change(ids[0] as number, values);
    const now = await loadThreadSlice(database.db, { conversationId }, last);
    expect(now.comments[0]).not.toBe(last.comments[0]);
    expect(now.comments[0]).toMatchObject(seen);
    if (values.html) expect(String(now.comments[0]?.content?.html)).toBe(values.html);
    expect(now.comments[0]?.version).not.toBe(last.comments[0]?.version);
    expect(now.comments[1]).toBe(last.comments[1]);
  });

  it('repeats the very rows of its ancestors, too, and the changed ones anew', async () => {
    const { conversationId } = await addPost(database.db, { title: 'A talk' });
    const chain = Array.from({ length: pageRows + 2 }, (_, at) => ({
      ...approved,
      parent: at === 0 ? undefined : at - 1,
    }));
    const ids = await plantThread(database.db, conversationId, chain);
    const choice = { conversationId, after: ids[pageRows - 1] };
    const last = await loadThreadSlice(database.db, choice);
    const changed = last.above[3]?.id as number;
    await change(changed, { name: 'Bea' });
    const now = await loadThreadSlice(database.db, choice, last);
    expect(now.above.map((row) => last.above.includes(row))).toEqual(last.above.map(({ id }) => id !== changed));
    expect(now.above[3]?.content?.name).toBe('Bea');
  });

  it('leaves out what is taken down while it is read', async () => {
    const { conversationId, ids } = await plant(2);
    const { comments: known } = await loadThreadSlice(database.db, { conversationId });
    await change(ids[0] as number, { name: 'Bea' });
    const versions = await selectVersions(database.db).where('conversation_id', '=', conversationId).execute();
    await change(ids[0] as number, { status: 'removed', shown: false });
    expect((await readRows(database.db, versions, known)).map(({ id }) => id)).toEqual(ids.slice(1));
  });
});
