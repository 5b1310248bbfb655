import { type Kysely, sql } from 'kysely';
import { addAccount } from '../../src/accounts/add-account.ts';
import { hashPassword } from '../../src/accounts/passwords.ts';
import { sortKey } from '../../src/comments/thread.ts';
import { createDatabase, createPool, type Database } from '../../src/database.ts';
import { prepareDatabase } from '../../src/migrate.ts';
import { createPost } from '../../src/posts/service.ts';
import { renderComment } from '../../src/text/comment-markdown.ts';
import { rendererVersion } from '../../src/text/renderer-version.ts';
import { createNames } from './people.ts';
import { createProse } from './prose.ts';

/** With what the owner of the site signs in. */
export const owner = { email: 'owner@site.example', password: 'a password of the bench' };

/** Posts without comments, to which measurements reply; the moderated one holds everything first. */
export const emptyThreads = { open: 'open-thread', moderated: 'moderated-thread' };

/** Address of the post with so many comments. */
export function threadOf(size: number): string {
  return `/posts/thread-of-${size}`;
}

const wordsOfPost = 900;
const hour = 3_600_000;

/**
 * Makes a site with an owner, posts with conversations of these sizes, and empty ones.
 *
 * @param url of an empty database.
 */
export async function fillSite(url: string, sizes: readonly number[]): Promise<void> {
  const pool = createPool(url, (error) => {
    throw error;
  });
  await prepareDatabase(pool);
  const db = createDatabase(pool);
  await db.updateTable('site').set({ comment_mode: 'open', title: 'A site to measure' }).execute();
  const authorId = await addOwner(db);
  const texts = writeTexts();
  for (const size of sizes) {
    const { conversationId } = await addPost(db, { authorId, slug: `thread-of-${size}` });
    await addComments(db, { conversationId, size, texts });
  }
  for (const slug of Object.values(emptyThreads)) {
    await addPost(db, { authorId, slug, mode: slug === emptyThreads.moderated ? 'all_held' : null });
  }
  await pool.query('vacuum analyze');
  await pool.query('checkpoint');
  await db.destroy();
}

/**
 * Makes a site with an owner and ten posts on which comments wait, each with its browser, its judgement and its event, by plain
 * SQL: half of them on one post. A fifth as many were published before.
 *
 * @param url of an empty database.
 */
export async function fillQueue(url: string, size: number): Promise<void> {
  const pool = createPool(url, (error) => {
    throw error;
  });
  await prepareDatabase(pool);
  const db = createDatabase(pool);
  await db.updateTable('site').set({ title: 'A site with a queue' }).execute();
  const authorId = await addOwner(db);
  for (let post = 0; post < 10; post += 1) await addPost(db, { authorId, slug: `queue-${post}` });
  const texts = writeTexts();
  const published = size / 5;
  await addBrowsers(db, Math.ceil((published + size) / commentsEach) + 1);
  await db.transaction().execute(async (trx) => {
    // What refers to what is known to be right, and nobody listens yet: checking a million rows takes minutes.
    await sql`set local session_replication_role = replica`.execute(trx);
    await sql`
      insert into comment (
        id, conversation_id, root_id, depth, path, status, shown, browser_id, name, source, html, renderer_version, held_by,
        network_hash, created_at
      )
      select
        number, case when number % 2 = 0 then 1 else 2 + number / 2 % 9 end, number, 1,
        decode(lpad(to_hex(number), 10, '0'), 'hex'), case when number > ${published}::integer then 'pending' else 'approved' end,
        number <= ${published}::integer, 1 + number / ${commentsEach}::integer, 'Guest ' || number,
        text.source || ' No. ' || number, text.html, ${rendererVersion}::integer,
        case when number <= ${published}::integer then null when number % 1000 = 0 then 'links' else 'first_comment' end,
        sha256(int4send(number / 50)), now() - ${published + size}::integer * interval '1 second' + number * interval '1 second'
      from generate_series(1, ${published + size}::integer) number
      join unnest(${texts.map(({ source }) => source)}::text[], ${texts.map(({ html }) => html)}::text[])
        with ordinality as text (source, html, place) on text.place = 1 + number % ${texts.length}::integer
      order by number`.execute(trx);
    await sql`
      insert into judgement (comment_id, rule, verdict, facts, opinions, judged_at)
      select id, held_by, 'pending', '{}', jsonb_build_array(
        jsonb_build_object('rule', held_by, 'status', 'pending', 'numbers', '{"links": 3, "allowed": 2}'::jsonb)
      ), created_at
      from comment where status = 'pending' order by id`.execute(trx);
    await sql`
      insert into event (subject_kind, subject_id, action, to_status, conversation_id, created_at)
      select 'comment', id, 'post', status, conversation_id, created_at from comment order by id`.execute(trx);
  });
  await sql`
    update conversation_count set waiting = counted.waiting, readable = counted.readable
    from (
      select
        conversation_id, count(*) filter (where status = 'pending') as waiting,
        count(*) filter (where status = 'approved') as readable
      from comment group by conversation_id
    ) counted
    where counted.conversation_id = conversation_count.conversation_id`.execute(db);
  await sql`select setval('comment_id_seq', ${published + size}::integer)`.execute(db);
  await pool.query('vacuum analyze');
  await pool.query('checkpoint');
  await db.destroy();
}

/**
 * Makes a site that begins as sites do, with an owner and posts on which first comments are held.
 *
 * @param url of an empty database.
 * @returns the ids of their conversations.
 */
