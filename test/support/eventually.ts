import { setTimeout } from 'node:timers/promises';

/**
 * Asks again and again until the answer is something, and gives it back.
 *
 * @throws where that takes longer than `seconds`.
 */
export async function eventually<Answer>(
  ask: () => Answer | Promise<Answer>,
  { seconds = 20, what = 'what was waited for' }: { seconds?: number; what?: string } = {},
): Promise<NonNullable<Answer>> {
  const deadline = performance.now() + seconds * 1_000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > deadline) throw new Error(`${what} did not come about within ${seconds} s`);
    await setTimeout(20);
  }
}
