import type { Kysely } from 'kysely';
import { sortKey } from '../src/comments/thread.ts';
import { createDatabase, createPool, type Database } from '../src/database.ts';
import { prepareDatabase } from '../src/migrate.ts';
import { renderComment } from '../src/text/comment-markdown.ts';
import { rendererVersion } from '../src/text/renderer-version.ts';

/** Comments of the conversations that are read. */
export const threadSizes: readonly number[] = [2, 100, 1_000, 10_000];

const day = 86_400_000;
const text = `A reply of the usual length has a sentence or two, *a stress here and there*, and now and then
[a link](https://example.com/somewhere) that backs it up.

Its second paragraph says what the first one forgot.`;

/** Makes posts with conversations of every size, and an open one to reply to. */
export async function fillDatabase(url: string): Promise<void> {
  const pool = createPool(url, (error) => {
    throw error;
  });
  await prepareDatabase(pool);
  const db = createDatabase(pool);
  await db.updateTable('site').set({ comment_mode: 'open' }).execute();
  const author = await addAuthor(db);
  for (const size of threadSizes) {
    const conversation = await addPost(db, { author, slug: `thread-of-${size}` });
    await addComments(db, { conversation, size });
  }
  await addPost(db, { author, slug: 'open-thread' });
  await pool.query('vacuum analyze');
  await db.destroy();
}

async function addAuthor(db: Kysely<Database>): Promise<number> {
  const values = { handle: 'bench', name: 'Bench Author', email: null, role: 'author', password_hash: null } as const;
  const row = { ...values, created_at: new Date(), disabled_at: null };
  return (await db.insertInto('account').values(row).returning('id').executeTakeFirstOrThrow()).id;
}

async function addPost(db: Kysely<Database>, { author, slug }: { author: number; slug: string }): Promise<number> {
  const { id: conversation } = await db
    .insertInto('conversation')
    .values({ mode: null, close_after_days: null })
    .returning('id')
    .executeTakeFirstOrThrow();
  await db.insertInto('conversation_count').values({ conversation_id: conversation }).execute();
  const published = new Date(Date.now() - day);
  const { id } = await db
    .insertInto('post')
    .values({
      kind: 'post',
      slug,
      title: `A ${slug.replaceAll('-', ' ')}`,
      source: text,
      html: renderComment(text).html.toString(),
      renderer_version: rendererVersion,
      conversation_id: conversation,
      published_at: published,
      deleted_at: null,
      created_at: published,
      updated_at: published,
      external_source: null,
      external_id: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await db.insertInto('post_author').values({ post_id: id, account_id: author, position: 1 }).execute();
  return conversation;
}

// A third of the comments answers the post, the others one of the comments before them.
async function addComments(
  db: Kysely<Database>,
  { conversation, size }: { conversation: number; size: number },
): Promise<void> {
  const { max } = await db
    .selectFrom('comment')
    .select(({ fn }) => fn.max('id').as('max'))
    .executeTakeFirstOrThrow();
  const html = renderComment(text).html.toString();
  const placed: { id: number; root: number; depth: number; key: Buffer }[] = [];
  for (let index = 0; index < size; index += 1) {
    const id = (max ?? 0) + index + 1;
    const parent = index % 3 === 0 ? undefined : placed[(index * 7919) % index];
    placed.push({ id, root: parent?.root ?? id, depth: (parent?.depth ?? 0) + 1, key: sortKey(parent?.key, id) });
  }
  const parentOf = (key: Buffer) => (key.length > 5 ? key.readUIntBE(key.length - 10, 5) : null);
  for (let start = 0; start < size; start += 1_000) {
    const rows = placed.slice(start, start + 1_000).map(({ id, root, depth, key }) => ({
      id,
      conversation_id: conversation,
      parent_id: parentOf(key),
      root_id: root,
      depth,
      path: key,
      status: 'approved' as const,
      shown: true,
      account_id: null,
      browser_id: null,
      name: `Reader ${id % 97}`,
      email: null,
      website: null,
      source: text,
      html,
      renderer_version: rendererVersion,
      network_hash: null,
      created_at: new Date(Date.now() - day + id),
      external_source: null,
      external_id: null,
    }));
    await db.insertInto('comment').values(rows).execute();
  }
  const counts = db.updateTable('conversation_count').set({ readable: size });
  await counts.where('conversation_id', '=', conversation).execute();
  await db
    .selectNoFrom(({ fn, val }) => fn('setval', [val('comment_id_seq'), val((max ?? 0) + size)]).as('next'))
    .execute();
}
