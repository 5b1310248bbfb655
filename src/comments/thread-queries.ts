import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../database.ts';
import { prepared } from '../prepared.ts';
import type { CommentStatus } from './lifecycle.ts';
import {
  behindAllKeys,
  deepestKeyLevel,
  endOfBranch,
  idsInKey,
  keyAfter,
  rootInKey,
  type ThreadOrder,
} from './thread.ts';
import { type ReadableComment, type RowVersion, readRows, selectVersions } from './thread-rows.ts';

/** A stretch of a conversation in one order: from a key on, up to another that is not in it any more. */
export interface ThreadRange {
  readonly order: ThreadOrder;
  readonly from: Buffer;
  readonly until: Buffer;
}

/** A page of a conversation, in its order. */
export interface ThreadSlice {
  readonly comments: readonly ReadableComment[];
  /** What a page that goes on in the middle of a branch hangs on, from the top: whatever its comments answer, and some more. */
  readonly above: readonly ReadableComment[];
  /** Where more follow: the last comment of this page, and what the first that follows answers (null: the post). */
  readonly next: { readonly after: number; readonly parentId: number | null } | undefined;
  /** Whether other comments stand before this page. */
  readonly continued: boolean;
  /** What lies between its first comment and that of the next page. */
  readonly range: ThreadRange;
  /** Sort key of the comment whose branch alone is read; empty: the whole conversation is. */
  readonly top: Buffer;
}

/** Which page of a conversation. */
export interface SliceChoice {
  readonly conversationId: number;
  /** id of a comment of this conversation; the page begins behind it. An unknown one begins at the top. */
  readonly after?: number | undefined;
  /** Oldest first, unless said. */
  readonly order?: ThreadOrder;
  /** Sort key of the comment whose branch alone is read; it must not be at the deepest level, which has no branches. */
  readonly branch?: Buffer | undefined;
}

/** Rows of a conversation that one page shows at most. */
export const pageRows = 200;

/** Ancestors that a page that begins within a branch repeats at least, where there are as many. */
export const repeatedAncestors = 20;

const beforeAllKeys = Buffer.alloc(0);

/** What the writer alone still sees of the own comment. */
export const ownVisible: readonly CommentStatus[] = ['pending', 'rejected', 'removed'];

/** Whether a reader finds a comment in its conversation: as text, as a placeholder, or as the own one that is held. */
export function isVisibleTo(
  comment: {
    readonly status: CommentStatus;
    readonly shown: boolean;
    readonly browser_id: number | null;
    /** Whether a rule took it for spam: its writer may be no spammer, and is told. Who was found out by a moderator is not. */
    readonly unconfirmed_spam: boolean;
  },
  browserId: number | undefined,
): boolean {
  return (
    comment.shown ||
    (browserId !== undefined &&
      comment.browser_id === browserId &&
      (ownVisible.includes(comment.status) || comment.unconfirmed_spam))
  );
}

/**
 * Reads a page of a conversation: one index range, whatever its size. It is the same for all readers; what one of them
 * wrote is added by `loadOwnComments`.
 *
 * @param last the page as it was read before: what has stayed the same is taken over.
 */
export async function loadThreadSlice(
  db: Kysely<Database>,
  choice: SliceChoice,
  last?: ThreadSlice | undefined,
): Promise<ThreadSlice> {
  const { conversationId, order = 'oldest', branch } = choice;
  const top = branch ?? beforeAllKeys;
  const start = choice.after === undefined ? undefined : await findCursor(db, { ...choice, id: choice.after });
  const end = branch ? endOfBranch(branch) : behindAllKeys;
  const whole: ThreadRange = { order, from: start ? keyAfter(start) : top, until: end };
  const { versions, following } = await findRows(db, { conversationId, range: whole });
  const comments = await readRows(db, versions, last?.comments);
  return {
    comments,
    above: start ? await listAncestors(db, { comments, top, known: last?.above }) : [],
    next: following && { after: following.after, parentId: following.parentId },
    continued: start !== undefined,
    range: following ? { ...whole, until: keyAfter(following.key) } : whole,
    top,
  };
}

interface FoundRows {
  readonly versions: readonly RowVersion[];
  /** Where more follow: the last of these rows with its sort key, and what the first that follows answers. */
  readonly following: { readonly after: number; readonly key: Buffer; readonly parentId: number | null } | undefined;
}

// As one text, and of sort keys only the last: to take apart two hundred rows takes longer than to find them.
async function findRows(
  db: Kysely<Database>,
  { conversationId, range }: { conversationId: number; range: ThreadRange },
): Promise<FoundRows> {
  const order = range.order === 'newest' ? sql`branch, path` : sql`path`;
  const { rows } = await sql<{ versions: string | null; key: Buffer | null; parent_id: number | null }>`
    ${prepared} select
      string_agg(id || ' ' || version, ',' order by ${order}) as versions,
      (array_agg(path) filter (where place = ${sql.lit(pageRows)}))[1] as key,
      (array_agg(parent_id) filter (where place > ${sql.lit(pageRows)}))[1] as parent_id
    from (
      select id, parent_id, version, branch, path, row_number() over (order by ${order}) as place
      from (
        select id, parent_id, xmin as version, -root_id as branch, path from comment
        where conversation_id = ${conversationId} and ${within(range)} and shown
      ) readable
      order by ${order} limit ${sql.lit(pageRows + 1)}
    ) page`.execute(db);
  const { versions: text, key, parent_id } = rows[0] as (typeof rows)[number];
  const found = (text?.split(',') ?? []).map((each) => {
    const space = each.indexOf(' ');
    return { id: Number(each.slice(0, space)), version: each.slice(space + 1) };
  });
  const versions = found.slice(0, pageRows);
  const after = versions.at(-1)?.id;
  const goesOn = found.length > pageRows && key !== null && after !== undefined;
  return { versions, following: goesOn ? { after, key, parentId: parent_id } : undefined };
}

