import type { Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { lastEvents, recordEvent } from '../events/queries.ts';
import type { Event } from '../events/table.ts';
import { findEarlierPublication } from './desk-queries.ts';
import { nextState, stateOf } from './publication.ts';
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
 * Takes a post from one state to another, where that is possible.
 *
 * @param batch UUID of what else is done to the post in one go with it.
 * @returns the id of the event that says so; undefined where the move is not possible from here, and then nothing has changed.
 */
export async function movePost(
  trx: Transaction<Database>,
  { post, move, batch, actorId, now }: Change & { batch?: string | undefined },
): Promise<number | undefined> {
  if (!nextState(stateOf(post, now), move.action)) return undefined;
  const times = await timesAfter(trx, { post, move, now });
  return await setTimes(trx, { post, times, action: move.action, batch, actorId, now });
}

/** The columns that say in which state a post is. */
export type PostTimes = Pick<Post, 'published_at' | 'deleted_at'>;

/**
 * The one place where a post goes from one state to another: the row and the event, together. What the row forgets is in the
 * event's numbers, see `timesBefore`.
 *
 * @param post locked.
 * @param undoes the event that is taken back by it.
 * @returns the id of the event.
 */
export async function setTimes(
  trx: Transaction<Database>,
  {
    post,
    times,
    now,
    ...act
  }: {
    post: MovedPost;
    times: PostTimes;
    action: Move['action'] | 'undo';
    undoes?: number;
    batch?: string | undefined;
    actorId: number;
    now: Date;
  },
): Promise<number> {
  await trx
    .updateTable('post')
    .set((eb) => ({ ...times, version: eb('version', '+', 1), updated_at: now }))
    .where('id', '=', post.id)
    .execute();
  return await recordEvent(trx, {
    subjectKind: 'post',
    subjectId: post.id,
    from: stateOf(post, now),
    to: stateOf(times, now),
    numbers: {
      ...(post.published_at && { published_at: post.published_at.getTime() }),
      ...(post.deleted_at && { deleted_at: post.deleted_at.getTime() }),
    },
    now,
    ...act,
  });
}

/** In which state an event found a post that it moved. */
export function timesBefore({ numbers: { published_at, deleted_at } }: Pick<Event, 'numbers'>): PostTimes {
  return {
    published_at: published_at === undefined ? null : new Date(published_at),
    deleted_at: deleted_at === undefined ? null : new Date(deleted_at),
  };
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
): Promise<PostTimes> {
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
