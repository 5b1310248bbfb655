import type { Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { lastEvents, recordEvent } from '../events/queries.ts';
import { findEarlierPublication } from './desk-queries.ts';
import { nextState, type PostState, stateOf } from './publication.ts';
import type { Post } from './table.ts';

/** What is to become of a post, beside its text. */
export type Move =
  | { readonly action: 'edit' | 'unpublish' | 'delete' | 'restore' }
  /** `dated`: whether a post that was public before gets back the date that readers know, or today's. */
  | { readonly action: 'publish'; readonly dated: 'first' | 'now' }
  | { readonly action: 'schedule'; readonly at: Date };

/** What a move needs of a post that is locked. */
export type MovedPost = Pick<Post, 'id' | 'published_at' | 'deleted_at'>;

/** Who moves a post, and when. */
interface Change {
  readonly post: MovedPost;
  readonly move: Move;
  readonly actorId: number;
  readonly now: Date;
}

/**
 * The one place where a post goes from one state to another: the row and the event, together.
 *
 * @returns the new state; undefined where the move is not possible from here, and then nothing has changed.
 */
export async function movePost(
  trx: Transaction<Database>,
  { post, move, actorId, now }: Change,
): Promise<PostState | undefined> {
  const from = stateOf(post, now);
  const to = nextState(from, move.action);
  if (!to) return undefined;
  const times = await timesAfter(trx, { post, move, now });
  await trx
    .updateTable('post')
    .set((eb) => ({ ...times, version: eb('version', '+', 1), updated_at: now }))
    .where('id', '=', post.id)
    .execute();
  await recordEvent(trx, {
    subjectKind: 'post',
    subjectId: post.id,
    action: move.action,
    from,
    to,
    actorId,
    // What the row forgets now, for publishing again and for whoever undoes this.
    numbers: post.published_at ? { published_at: post.published_at.getTime() } : undefined,
    now,
  });
  return to;
}

/** Whether the last thing that happened to a post is this very move by this person: then the form was sent twice. */
export async function isRepeated(trx: Transaction<Database>, { post, move, actorId, now }: Change): Promise<boolean> {
  const last = (await lastEvents(trx, { subjectKind: 'post', subjectIds: [post.id] })).get(post.id);
  if (last?.actor_id !== actorId) return false;
  if (move.action === 'edit') return last.action === 'edit' || last.action === 'create';
  if (move.action === 'schedule' && post.published_at?.getTime() !== move.at.getTime()) return false;
  return last.action === move.action && last.to_status === stateOf(post, now);
}

async function timesAfter(
  trx: Transaction<Database>,
  { post, move, now }: Pick<Change, 'post' | 'move' | 'now'>,
): Promise<Pick<MovedPost, 'published_at' | 'deleted_at'>> {
  const { published_at, deleted_at } = post;
  switch (move.action) {
    case 'edit':
      return { published_at, deleted_at };
    case 'publish': {
      const first = move.dated === 'first' ? await findEarlierPublication(trx, post.id) : undefined;
      return { published_at: first ?? now, deleted_at };
    }
    case 'schedule':
      return { published_at: move.at, deleted_at };
    case 'unpublish':
      return { published_at: null, deleted_at };
    case 'delete':
      return { published_at, deleted_at: now };
    case 'restore':
      return { published_at: null, deleted_at: null };
  }
}
