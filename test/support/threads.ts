import { type Kysely, sql } from 'kysely';
import { type CommentStatus, isReadable } from '../../src/comments/lifecycle.ts';
import { sortKey } from '../../src/comments/thread.ts';
import type { Database } from '../../src/database.ts';

/** A comment of a made-up thread: the place in the list of the one that it answers, and where it stands. */
export interface Planted {
  readonly parent: number | undefined;
  readonly status: CommentStatus;
}

/**
 * Puts a whole thread into the tables, with the flags and counts that belong to it, past all rules.
 *
 * @returns the ids, in the order of the list.
 */
export async function plantThread(
  db: Kysely<Database>,
  conversationId: number,
  planted: readonly Planted[],
): Promise<number[]> {
  const ids = await takeIds(db, planted.length);
  const shown = shownOf(planted);
  const places: { id: number; parentId: number | null; rootId: number; depth: number; path: Buffer }[] = [];
  for (const [index, { parent }] of planted.entries()) {
    const id = ids[index] as number;
    const above = parent === undefined ? undefined : places[parent];
    const place = { rootId: above?.rootId ?? id, depth: (above?.depth ?? 0) + 1, path: sortKey(above?.path, id) };
    places.push({ id, parentId: above?.id ?? null, ...place });
  }
  for (let at = 0; at < places.length; at += 5000) {
    const some = places.slice(at, at + 5000);
    await sql`
      insert into comment
        (id, conversation_id, parent_id, root_id, depth, path, status, shown, name, source, html, renderer_version, created_at)
      select id, ${conversationId}, parent_id, root_id, depth, path, status, shown,
        left('Guest ' || id, words), left('Comment ' || id, words), left('<p>Comment ' || id || '</p>', words), 1,
        '2026-02-01T12:00:00Z'
      from unnest(
        ${some.map(({ id }) => id)}::integer[], ${some.map(({ parentId }) => parentId)}::integer[],
        ${some.map(({ rootId }) => rootId)}::integer[], ${some.map(({ depth }) => depth)}::integer[],
        ${some.map(({ path }) => path)}::bytea[], ${planted.slice(at, at + 5000).map(({ status }) => status)}::text[],
        ${shown.slice(at, at + 5000)}::boolean[]
      ) as planted (id, parent_id, root_id, depth, path, status, shown),
      -- What is erased says nothing any more: the database checks it.
      lateral (select case when status in ('deleted', 'expired') then 0 else 60 end) as length (words)`.execute(db);
  }
  const count = (status: CommentStatus) => planted.filter((each) => each.status === status).length;
  await db
    .updateTable('conversation_count')
    .set((eb) => ({
      readable: eb('readable', '+', count('approved')),
      waiting: eb('waiting', '+', count('pending')),
    }))
    .where('conversation_id', '=', conversationId)
    .execute();
  return ids;
}

/** Which comments of a thread show, by the definition: what is approved, and what stands above something approved. */
export function shownOf(planted: readonly Planted[]): boolean[] {
  const shown = planted.map(() => false);
  for (const [index, { status }] of planted.entries()) {
    if (!isReadable(status)) continue;
    for (let at: number | undefined = index; at !== undefined && !shown[at]; at = planted[at]?.parent) shown[at] = true;
  }
  return shown;
}

/** The places of a thread from top to bottom: each before its replies, those in the order in which they came. */
export function preorderOf(planted: readonly Pick<Planted, 'parent'>[]): number[] {
  const replies = Map.groupBy(planted.keys(), (index) => planted[index]?.parent);
  const order: number[] = [];
  const open = [...(replies.get(undefined) ?? [])].reverse();
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    order.push(index);
    open.push(...(replies.get(index) ?? []).toReversed());
  }
  return order;
}

/** A comment that is there for all, in answer to another of the list or to the post. */
export function approved(parent: number | undefined): Planted {
  return { parent, status: 'approved' };
}

/** A branch of which each comment answers the one before. @param from the place of the first in the list. */
export function chainOf(length: number, from = 0): Planted[] {
  return Array.from({ length }, (_, index) => approved(index === 0 ? undefined : from + index - 1));
}

/**
 * A thread that grew at random: answers go to the newest, to the post or to anybody, so that it is deep in places and wide
 * in others.
 *
 * @param deepest levels that it has at most.
 * @param onward how likely an answer goes to the newest comment.
 */
export function randomTree(
  random: () => number,
  {
    size,
    deepest = 400,
    onward = 0.5,
    statuses = ['approved'],
  }: { size: number; deepest?: number; onward?: number; statuses?: readonly CommentStatus[] },
): Planted[] {
  const depths: number[] = [];
  return Array.from({ length: size }, (_, index) => {
    const dice = random();
    const anybody = Math.floor(random() * index);
    const chosen =
      index === 0 ? undefined : dice < onward ? index - 1 : dice < onward + (1 - onward) / 5 ? undefined : anybody;
    const parent = chosen !== undefined && (depths[chosen] ?? 0) >= deepest ? undefined : chosen;
    depths.push(parent === undefined ? 1 : (depths[parent] ?? 0) + 1);
    return { parent, status: pick(random, statuses) };
  });
}

/** Numbers from 0 up to, not including, 1: the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of these. */
export function pick<Value>(random: () => number, values: readonly Value[]): Value {
  return values[Math.floor(random() * values.length)] as Value;
}

async function takeIds(db: Kysely<Database>, count: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select nextval('comment_id_seq')::integer as id from generate_series(1, ${count}::integer) order by 1`.execute(db);
  return rows.map(({ id }) => id);
}
