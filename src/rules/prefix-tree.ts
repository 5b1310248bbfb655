/** Values by sequences of parts: words of a phrase, or the character codes of a word. */
export interface PrefixTree<Part, Value> {
  /** What is left where only few sequences share their beginning. */
  readonly few: readonly Branch<Part, Value>[];
  /** Values of sequences that end here. */
  readonly ends: readonly Value[];
  readonly next: ReadonlyMap<Part, PrefixTree<Part, Value>> | undefined;
}

/** A sequence with what it leads to. */
export interface Branch<Part, Value> {
  readonly key: ArrayLike<Part>;
  readonly value: Value;
}

/** So many sequences are compared one by one: a map for each would take more room than it saves time. */
const fewest = 4;

/** Plants a tree in which all sequences with which another begins are found by looking at each part once. */
export function plantTree<Part, Value>(branches: readonly Branch<Part, Value>[], depth = 0): PrefixTree<Part, Value> {
  if (branches.length <= fewest) return { few: branches, ends: [], next: undefined };
  const ending = branches.filter(({ key }) => key.length === depth);
  const longer = branches.filter(({ key }) => key.length > depth);
  const groups = Map.groupBy(longer, ({ key }) => key[depth] as Part);
  const next = new Map([...groups].map(([part, group]) => [part, plantTree(group, depth + 1)]));
  return { few: [], ends: ending.map(({ value }) => value), next };
}

/**
 * Looks for sequences that stand in another at a place.
 *
 * @param at how many parts of the other come before.
 * @param accept what to make of a value; undefined: go on looking.
 * @returns what the first value was made into that was accepted.
 */
export function findBranch<Part, Value, Found>(
  tree: PrefixTree<Part, Value>,
  parts: ArrayLike<Part>,
  at: number,
  accept: (value: Value) => Found | undefined,
): Found | undefined {
  let node: PrefixTree<Part, Value> | undefined = tree;
  for (let depth = 0; node; depth += 1) {
    for (const { key, value } of node.few) {
      const found = continues(key, parts, { at, depth }) ? accept(value) : undefined;
      if (found !== undefined) return found;
    }
    for (const value of node.ends) {
      const found = accept(value);
      if (found !== undefined) return found;
    }
    const part = parts[at + depth];
    node = part === undefined ? undefined : node.next?.get(part);
  }
  return undefined;
}

/** Whether there is nothing in it. */
export function isBare({ few, next }: PrefixTree<unknown, unknown>): boolean {
  return few.length === 0 && next === undefined;
}

// @param depth so many parts are known to be the same.
function continues<Part>(
  key: ArrayLike<Part>,
  parts: ArrayLike<Part>,
  { at, depth }: { at: number; depth: number },
): boolean {
  if (at + key.length > parts.length) return false;
  for (let index = depth; index < key.length; index += 1) if (key[index] !== parts[at + index]) return false;
  return true;
}
