import type { Kysely } from 'kysely';
import type { Made } from '../cache/cache.ts';
import type { RowCache } from '../cache/row-cache.ts';
import type { Database } from '../database.ts';
import { addOwn, loadOwnComments } from './own-comments.ts';
import { explainOwn } from './own-notes.ts';
import type { Claimant } from './ownership.ts';
import type { ThreadOrder } from './thread.ts';
import { loadThreadSlice, type SliceChoice, type ThreadSlice } from './thread-queries.ts';
import type { ReadableContent } from './thread-rows.ts';
import type { OwnNote } from './thread-view.ts';

/** A page of a conversation as one reader finds it. */
export interface ReadThread {
  readonly slice: ThreadSlice;
  /** What its writer is told of an own comment that nobody else sees, by its id. */
  readonly ownNotes: ReadonlyMap<number, OwnNote>;
}

/** Reads what is the same for all readers, and then what this one wrote. */
export async function readThread(
  { db, rows }: { db: Kysely<Database>; rows: RowCache },
  choice: SliceChoice & { claimant: Claimant },
): Promise<ReadThread> {
  const { conversationId, claimant } = choice;
  const shared = await rows.get<ThreadSlice>(keyOf(choice), (last) => loadShared(db, choice, last));
  if (claimant.accountId === undefined && claimant.browserIds.length === 0)
    return { slice: shared, ownNotes: new Map() };
  const slice = addOwn(shared, await loadOwnComments(db, { conversationId, claimant, slice: shared }));
  return { slice, ownNotes: await explainOwn(db, [...slice.above, ...slice.comments]) };
}

function keyOf({ conversationId, order = 'oldest', after, branch }: SliceChoice): string {
  return `thread ${conversationId} ${order} ${after ?? 'top'} ${branch?.toString('base64') ?? 'whole'}`;
}

// What begins behind a comment that is not there begins at the top, under as many names as there are numbers.
async function loadShared(
  db: Kysely<Database>,
  choice: SliceChoice,
  last: ThreadSlice | undefined,
): Promise<Made<ThreadSlice>> {
  const value = await loadThreadSlice(db, choice, last);
  const named = choice.after === undefined || value.continued;
  const rows = [...value.above, ...value.comments];
  return {
    value,
    subjects: named ? [`conversation ${choice.conversationId}`, 'site'] : [],
    bytes: rows.reduce((sum, { content, key }) => sum + key.length + bytesOf(content), 1_000),
  };
}

// A row with its text, at two bytes a character, and what is printed of it, at one.
function bytesOf(content: ReadableContent | undefined): number {
  return 3_000 + 3 * (content?.html.toString().length ?? 0);
}

/** The order that a reader asks for; what is no order is the usual one. */
export function readOrder(value: unknown): ThreadOrder {
  return value === 'newest' ? 'newest' : 'oldest';
}

/**
 * The path of the page that follows; undefined where none does. Where a branch goes on there, it leads to the comment that
 * is answered, which that page repeats.
 */
export function nextPageHref(path: string, { next, range }: Pick<ThreadSlice, 'next' | 'range'>): string | undefined {
  if (!next) return undefined;
  const anchor = next.parentId === null ? undefined : `c${next.parentId}`;
  return pageHref(path, { order: range.order, after: next.after, anchor });
}

/**
 * The path of a page of a conversation.
 *
 * @param path of the page on which it begins.
 * @param anchor none: where the conversation begins on the page.
 */
export function pageHref(
  path: string,
  {
    order = 'oldest',
    after,
    anchor = 'conversation',
  }: { order?: ThreadOrder; after?: number | undefined; anchor?: string | undefined } = {},
): string {
  const query = [...(order === 'newest' ? ['order=newest'] : []), ...(after === undefined ? [] : [`after=${after}`])];
  return `${path}${query.length > 0 ? `?${query.join('&')}` : ''}#${anchor}`;
}
