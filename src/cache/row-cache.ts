import type { Changes } from '../changes/changes.ts';
import { createCache, type Made } from './cache.ts';

/** What many pages read alike and seldom changes, kept in memory: settings, posts, stretches of conversations. */
export interface RowCache {
  /** What is kept under a key, or what `load` loads now, see `Cache`. A key always stands for the same kind of value. */
  get<Value extends object>(key: string, load: (last: Value | undefined) => Promise<Made<Value>>): Promise<Value>;
}

/** Keeps nothing: for who must see what the database holds. */
export const directRows: RowCache = {
  async get(_key, load) {
    return (await load(undefined)).value;
  },
};

const bytesKept = 32 * 1_048_576;

/** Makes an empty cache of rows. */
export function createRowCache({ changes, now }: { changes: Changes; now: () => Date }): RowCache {
  const cache = createCache<object>({ changes, now, bytes: bytesKept });
  return {
    get: (key, load) => cache.get(key, load as (last: object | undefined) => Promise<Made<object>>) as Promise<never>,
  };
}
