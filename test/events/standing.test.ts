import { describe, expect, it } from '@jest/globals';
import { standingOf } from '../../src/events/standing.ts';

/** Events in their order, numbered from 1 on: what each of them undoes, 0 for none. */
const standing = (...undoes: number[]) => {
  const { holding, undoable } = standingOf(undoes.map((id, index) => ({ id: index + 1, undoes: id || null })));
  return { holding: [...holding], undoable: [...undoable] };
};

describe('What holds of what happened', () => {
  it.each([
    ['nothing, where nothing happened', [], [], []],
    ['all, where nothing was undone, and the last of it can be', [0, 0], [1, 2], [2]],
    ['what came before, where the last was undone: the next can be, and the undo', [0, 0, 2], [1, 3], [1, 3]],
    ['the undo of each, where all were undone one after the other', [0, 0, 2, 1], [3, 4], [4]],
    ['what an undo took back, once that was undone itself', [0, 0, 2, 3], [1, 2, 4], [2, 4]],
    ['nothing of it, once that again was undone', [0, 1, 2, 3], [2, 4], [2, 4]],
    ['what came before something that was undone, though it is an undo', [0, 1, 0, 3], [2, 4], [2, 4]],
    ['what came after an undo, and that alone can be undone', [0, 1, 0], [2, 3], [3]],
  ] as const)('is %s', (_what, undoes, holding, undoable) => {
    expect(standing(...undoes)).toEqual({ holding: [...holding], undoable: [...undoable] });
  });
});
