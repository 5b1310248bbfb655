import type { Moderator } from '../../src/moderation/moderator.ts';

/** Somebody who moderates all posts, past the pages. */
export function asModerator(id: number): Moderator {
  return { viewer: { id, handle: 'mona', name: 'Mona Moderator', role: 'moderator' }, reach: 'all' };
}
