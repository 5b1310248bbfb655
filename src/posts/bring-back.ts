import type { Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { lockSlugs } from './addresses.ts';
import { lockDeskPost } from './desk-queries.ts';
import { findObstacles, isInTheWay, type Obstacles, textOf } from './earlier-text.ts';
import { isAllowed, stateOf } from './publication.ts';
import { findRevision } from './revision-queries.ts';
import { isAsWritten } from './same-text.ts';
import { writeText } from './write-text.ts';

/** What became of an earlier version that was to be brought back. */
export type BroughtBack =
  /** `eventId`: by it this can be undone; undefined: the post is so already. */
  | { readonly kind: 'saved'; readonly eventId: number | undefined }
  /** Nothing was done: somebody changed the post since it was shown, or it lies in the bin. */
  | { readonly kind: 'conflict' }
  /** Nothing was done: some of it cannot come back, but all else still can. */
  | { readonly kind: 'parts'; readonly obstacles: Obstacles }
  | { readonly kind: 'missing' };

/**
 * Makes a post again what it was before an edit: an edit like any other, by whoever may write on it.
 *
 * @param eventId of that edit.
 * @param version the one that was shown beside it; undefined: not known.
 * @param writerId whose posts this person may change; undefined: everybody's, and who their authors are.
 * @param partly leave out what cannot come back.
 */
export async function bringBack(
  trx: Transaction<Database>,
  {
    id,
    eventId,
    version,
    writerId,
    partly,
    actorId,
    now,
  }: {
    id: number;
    eventId: number;
    version: number | undefined;
    writerId: number | undefined;
    partly: boolean;
    actorId: number;
    now: Date;
  },
): Promise<BroughtBack> {
  const post = await lockDeskPost(trx, { id, writerId });
  const revision = await findRevision(trx, { postId: id, eventId });
  if (!post || !revision) return { kind: 'missing' };
  await lockSlugs(trx);
  const keepAuthors = writerId !== undefined;
  const found = await findObstacles(trx, { post, revision });
  const obstacles = keepAuthors ? { ...found, authors: [] } : found;
  const text = textOf(revision, { post, obstacles, keepAuthors });
  // A form that was sent twice, among others.
  if (isAsWritten(post, text) && !isInTheWay(obstacles)) return { kind: 'saved', eventId: undefined };
  if (post.version !== version || !isAllowed(stateOf(post, now), 'edit')) return { kind: 'conflict' };
  if (isInTheWay(obstacles) && !partly) return { kind: 'parts', obstacles };
  return { kind: 'saved', eventId: await writeText(trx, { post, text, action: 'edit', actorId, now }) };
}
