/** Where the characters come from: plain letters, spaces, controls, marks, several scripts, pairs, and everything. */
const ranges: readonly (readonly [number, number])[] = [
  [0x20, 0x7e],
  [0x00, 0x20],
  [0x80, 0x24f],
  [0x300, 0x36f],
  [0x370, 0x6ff],
  [0x900, 0x97f],
  [0x1100, 0x11ff],
  [0x1e00, 0x206f],
  [0x3040, 0x30ff],
  [0xac00, 0xac80],
  [0xd800, 0xdfff],
  [0xfb00, 0xffff],
  [0x1d400, 0x1d7ff],
  [0x1f300, 0x1f6ff],
];

/** Makes the same texts in every run, each up to 30 characters long, of anything that can be typed or sent. */
export function* randomTexts(count: number): Generator<string> {
  const next = randomNumbers(20_26);
  for (let text = 0; text < count; text += 1) {
    const characters = Array.from({ length: Math.floor(next() * 30) }, () => {
      const [first, last] = ranges[Math.floor(next() * ranges.length)] ?? [0x20, 0x7e];
      return String.fromCodePoint(first + Math.floor(next() * (last - first + 1)));
    });
    yield characters.join('');
  }
}

/** The Lehmer generator: poor for secrets, good enough for variety, and the same everywhere. @param seed from 1 on. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
