import { TrustedHtml } from '../text/trusted-html.ts';
import type { ReadableComment, ThreadSlice } from './thread-queries.ts';

/**
 * Takes over the rows of an earlier reading that have stayed the same: what was printed of them is remembered by them, so
 * that a new reply has itself printed and not the two hundred around it.
 */
export function withLastRows(slice: ThreadSlice, last: ThreadSlice | undefined): ThreadSlice {
  if (!last) return slice;
  const known = new Map([...last.above, ...last.comments].map((row) => [row.id, row]));
  const lastOf = (row: ReadableComment) => {
    const before = known.get(row.id);
    return before && isSame(row, before) ? before : row;
  };
  return { ...slice, above: slice.above.map(lastOf), comments: slice.comments.map(lastOf) };
}

// Whatever a row is made of, so that nothing new in it is forgotten here.
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (one instanceof Date && other instanceof Date) return one.getTime() === other.getTime();
  if (Buffer.isBuffer(one) && Buffer.isBuffer(other)) return one.equals(other);
  if (one instanceof TrustedHtml && other instanceof TrustedHtml) return one.toString() === other.toString();
  if (Object.getPrototypeOf(one) !== Object.prototype) return false;
  const [ones, others] = [one, other] as [Record<string, unknown>, Record<string, unknown>];
  const names = Object.keys(ones);
  return names.length === Object.keys(others).length && names.every((name) => isSame(ones[name], others[name]));
}
