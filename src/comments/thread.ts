/** Bytes that one level takes in a sort key: 40 bits of a comment's id. */
const levelBytes = 5;

/** Levels that a sort key holds; deeper replies sort by their id at the last level. */
export const deepestKeyLevel = 400;

/**
 * The key by which a conversation is read from top to bottom: the parent's key and the comment's own id. Sorted by it,
 * every reply comes after its parent and before the parent's next sibling.
 *
 * @param parentKey undefined for an answer to the post.
 */
export function sortKey(parentKey: Buffer | undefined, id: number): Buffer {
  const own = Buffer.alloc(levelBytes);
  own.writeUIntBE(id, 0, levelBytes);
  return Buffer.concat([keyAbove(parentKey), own]);
}

/** The part of a reply's key that comes from its parent. */
export function keyAbove(parentKey: Buffer | undefined): Buffer {
  return (parentKey ?? Buffer.alloc(0)).subarray(0, (deepestKeyLevel - 1) * levelBytes);
}

/** The ids in a sort key, from the first comment of the branch to the comment itself. */
export function idsInKey(key: Buffer): number[] {
  return Array.from({ length: key.length / levelBytes }, (_, level) => key.readUIntBE(level * levelBytes, levelBytes));
}

/** The id of the first comment of the branch, out of a sort key. */
export function rootInKey(key: Buffer): number {
  return key.readUIntBE(0, levelBytes);
}

/** Stands behind every key of a conversation. */
export const behindAllKeys = Buffer.alloc(levelBytes, 0xff);

/** The least key that is greater than this one. */
export function keyAfter(key: Buffer): Buffer {
  return Buffer.concat([key, Buffer.alloc(1)]);
}

/** Stands behind the keys of a comment and of everything below it, before whatever comes next. */
export function endOfBranch(key: Buffer): Buffer {
  return Buffer.concat([key, behindAllKeys]);
}

/**
 * The key of the nearest branch that a comment begins or stands in. At the deepest level there are none: the keys of all
 * who are that deep say what they share above, and no more.
 */
export function nearestBranch(key: Buffer): Buffer {
  return key.length < deepestKeyLevel * levelBytes ? key : key.subarray(0, (deepestKeyLevel - 1) * levelBytes);
}

/** What a thread needs to know of each of its rows. */
export interface ThreadRow {
  readonly id: number;
  readonly parentId: number | null;
  readonly key: Buffer;
}

/** A comment with the replies below it. */
export interface ThreadNode<Row extends ThreadRow> {
  readonly comment: Row;
  readonly replies: ThreadNode<Row>[];
}

/**
 * Makes nested lists of rows that come in reading order. A row whose parent is not among them hangs below its nearest
 * ancestor that is, or stands at the top.
 */
export function nestReplies<Row extends ThreadRow>(rows: readonly Row[]): ThreadNode<Row>[] {
  const top: ThreadNode<Row>[] = [];
  const nodes = new Map<number, ThreadNode<Row>>();
  for (const comment of rows) {
    const node: ThreadNode<Row> = { comment, replies: [] };
    const above =
      comment.parentId === null ? undefined : (nodes.get(comment.parentId) ?? nearestAncestor(comment, nodes));
    (above?.replies ?? top).push(node);
    nodes.set(comment.id, node);
  }
  return top;
}

/** In which order a conversation is read: its branches from the oldest or from the newest on, each from its top down. */
export type ThreadOrder = 'oldest' | 'newest';

/** Which of two comments stands first, for `sort`. */
export function compareIn(order: ThreadOrder): (one: Pick<ThreadRow, 'key'>, other: Pick<ThreadRow, 'key'>) => number {
  if (order === 'oldest') return (one, other) => Buffer.compare(one.key, other.key);
  return (one, other) => rootInKey(other.key) - rootInKey(one.key) || Buffer.compare(one.key, other.key);
}

/**
 * Puts two lists of rows, each in the order given, into one. Where both have a row of one comment, that of the second list
 * stands in its place.
 */
export function mergeByKey<Row extends ThreadRow>(
  one: readonly Row[],
  other: readonly Row[],
  order: ThreadOrder = 'oldest',
): Row[] {
  if (other.length === 0) return [...one];
  const replaced = new Set(other.map(({ id }) => id));
  return [...one.filter(({ id }) => !replaced.has(id)), ...other].sort(compareIn(order));
}

function nearestAncestor<Row extends ThreadRow>(
  { id, key }: ThreadRow,
  nodes: ReadonlyMap<number, ThreadNode<Row>>,
): ThreadNode<Row> | undefined {
  const nearest = idsInKey(key).findLast((ancestor) => ancestor !== id && nodes.has(ancestor));
  return nearest === undefined ? undefined : nodes.get(nearest);
}
