import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import type { Database } from '../database.ts';
import { type TrustedHtml, trustStored } from '../text/trusted-html.ts';
import type { CommentStatus } from './lifecycle.ts';
import { idsInKey, mergeByKey } from './thread.ts';

/** A row of a conversation as one reader may see it. */
export interface ReadableComment {
  readonly id: number;
  readonly parentId: number | null;
  readonly key: Buffer;
  readonly depth: number;
  readonly createdAt: Date;
  readonly accountId: number | null;
  /** Whether this reader wrote it in this browser and sees it although it is not approved. */
  readonly ownHidden: boolean;
  readonly status: CommentStatus;
  /** What it says and who says so; undefined for a placeholder: the query itself leaves it out. */
  readonly content: { readonly name: string; readonly website: string | null; readonly html: TrustedHtml } | undefined;
}

/** A page of a conversation, in reading order. */
export interface ThreadSlice {
  readonly comments: readonly ReadableComment[];
  /** What a page that goes on in the middle of a branch hangs on, from the top: whatever its comments answer, and some more. */
  readonly above: readonly ReadableComment[];
  /** The last comment of this page, where more follow. */
  readonly nextAfter: number | undefined;
  /** Whether other comments stand before this page. */
  readonly continued: boolean;
}

/** Rows of a conversation that one page shows at most. */
export const pageRows = 200;

/** Ancestors that a page that begins within a branch repeats at least, where there are as many. */
const repeatedAncestors = 20;

/** What the writer alone still sees of the own comment. */
const ownVisible: readonly CommentStatus[] = ['pending', 'rejected', 'removed'];

const beforeAll = Buffer.alloc(0);
const behindAll = Buffer.alloc(5, 0xff);

/** Whether a reader finds a comment in its conversation: as text, as a placeholder, or as the own one that is held. */
export function isVisibleTo(
  comment: { readonly status: CommentStatus; readonly shown: boolean; readonly browser_id: number | null },
  browserId: number | undefined,
): boolean {
  return (
    comment.shown ||
    (browserId !== undefined && comment.browser_id === browserId && ownVisible.includes(comment.status))
  );
}

/**
 * Reads a page of a conversation: one index range, whatever its size.
 *
 * @param after id of a comment of this conversation; the page begins behind it. An unknown one begins at the top.
 * @param browserId the reader's browser, whose own waiting comments are added.
 */
export async function loadThreadSlice(
  db: Kysely<Database>,
  {
    conversationId,
    after,
    browserId,
  }: { conversationId: number; after?: number | undefined; browserId?: number | undefined },
): Promise<ThreadSlice> {
  const start = after === undefined ? undefined : await findKey(db, { conversationId, id: after, browserId });
  const from = start ?? beforeAll;
  const shown = await selectRows(db, browserId)
    .where('conversation_id', '=', conversationId)
    .where('path', '>', from)
    .where('path', '<', behindAll)
    .where('shown', '=', true)
    .orderBy('path')
    .limit(pageRows + 1)
    .execute();
  const more = shown.length > pageRows;
  const page = shown.slice(0, pageRows).map(toReadable);
  const until = (more && page.at(-1)?.key) || behindAll;
  const own = browserId === undefined ? [] : await listOwnHidden(db, { conversationId, browserId, from, until });
  const comments = mergeByKey(page, own);
  const first = start && comments[0];
  return {
    comments,
    above: first ? await listAbove(db, { first, comments, browserId }) : [],
    nextAfter: more ? page.at(-1)?.id : undefined,
    continued: start !== undefined,
  };
}

/**
 * Behind which comment a page has to begin so that it shows a given one, some way down; undefined: the first page does.
 *
 * @param key sort key of the comment.
 */
