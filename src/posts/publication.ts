import type { Post } from './table.ts';

/** Where a post stands. From scheduled to published the clock alone takes it. */
export type PostState = 'draft' | 'scheduled' | 'published' | 'binned';

/** What its authors can do to a post. */
export type PostAction = 'edit' | 'publish' | 'schedule' | 'unpublish' | 'delete' | 'restore';

/**
 * From a state, by an action, to the next state. What is not listed cannot be done. Only `publish` and `schedule` lead to
 * readers: what comes out of the bin is a draft, whatever it was before, and nothing goes public by mistake.
 */
export const transitions: Readonly<Record<PostState, Readonly<Partial<Record<PostAction, PostState>>>>> = {
  draft: { edit: 'draft', publish: 'published', schedule: 'scheduled', delete: 'binned' },
  scheduled: {
    edit: 'scheduled',
    publish: 'published',
    schedule: 'scheduled',
    unpublish: 'draft',
    delete: 'binned',
  },
  published: { edit: 'published', unpublish: 'draft', delete: 'binned' },
  binned: { restore: 'draft' },
};

/** All states, in the order in which the desk lists them. */
export const postStates = Object.keys(transitions) as readonly PostState[];

/** The state at a moment: it is in two columns and the clock, and nowhere else. */
export function stateOf({ published_at, deleted_at }: Pick<Post, 'published_at' | 'deleted_at'>, now: Date): PostState {
  if (deleted_at) return 'binned';
  if (!published_at) return 'draft';
  return published_at <= now ? 'published' : 'scheduled';
}

/** The state that follows, or undefined where the action is not possible. */
export function nextState(state: PostState, action: PostAction): PostState | undefined {
  return transitions[state][action];
}

/** Whether the action is possible in this state: then there is a button for it. */
export function isAllowed(state: PostState, action: PostAction): boolean {
  return nextState(state, action) !== undefined;
}
