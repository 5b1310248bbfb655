import type { Kysely } from 'kysely';
import type { Reach } from '../accounts/permissions.ts';
import type { Made } from '../cache/cache.ts';
import { directRows, type RowCache } from '../cache/row-cache.ts';
import type { Database } from '../database.ts';
import { pathOf } from './addresses.ts';
import { stateOf } from './publication.ts';
import { findEarlierAddress, findPost, findPostById, type PostForReading } from './queries.ts';
import type { PostKind } from './table.ts';

/** Who wants to read: how far their right to write reaches, since it lets them see what is not published yet. */
export interface Reader {
  readonly id: number | undefined;
  readonly mayWrite: Reach;
}

/** What lies at an address, for one reader. */
export type Reading =
  | { readonly kind: 'post'; readonly post: PostForReading }
  | { readonly kind: 'moved'; readonly post: PostForReading }
  | { readonly kind: 'gone' }
  | { readonly kind: 'nothing' };

/**
 * Finds out what lies at the address of a post or page: the post, where this reader may see it; its new address, where it
 * moved; that it is gone, where it was published and then deleted; else nothing.
 */
export async function readAddress(
  db: Kysely<Database>,
  { kind, slug, reader, now, rows = directRows }: Address & { reader: Reader; now: Date; rows?: RowCache },
): Promise<Reading> {
  const { post } = await rows.get(`${kind} ${slug}`, () => loadPost(db, { kind, slug }));
  if (post && mayRead(post, reader, now)) return { kind: 'post', post };
  if (post) return wasPublished(post) ? { kind: 'gone' } : { kind: 'nothing' };

  const target = await findEarlierAddress(db, pathOf({ kind, slug }));
  if (target === undefined) return { kind: 'nothing' };
  const moved = target === null ? undefined : await findPostById(db, target);
  if (moved && mayRead(moved, reader, now)) return { kind: 'moved', post: moved };
  return !moved || wasPublished(moved) ? { kind: 'gone' } : { kind: 'nothing' };
}

interface Address {
  readonly kind: PostKind;
  readonly slug: string;
}

// What is not there is not kept: of such addresses there is no end. Neither are drafts: their changes are told to nobody.
async function loadPost(db: Kysely<Database>, address: Address): Promise<Made<{ post: PostForReading | undefined }>> {
  const post = await findPost(db, address);
  return { value: { post }, subjects: post?.published_at ? ['site'] : [], bytes: 4_096 + 2 * (post?.html.length ?? 0) };
}

/** Whether a post is for this reader: published, or their own or everyone's to write. */
export function mayRead(post: PostForReading, reader: Reader, now: Date): boolean {
  const state = stateOf(post, now);
  if (state === 'published') return true;
  if (state === 'binned') return false;
  return reader.mayWrite === 'all' || (reader.mayWrite === 'own' && post.authors.some(({ id }) => id === reader.id));
}

// A draft is not gone, though it was public once: its author may publish it again, at this address.
function wasPublished({ deleted_at, published_at }: PostForReading): boolean {
  return deleted_at !== null && published_at !== null && published_at <= deleted_at;
}
