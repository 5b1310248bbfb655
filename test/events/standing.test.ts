import { describe, expect, it } from '@jest/globals';
import { standingOf, standingOfParts } from '../../src/events/standing.ts';

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

/** Events in their order, numbered from 1 on: the parts that each changed, and what it undoes. */
const standingInParts = (...events: [parts: string, undoes?: number][]) => {
  const rows = events.flatMap(([parts, undoes], index) =>
    [...parts].map((part) => ({ id: index + 1, undoes: undoes ?? null, part })),
  );
  const { holding, undoable } = standingOfParts(rows);
  const sorted = (ids: ReadonlySet<number>) => [...ids].toSorted((one, other) => one - other);
  return { holding: sorted(holding), undoable: sorted(undoable) };
};

describe('What holds of a thing of parts', () => {
  it.each([
    ['nothing, where nothing happened', [], [], []],
    ['all, and what changed different parts can be undone in any order', [['a'], ['b']], [1, 2], [1, 2]],
    [
      'all, but what changed a part before another did can be undone only in the others',
      [['ab'], ['bc'], ['a']],
      [1, 2, 3],
      [2, 3],
    ],
    ['what was not undone, and the first can be again', [['ab'], ['bc'], ['bc', 2]], [1, 3], [1, 3]],
    [
      'the undo, and what it undid where it could not be undone in all parts',
      [['ab'], ['a'], ['b', 1]],
      [1, 2, 3],
      [2, 3],
    ],
    ['what an undo took back, once that was undone', [['ab'], ['ab', 1], ['ab', 2], ['c']], [1, 3, 4], [1, 3, 4]],
  ] as const)('is %s', (_what, events, holding, undoable) => {
    expect(standingInParts(...events.map((event) => [...event] as [string, number?]))).toEqual({
      holding: [...holding],
      undoable: [...undoable],
    });
  });
});