export async function findPageStart(
  db: Kysely<Database>,
  { conversationId, key }: { conversationId: number; key: Buffer },
): Promise<number | undefined> {
  const rows = await db
    .selectFrom('comment')
    .select('id')
    .where('conversation_id', '=', conversationId)
    .where('path', '>', beforeAll)
    .where('path', '<', key)
    .where('shown', '=', true)
    .orderBy('path', 'desc')
    .limit(pageRows)
    .execute();
  return rows.length < pageRows ? undefined : rows[repeatedAncestors]?.id;
}

async function findKey(
  db: Kysely<Database>,
  { conversationId, id, browserId }: { conversationId: number; id: number; browserId: number | undefined },
): Promise<Buffer | undefined> {
  const row = await db
    .selectFrom('comment')
    .select(['path', 'status', 'shown', 'browser_id'])
    .where('id', '=', id)
    .where('conversation_id', '=', conversationId)
    .executeTakeFirst();
  // Who reads on where a comment stood that was taken down meanwhile does not start anew.
  return row && (isVisibleTo(row, browserId) || row.status === 'removed') ? row.path : undefined;
}

async function listOwnHidden(
  db: Kysely<Database>,
  {
    conversationId,
    browserId,
    from,
    until,
  }: { conversationId: number; browserId: number; from: Buffer; until: Buffer },
): Promise<ReadableComment[]> {
  const rows = await selectRows(db, browserId)
    .where('browser_id', '=', browserId)
    .where('conversation_id', '=', conversationId)
    .where('shown', '=', false)
    .where('status', 'in', ownVisible)
    .where('path', '>', from)
    .where('path', '<', until)
    .orderBy('id', 'desc')
    .limit(pageRows)
    .execute();
  return rows.map(toReadable);
}

// The nearest ancestors of the first comment, and what other comments of the page answer further up.
async function listAbove(
  db: Kysely<Database>,
  {
    first,
    comments,
    browserId,
  }: { first: ReadableComment; comments: readonly ReadableComment[]; browserId: number | undefined },
): Promise<ReadableComment[]> {
  const ancestors = idsInKey(first.key).slice(0, -1).slice(-repeatedAncestors);
  const onPage = new Set(comments.map(({ id }) => id));
  const answered = comments.flatMap(({ parentId }) => parentId ?? []).filter((id) => !onPage.has(id));
  const ids = [...new Set([...ancestors, ...answered])];
  if (ids.length === 0) return [];
  const rows = await selectRows(db, browserId)
    .where('id', 'in', ids)
    .where('shown', '=', true)
    .orderBy('path')
    .execute();
  return rows.map(toReadable);
}

function selectRows(db: Kysely<Database>, browserId: number | undefined) {
  return db
    .selectFrom('comment')
    .select(['id', 'parent_id', 'path', 'depth', 'created_at', 'account_id', 'status'])
    .select((eb) => {
      const own = isOwn(eb, browserId);
      const may = eb.or([eb('status', '=', 'approved'), own]);
      return [
        eb.and([own, eb('status', '<>', 'approved')]).as('own_hidden'),
        eb.case().when(may).then(eb.ref('name')).end().as('name'),
        eb.case().when(may).then(eb.ref('website')).end().as('website'),
        eb.case().when(may).then(eb.ref('html')).end().as('html'),
      ];
    });
}

function isOwn(eb: ExpressionBuilder<Database, 'comment'>, browserId: number | undefined) {
  if (browserId === undefined) return sql<boolean>`false`;
  return eb.and([eb(eb.fn.coalesce('browser_id', eb.val(0)), '=', browserId), eb('status', 'in', ownVisible)]);
}

type Row = Awaited<ReturnType<ReturnType<typeof selectRows>['execute']>>[number];

function toReadable(row: Row): ReadableComment {
  const { name, html } = row;
  return {
    id: row.id,
    parentId: row.parent_id,
    key: row.path,
    depth: row.depth,
    createdAt: row.created_at,
    accountId: row.account_id,
    ownHidden: Boolean(row.own_hidden),
    status: row.status,
    content: name === null || html === null ? undefined : { name, website: row.website, html: trustStored(html) },
  };
}
