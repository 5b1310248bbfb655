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
  const above = parentKey ?? Buffer.alloc(0);
  return Buffer.concat([above.subarray(0, (deepestKeyLevel - 1) * levelBytes), own]);
}

/** The ids in a sort key, from the first comment of the branch to the comment itself. */
export function idsInKey(key: Buffer): number[] {
  return Array.from({ length: key.length / levelBytes }, (_, level) => key.readUIntBE(level * levelBytes, levelBytes));
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

/** Puts two lists of rows, each in reading order and without rows in common, into one. */
export function mergeByKey<Row extends ThreadRow>(one: readonly Row[], other: readonly Row[]): Row[] {
  return other.length === 0 ? [...one] : [...one, ...other].sort((a, b) => Buffer.compare(a.key, b.key));
}

function nearestAncestor<Row extends ThreadRow>(
  { id, key }: ThreadRow,
  nodes: ReadonlyMap<number, ThreadNode<Row>>,
): ThreadNode<Row> | undefined {
  const nearest = idsInKey(key).findLast((ancestor) => ancestor !== id && nodes.has(ancestor));
  return nearest === undefined ? undefined : nodes.get(nearest);
}
