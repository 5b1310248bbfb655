import { describe, expect, it, test } from '@jest/globals';
import { nextState, type PostAction, type PostState, postStates, stateOf } from '../../src/posts/publication.ts';

const actions: PostAction[] = ['edit', 'publish', 'schedule', 'unpublish', 'delete', 'restore'];

describe('where a post goes from its state', () => {
  const table: Record<PostState, Record<PostAction, PostState | undefined>> = {
    draft: {
      edit: 'draft',
      publish: 'published',
      schedule: 'scheduled',
      unpublish: undefined,
      delete: 'binned',
      restore: undefined,
    },
    scheduled: {
      edit: 'scheduled',
      publish: 'published',
      schedule: 'scheduled',
      unpublish: 'draft',
      delete: 'binned',
      restore: undefined,
    },
    published: {
      edit: 'published',
      publish: undefined,
      schedule: undefined,
      unpublish: 'draft',
      delete: 'binned',
      restore: undefined,
    },
    binned: {
      edit: undefined,
      publish: undefined,
      schedule: undefined,
      unpublish: undefined,
      delete: undefined,
      restore: 'draft',
    },
  };
  const cells = postStates.flatMap((state) => actions.map((action) => ({ state, action, to: table[state][action] })));
  test.each(cells)('$state, $action: $to', ({ state, action, to }) => {
    expect(nextState(state, action)).toBe(to);
  });
});

describe('the state of a post', () => {
  const now = new Date('2026-05-03T09:00:00Z');
  const before = new Date('2026-05-03T08:59:59Z');
  const after = new Date('2026-05-03T09:00:01Z');

  it('is a draft without a time of publication', () => {
    expect(stateOf({ published_at: null, deleted_at: null }, now)).toBe('draft');
  });

  it('is scheduled until its time has come, and published from that very moment', () => {
    expect(stateOf({ published_at: after, deleted_at: null }, now)).toBe('scheduled');
    expect(stateOf({ published_at: now, deleted_at: null }, now)).toBe('published');
    expect(stateOf({ published_at: before, deleted_at: null }, now)).toBe('published');
  });

  it('is the bin, whatever it was before', () => {
    expect(stateOf({ published_at: before, deleted_at: now }, now)).toBe('binned');
    expect(stateOf({ published_at: null, deleted_at: now }, now)).toBe('binned');
  });
});
