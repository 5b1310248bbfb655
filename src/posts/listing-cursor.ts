import { readId } from '../http/fields.ts';

/** A place in a list that is sorted by time of publication, newest first: the last post that was seen. */
export interface Cursor {
  /** Microseconds since 1970, as exact as the database keeps time. */
  readonly publishedAt: number;
  readonly id: number;
}

/**
 * Reads the cursor of an address, `<microseconds>-<id>`. It names a place, not a row, so it holds when that post is
 * deleted, moved or renamed.
 *
 * @returns undefined where the text is no cursor: the list then begins at its beginning.
 */
export function readCursor(text: unknown): Cursor | undefined {
  const [, microseconds, number] = (typeof text === 'string' && /^(-?\d{1,16})-(\d+)$/.exec(text)) || [];
  const publishedAt = Number(microseconds);
  const id = readId(number);
  return Number.isSafeInteger(publishedAt) && id !== undefined ? { publishedAt, id } : undefined;
}

/** Writes a cursor as it stands in an address. */
export function writeCursor({ publishedAt, id }: Cursor): string {
  return `${publishedAt}-${id}`;
}
