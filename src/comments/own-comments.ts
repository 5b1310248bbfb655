import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import type { Database } from '../database.ts';
import type { CommentStatus } from './lifecycle.ts';
import type { Claimant } from './ownership.ts';
import { compareIn, mergeByKey } from './thread.ts';
import { listShown, nearestAncestors, ownVisible, pageRows, type ThreadSlice, within } from './thread-queries.ts';
import { type ReadableComment, selectRows, toReadable } from './thread-rows.ts';

/** What a reader's own browser adds to a page of a conversation. */
export interface OwnComments {
  /** What was written in it: comments that only it still sees, and those of the page that everyone sees. */
  readonly comments: readonly ReadableComment[];
  /** The same among what the page repeats, and what own comments answer further up. */
  readonly above: readonly ReadableComment[];
}

/** What a page tells its writer to be the own comment. */
const ownReadable: readonly CommentStatus[] = ['approved', ...ownVisible];

/** Reads what one person wrote within a page that is the same for everyone; to be put in by `addOwn`. */
export async function loadOwnComments(
  db: Kysely<Database>,
  { conversationId, claimant, slice }: { conversationId: number; claimant: Claimant; slice: ThreadSlice },
): Promise<OwnComments> {
  const select = () =>
    selectRows(db, [...ownReadable, 'spam'])
      .where('conversation_id', '=', conversationId)
      .where(isOwn(claimant));
  const rows = await select()
    .where(within(slice.range))
    .orderBy('id', 'desc')
    .limit(2 * pageRows)
    .execute();
  const comments = rows.map((row) => toReadable(row, true)).sort(compareIn(slice.range.order));
  const answered = await listAnswered(db, slice, comments);
  const ids = [...slice.above, ...answered].map(({ id }) => id);
  const above = ids.length === 0 ? [] : await select().where('id', 'in', ids).execute();
  return {
    comments,
    above: mergeByKey(
      answered,
      above.map((row) => toReadable(row, true)),
    ),
  };
}

/** Puts what one person wrote into a page that is the same for everyone. */
export function addOwn(slice: ThreadSlice, own: OwnComments): ThreadSlice {
  return {
    ...slice,
    comments: mergeByKey(slice.comments, own.comments, slice.range.order),
    above: mergeByKey(slice.above, own.above),
  };
}

// A guest's own are those of the browser, the held ones too; one of the staff is told by the account which are, of those
// that everyone sees.
function isOwn({ accountId, browserIds }: Claimant) {
  return (eb: ExpressionBuilder<Database, 'comment'>) =>
    eb.or([
      ...(browserIds.length === 0
        ? []
        : [
            eb.and([
              eb('browser_id', 'in', browserIds),
              eb('account_id', 'is', null),
              eb.or([eb('status', 'in', ownReadable), eb('unconfirmed_spam', '=', sql.lit(true))]),
            ]),
          ]),
      ...(accountId === undefined ? [] : [eb.and([eb('account_id', '=', accountId), eb('status', '=', 'approved')])]),
    ]);
}

// What everyone sees on a page has its ancestors there already. What one alone sees may answer others, further up.
async function listAnswered(
  db: Kysely<Database>,
  slice: ThreadSlice,
  own: readonly ReadableComment[],
): Promise<ReadableComment[]> {
  const [first] = own;
  if (!slice.continued || !first) return [];
  const known = new Set([...slice.above, ...slice.comments, ...own].map(({ id }) => id));
  const begins = slice.comments.every((comment) => compareIn(slice.range.order)(first, comment) < 0);
  const nearest = begins ? await nearestAncestors(db, first) : [];
  const parents = own.flatMap(({ parentId }) => parentId ?? []);
  const ids = new Set([...nearest, ...parents].filter((id) => !known.has(id)));
  return listShown(db, { ids: [...ids], top: slice.top });
}
