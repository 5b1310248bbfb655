/** What lived so long had started well, in milliseconds. */
const goodLife = 10_000;
const pauses = { first: 100, longest: 10_000 };

/**
 * How long to wait before a process is replaced that ended: not at all where it had started well, else twice as long each
 * time, so that one that cannot start does not take the machine's time. In milliseconds.
 *
 * @param before the pause before the process that ended.
 * @param lived for how long it ran.
 */
export function restartPause({ before, lived }: { before: number; lived: number }): number {
  if (lived >= goodLife) return 0;
  return Math.min(Math.max(before * 2, pauses.first), pauses.longest);
}