export async function fillPosts(
  url: string,
  { posts, publishedAt }: { posts: number; publishedAt: Date },
): Promise<number[]> {
  const pool = createPool(url, (error) => {
    throw error;
  });
  await prepareDatabase(pool);
  const db = createDatabase(pool);
  await db.updateTable('site').set({ comment_mode: 'first_held', title: 'A site with a stream' }).execute();
  const authorId = await addOwner(db);
  const conversationIds: number[] = [];
  for (let post = 0; post < posts; post += 1)
    conversationIds.push((await addPost(db, { authorId, slug: `stream-${post}`, now: publishedAt })).conversationId);
  await db.destroy();
  return conversationIds;
}

async function addOwner(db: Kysely<Database>): Promise<number> {
  const passwordHash = await hashPassword(owner.password);
  const person = { name: 'Olive Owner', email: owner.email, role: 'owner', passwordHash, now: new Date() } as const;
  const account = await db.transaction().execute((trx) => addAccount(trx, person));
  if (!account) throw new Error('The database is not empty.');
  return account.id;
}

const prose = createProse(2_026);

function addPost(
  db: Kysely<Database>,
  {
    authorId,
    slug,
    mode = null,
    now = new Date(Date.now() - 24 * hour),
  }: { authorId: number; slug: string; mode?: 'all_held' | null; now?: Date },
): Promise<{ conversationId: number }> {
  return db.transaction().execute((trx) =>
    createPost(trx, {
      title: `A ${slug.replaceAll('-', ' ')}`,
      slug,
      kind: 'post',
      source: prose.post(wordsOfPost),
      publishedAt: now,
      authorIds: [authorId],
      mode,
      tags: ['Measured'],
      now,
    }),
  );
}

interface Text {
  readonly source: string;
  readonly html: string;
}

// As many as a page has and more, so that no page says anything twice.
function writeTexts(): Text[] {
  return Array.from({ length: 500 }, () => {
    const source = prose.comment();
    return { source, html: renderComment(source).html.toString() };
  });
}

// Ten comments, by the place of the one that each answers. Conversations of every size repeat them, so that their first
// pages are alike, and only what lies behind differs.
const shape: readonly (number | undefined)[] = [undefined, 0, 1, 2, 1, 0, 5, undefined, 7, undefined];

// How many comments come from one browser.
const commentsEach = 3;

async function addBrowsers(db: Kysely<Database>, count: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    insert into browser (created_at, seen_at) select now(), now() from generate_series(1, ${count}) returning id`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

async function addComments(
  db: Kysely<Database>,
  { conversationId, size, texts }: { conversationId: number; size: number; texts: readonly Text[] },
): Promise<void> {
  const nextName = createNames(size);
  const browsers = await addBrowsers(db, Math.ceil(size / commentsEach));
  const last = await db.selectFrom('comment').select('id').orderBy('id', 'desc').limit(1).executeTakeFirst();
  const firstId = (last?.id ?? 0) + 1;
  const block: { id: number; root: number; depth: number; key: Buffer }[] = [];
  const rows = Array.from({ length: size }, (_, index) => {
    const id = firstId + index;
    const parent = block[shape[index % shape.length] ?? -1];
    const { root, depth, key } = {
      root: parent?.root ?? id,
      depth: (parent?.depth ?? 0) + 1,
      key: sortKey(parent?.key, id),
    };
    block[index % shape.length] = { id, root, depth, key };
    return {
      id,
      conversation_id: conversationId,
      parent_id: parent?.id ?? null,
      root_id: root,
      depth,
      path: key,
      status: 'approved' as const,
      shown: true,
      browser_id: browsers[index % browsers.length] as number,
      name: nextName(),
      ...(texts[index % texts.length] as Text),
      renderer_version: rendererVersion,
      created_at: new Date(Date.now() - 24 * hour + (index * 23 * hour) / size),
    };
  });
  for (let start = 0; start < size; start += 1_000) {
    await db
      .insertInto('comment')
      .values(rows.slice(start, start + 1_000))
      .execute();
  }
  await addTraces(db, conversationId);
  const counts = db.updateTable('conversation_count').set({ readable: size });
  await counts.where('conversation_id', '=', conversationId).execute();
  await db
    .selectNoFrom(({ fn, val }) => fn('setval', [val('comment_id_seq'), val(firstId + size)]).as('next'))
    .execute();
}

/** What comments leave behind as they are posted: their keys, what they are known by (each by itself), how they were judged, and events. */
async function addTraces(db: Kysely<Database>, conversationId: number): Promise<void> {
  const comments = sql`from comment where conversation_id = ${conversationId}::integer order by id`;
  await sql`
    insert into submission (key, comment_id, digest, created_at)
    select gen_random_uuid(), id, sha256(int4send(id)), created_at ${comments}`.execute(db);
  await sql`
    insert into comment_fingerprint (comment_id, exact, minima, band_1, band_2, band_3, band_4, written_at)
    select
      id, decode(md5(id::text), 'hex'), array_fill((id % 32768)::smallint, array[16]), hashint4(id), hashint4(-id), hashtext(id::text),
      hashtext((-id)::text), created_at ${comments}`.execute(db);
  await sql`
    insert into judgement (comment_id, rule, verdict, facts, opinions, judged_at)
    select id, 'standard', 'approved', '{}', '[{"rule": "standard", "status": "approved"}]', created_at ${comments}`.execute(
    db,
  );
  await sql`
    insert into event (subject_kind, subject_id, action, to_status, rule, conversation_id, created_at)
    select 'comment', id, 'post', status, 'standard', conversation_id, created_at ${comments}`.execute(db);
}
