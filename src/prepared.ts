import { sql } from 'kysely';

const mark = '/* prepared */';

/**
 * Stands at the front of a statement that pages are read with: Postgres plans it once for each connection, not each time.
 * Such a statement names its columns one by one, since a plan for all columns is refused after one was added; it gives lists
 * as one array and writes out what chooses an index, such as a status or a limit, since its plan must fit all values.
 */
export const prepared = sql.raw<never>(mark);

const names = new Map<string, string>();

// Filters can be combined in many ways; each connection keeps the plans of this many statements at most.
const mostNames = 300;

/** The name under which a connection keeps the plan of a statement; undefined for one that is planned each time. */
export function planNameOf(text: string): string | undefined {
  if (!text.includes(mark)) return undefined;
  const known = names.get(text);
  if (known || names.size >= mostNames) return known;
  const name = `page ${names.size}`;
  names.set(text, name);
  return name;
}
