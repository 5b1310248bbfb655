/** Numbers from 0 up to, not including, 1: the same in every run (xorshift32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** One of these. */
export function choose<Value>(random: () => number, values: readonly Value[]): Value {
  return values[Math.floor(random() * values.length)] as Value;
}

/** One of several, by their shares, which make 1 together. */
export function chooseByShare<Value extends { readonly share: number }>(
  random: () => number,
  values: readonly Value[],
): Value {
  let rest = random();
  for (const value of values) {
    rest -= value.share;
    if (rest < 0) return value;
  }
  return values.at(-1) as Value;
}