/**
 * Behind which comment a page has to begin so that it shows a given one, a little way down, and its nearest ancestors;
 * undefined: the first page does.
 *
 * @param key sort key of the comment.
 * @param branch sort key of the comment whose branch alone is read.
 */
export async function findPageStart(
  db: Kysely<Database>,
  { conversationId, key, branch }: { conversationId: number; key: Buffer; branch?: Buffer | undefined },
): Promise<number | undefined> {
  const before = await db
    .selectFrom('comment')
    .select(['id', 'parent_id'])
    .where('conversation_id', '=', conversationId)
    .where(within({ order: 'oldest', from: branch ?? beforeAllKeys, until: key }))
    .where(sql<boolean>`shown`)
    .orderBy('path', 'desc')
    .limit(pageRows)
    .execute();
  if (before.length < pageRows) return undefined;
  // A page that begins with a sibling of the comment, or of something above it, repeats the ancestors of both.
  const above = new Set(idsInKey(key).slice(0, -1));
  const fits = ({ parent_id }: { parent_id: number | null }) => parent_id === null || above.has(parent_id);
  const first = before.slice(0, repeatedAncestors).findLastIndex(fits);
  return before[first + 1]?.id;
}

/** Reads rows by their ids, in reading order, as far as readers see them; what is known and the same is taken over. */
export async function listShown(
  db: Kysely<Database>,
  {
    ids,
    top = beforeAllKeys,
    known,
  }: { ids: readonly number[]; top?: Buffer; known?: readonly ReadableComment[] | undefined },
): Promise<ReadableComment[]> {
  if (ids.length === 0) return [];
  const versions = await selectVersions(db)
    .where('id', '=', sql<number>`any(${ids}::integer[])`)
    .where(sql<boolean>`shown`)
    .where('path', '>=', top)
    .orderBy('path')
    .execute();
  return readRows(db, versions, known);
}

/** The ids of the nearest ancestors of a comment, as many as a page repeats. */
export async function nearestAncestors(
  db: Kysely<Database>,
  { parentId, depth, key }: Pick<ReadableComment, 'parentId' | 'depth' | 'key'>,
): Promise<number[]> {
  if (depth <= deepestKeyLevel) return idsInKey(key).slice(0, -1).slice(-repeatedAncestors);
  const { rows } = await sql<{ id: number }>`
    with recursive above as (
      select id, parent_id, 1 as step from comment where id = ${parentId}
      union all
      select parent.id, parent.parent_id, step + 1
      from comment parent join above on parent.id = above.parent_id
      where step < ${repeatedAncestors}
    )
    select id from above`.execute(db);
  return rows.map(({ id }) => id);
}

/** Whether a comment lies in a range, as the index of that order can tell. */
export function within({ order, from, until }: ThreadRange): RawBuilder<boolean> {
  if (order === 'oldest') return sql<boolean>`path >= ${from} and path < ${until}`;
  return sql<boolean>`(-root_id, path) >= (${negatedRoot(from)}::integer, ${from}::bytea)
    and (-root_id, path) < (${negatedRoot(until)}::integer, ${until}::bytea)`;
}

// Who reads on where a comment stood that was taken down meanwhile does not start anew.
async function findCursor(
  db: Kysely<Database>,
  { conversationId, id, branch }: { conversationId: number; id: number; branch?: Buffer | undefined },
): Promise<Buffer | undefined> {
  const row = await db
    .selectFrom('comment')
    .modifyFront(prepared)
    .select(['path', 'status', 'shown'])
    .where('id', '=', id)
    .where('conversation_id', '=', conversationId)
    .executeTakeFirst();
  if (!row || (!row.shown && neverShown.includes(row.status))) return undefined;
  return !branch || row.path.subarray(0, branch.length).equals(branch) ? row.path : undefined;
}

const neverShown: readonly CommentStatus[] = ['pending', 'rejected'];

// The nearest ancestors of the first comment, and what other comments of the page answer further up.
async function listAncestors(
  db: Kysely<Database>,
  {
    comments,
    top,
    known,
  }: { comments: readonly ReadableComment[]; top: Buffer; known: readonly ReadableComment[] | undefined },
): Promise<ReadableComment[]> {
  const [first] = comments;
  if (!first) return [];
  const onPage = new Set(comments.map(({ id }) => id));
  const answered = comments.flatMap(({ parentId }) => parentId ?? []).filter((id) => !onPage.has(id));
  const ids = new Set([...(await nearestAncestors(db, first)), ...answered]);
  return listShown(db, { ids: [...ids], top, known });
}

// Before all roots stands what is less than every negated id, and behind them what is greater.
function negatedRoot(key: Buffer): number {
  if (key.length === 0) return -2_147_483_648;
  return key.equals(behindAllKeys) ? 0 : -rootInKey(key);
}
