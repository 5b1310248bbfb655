import { sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { slugify } from '../text/slug.ts';
import { isReserved } from './reserved-slugs.ts';
import type { Post, PostKind } from './table.ts';

/** Longest slug, in characters. */
export const longestSlug = 120;

/** Why a post cannot have a slug: another one has it, another one had it, or the site itself answers there. */
export type Taken = 'post' | 'address' | 'reserved';

/** Where a post lives, as the `address` table writes it: the slug is not percent-encoded. */
export function pathOf({ kind, slug }: Pick<Post, 'kind' | 'slug'>): string {
  return kind === 'post' ? `/posts/${slug}` : `/${slug}`;
}

/** The same as it stands in a link. */
export function hrefOf({ kind, slug }: Pick<Post, 'kind' | 'slug'>): string {
  return pathOf({ kind, slug: encodeURIComponent(slug) });
}

/** Brings what someone typed as a slug into the form of one; empty where nothing of it can stand in an address. */
export function normaliseSlug(typed: string): string {
  return typed
    .split(/[\s/_-]+/)
    .flatMap((word) => slugify(word) ?? [])
    .join('-');
}

/**
 * Until the transaction ends, nobody else chooses a slug: two who want the same one wait for each other, and the second
 * sees what the first took.
 */
export async function lockSlugs(trx: Transaction<Database>): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('choice of a slug'))`.execute(trx);
}

/** Which of these slugs a post cannot have, and why. Its own present and earlier ones are free to it. */
export async function takenSlugs(
  trx: Transaction<Database>,
  { kind, slugs, postId }: { kind: PostKind; slugs: readonly string[]; postId: number | undefined },
): Promise<Map<string, Taken>> {
  const byPath = new Map(slugs.map((slug) => [pathOf({ kind, slug }), slug]));
  const addresses = await trx
    .selectFrom('address')
    .select('path')
    .where('path', 'in', [...byPath.keys()])
    .where('post_id', 'is distinct from', postId ?? null)
    .execute();
  const posts = await trx
    .selectFrom('post')
    .select('slug')
    .where('kind', '=', kind)
    .where('slug', 'in', slugs)
    .where('id', '<>', postId ?? 0)
    .execute();
  const taken = new Map<string, Taken>();
  for (const slug of slugs) if (kind === 'page' && isReserved(slug)) taken.set(slug, 'reserved');
  for (const { path } of addresses) taken.set(byPath.get(path) ?? '', 'address');
  for (const { slug } of posts) taken.set(slug, 'post');
  return taken;
}

/** A slug for this title that nobody has or had: the title's own, or that with -2, -3 and so on. */
export async function proposeSlug(
  trx: Transaction<Database>,
  { kind, title, postId }: { kind: PostKind; title: string; postId: number | undefined },
): Promise<string> {
  const base = slugify(title) ?? kind;
  for (let from = 1; ; from *= 10) {
    const slugs = Array.from({ length: from * 9 }, (_, index) => numbered(base, from + index));
    const taken = await takenSlugs(trx, { kind, slugs, postId });
    const free = slugs.find((slug) => !taken.has(slug));
    if (free) return free;
  }
}

/**
 * Keeps an address that readers may have noted leading to its post, and gives back the post's new one if it is an earlier
 * one of its own.
 */
export async function moveAddress(
  trx: Transaction<Database>,
  { postId, from, to, keep }: { postId: number; from: string; to: string; keep: boolean },
): Promise<void> {
  await trx.deleteFrom('address').where('path', '=', to).where('post_id', '=', postId).execute();
  if (!keep) return;
  await trx
    .insertInto('address')
    .values({ path: from, post_id: postId })
    .onConflict((conflict) => conflict.column('path').doUpdateSet({ post_id: postId }))
    .execute();
}

function numbered(base: string, number: number): string {
  return number === 1 ? base : `${base}-${number}`;
}
