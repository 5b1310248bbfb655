import { expect, it } from '@jest/globals';
import { restartPause } from '../../src/process/restart-pause.ts';

it('lets a process be replaced at once that had started well', () => {
  expect(restartPause({ before: 6_400, lived: 10_000 })).toBe(0);
});

it('grows while processes end as soon as they are started, and has an end', () => {
  const pauses: number[] = [];
  for (let count = 0; count < 10; count += 1) {
    pauses.push(restartPause({ before: pauses.at(-1) ?? 0, lived: 500 }));
  }
  expect(pauses).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000, 10_000]);
});
