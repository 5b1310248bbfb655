import { LRUCache } from 'lru-cache';
import type { Changes, Mark, Subject } from '../changes/changes.ts';

/** What was made, and for how long it can be kept. */
export interface Made<Value> {
  readonly value: Value;
  /** What it depends on: any change of these outdates it. None: it is not kept. */
  readonly subjects: readonly Subject[];
  /** When the clock outdates it. */
  readonly until?: Date | undefined;
  /** What it takes in memory, roughly. */
  readonly bytes: number;
}

/** Keeps what is costly to make, and gives it out for as long as the database holds the same. */
export interface Cache<Value extends object> {
  /** What is kept under a key and still holds. */
  find(key: string): Value | undefined;
  /** What is kept under a key and holds as far as is known, though nobody vouches for it. */
  findUnconfirmed(key: string): Value | undefined;
  /**
   * What is kept under a key, or else what `make` makes now: once for all who ask meanwhile.
   *
   * @param make is given what was kept last, which may hold no more, to take over what has stayed the same.
   * @throws what `make` throws.
   */
  get(key: string, make: (last: Value | undefined) => Promise<Made<Value>>): Promise<Value>;
}

interface Entry<Value> extends Made<Value> {
  mark: Mark;
}

interface Flight<Value> {
  readonly mark: Mark;
  /** On the clock of the process, in milliseconds. */
  readonly began: number;
  readonly value: Promise<Value>;
}

/** Who comes later than so many milliseconds after something was begun begins anew. */
const longestFlight = 2_000;

/**
 * Makes a cache that is bounded in bytes; what was not asked for the longest goes first.
 *
 * @param changes what is heard of changes: nothing is given out that they do not vouch for.
 */
export function createCache<Value extends object>({
  changes,
  now,
  bytes,
}: {
  changes: Changes;
  now: () => Date;
  bytes: number;
}): Cache<Value> {
  const entries = new LRUCache<string, Entry<Value>>({ maxSize: bytes, sizeCalculation: (entry) => entry.bytes });
  const flights = new Map<string, Flight<Value>>();

  function holds(entry: Entry<Value>): boolean {
    if (entry.until && entry.until <= now()) return false;
    const mark = changes.mark();
    if (!changes.unchangedSince(entry.mark, entry.subjects)) return false;
    entry.mark = mark;
    return true;
  }

  function find(key: string): Value | undefined {
    const entry = entries.get(key);
    return entry && holds(entry) ? entry.value : undefined;
  }

  // Who comes after a change must not get what was begun before it, nor anybody what takes too long. What a page depends on
  // is known from the last time; where it is not, any change counts.
  function canJoin(key: string, { mark, began }: Flight<Value>): boolean {
    if (performance.now() - began > longestFlight) return false;
    if (mark === changes.mark()) return true;
    const last = entries.peek(key);
    return last !== undefined && changes.unchangedSince(mark, last.subjects);
  }

  async function make(
    key: string,
    mark: Mark,
    maker: (last: Value | undefined) => Promise<Made<Value>>,
  ): Promise<Value> {
    const made = await maker(entries.peek(key)?.value);
    // What changes while it is made may or may not be in it: it is as old as its beginning.
    const newer = (entries.peek(key)?.mark.sequence ?? 0) > mark.sequence;
    if (made.subjects.length > 0 && !newer) entries.set(key, { ...made, mark });
    return made.value;
  }

  return {
    find,
    findUnconfirmed(key) {
      const entry = entries.get(key);
      if (!entry || (entry.until && entry.until <= now())) return undefined;
      return changes.unchangedAsFarAsKnown(entry.mark, entry.subjects) ? entry.value : undefined;
    },
    async get(key, maker) {
      const kept = find(key);
      if (kept) return kept;
      const mark = changes.mark();
      const current = flights.get(key);
      if (current && canJoin(key, current)) return current.value;
      const flight: Flight<Value> = { mark, began: performance.now(), value: make(key, mark, maker) };
      flights.set(key, flight);
      try {
        return await flight.value;
      } finally {
        if (flights.get(key) === flight) flights.delete(key);
      }
    },
  };
}
