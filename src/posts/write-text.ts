import { isDeepStrictEqual } from 'node:util';
import type { Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { recordEvent } from '../events/queries.ts';
import { moveAddress, pathOf } from './addresses.ts';
import { type DeskPost, findEarlierPublication } from './desk-queries.ts';
import type { TypedTag } from './form.ts';
import { stateOf } from './publication.ts';
import { keepRevision } from './revision-queries.ts';
import type { Post } from './table.ts';

/** All that an edit writes, and that an earlier version is made of. */
export interface PostText
  extends Pick<Post, 'kind' | 'slug' | 'title' | 'excerpt' | 'source' | 'source_format' | 'html' | 'renderer_version'> {
  readonly tags: readonly TypedTag[];
  /** In the order in which they are named; at least one. */
  readonly authorIds: readonly number[];
}

/**
 * The one place where the text of a post is replaced: what it was is kept, and the address that readers may know leads on.
 *
 * @param post locked, and so is the choice of slugs; that of the text is free for this post.
 * @param undoes the event that is taken back by it.
 * @returns the id of the event that says so.
 */
export async function writeText(
  trx: Transaction<Database>,
  {
    post,
    text: { tags, authorIds, ...columns },
    now,
    ...act
  }: {
    post: DeskPost;
    text: PostText;
    action: 'edit' | 'undo';
    undoes?: number;
    batch?: string | undefined;
    actorId: number;
    now: Date;
  },
): Promise<number> {
  const state = stateOf(post, now);
  const authorsBefore = post.authors.map(({ id }) => id);
  const eventId = await recordEvent(trx, {
    subjectKind: 'post',
    subjectId: post.id,
    from: state,
    to: state,
    numbers: { earlier_version: 1, authors_changed: Number(!isDeepStrictEqual(authorsBefore, authorIds)) },
    now,
    ...act,
  });
  await keepRevision(trx, { postId: post.id, eventId });
  const from = pathOf(post);
  const to = pathOf(columns);
  if (from !== to) {
    const known = state === 'published' || (await findEarlierPublication(trx, post.id)) !== undefined;
    await moveAddress(trx, { postId: post.id, from, to, keep: known });
  }
  await trx.updateTable('post').set(columns).where('id', '=', post.id).execute();
  await raiseVersion(trx, { postId: post.id, now });
  await writeAuthors(trx, { postId: post.id, authorIds });
  await writeTags(trx, { postId: post.id, tags });
  return eventId;
}

/** Tells whoever has the form of a post open that it has changed since. */
export async function raiseVersion(
  trx: Transaction<Database>,
  { postId, now }: { postId: number; now: Date },
): Promise<void> {
  await trx
    .updateTable('post')
    .set((eb) => ({ version: eb('version', '+', 1), updated_at: now }))
    .where('id', '=', postId)
    .execute();
}

/** Names who wrote a post. @param authorIds in the order in which they are named; at least one. */
export async function writeAuthors(
  trx: Transaction<Database>,
  { postId, authorIds }: { postId: number; authorIds: readonly number[] },
): Promise<void> {
  await trx.deleteFrom('post_author').where('post_id', '=', postId).execute();
  const rows = authorIds.map((account_id, index) => ({ post_id: postId, account_id, position: index + 1 }));
  await trx.insertInto('post_author').values(rows).execute();
}

/** Tags a post. What is not there yet is made; what no post carries any more stays, unlisted, until someone types it again. */
export async function writeTags(
  trx: Transaction<Database>,
  { postId, tags }: { postId: number; tags: readonly TypedTag[] },
): Promise<void> {
  await trx.deleteFrom('post_tag').where('post_id', '=', postId).execute();
  if (tags.length === 0) return;
  // In one order, so that two who make the same new tags wait for each other instead of blocking each other.
  const sorted = [...tags].sort((one, other) => (one.slug < other.slug ? -1 : 1));
  await trx
    .insertInto('tag')
    .values(sorted.map(({ slug, name }) => ({ slug, name })))
    .onConflict((conflict) => conflict.column('slug').doNothing())
    .execute();
  const rows = await trx
    .selectFrom('tag')
    .select('id')
    .where(
      'slug',
      'in',
      sorted.map(({ slug }) => slug),
    )
    .execute();
  await trx
    .insertInto('post_tag')
    .values(rows.map(({ id }) => ({ post_id: postId, tag_id: id })))
    .execute();
}
