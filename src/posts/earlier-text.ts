import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { renderPost } from '../text/post-markdown.ts';
import { rendererVersion } from '../text/renderer-version.ts';
import { pathOf, type Taken, takenSlugs } from './addresses.ts';
import type { DeskPost } from './desk-queries.ts';
import { findAuthorsById } from './revision-queries.ts';
import type { PostRevision } from './table.ts';
import type { PostText } from './write-text.ts';

/** What of an earlier version a post cannot have again. */
export interface Obstacles {
  /** Its address, and why; undefined: it is free. */
  readonly address: { readonly slug: string; readonly taken: Taken } | undefined;
  /** Names of authors who would come back, and have no account any more that could write. */
  readonly authors: readonly string[];
}

/** Finds out what of an earlier version cannot come back. @param post locked, and so is the choice of slugs. */
export async function findObstacles(
  trx: Transaction<Database>,
  { post, revision }: { post: DeskPost; revision: PostRevision },
): Promise<Obstacles> {
  const { kind, slug } = revision;
  const moves = pathOf(post) !== pathOf(revision);
  const taken = moves ? (await takenSlugs(trx, { kind, slugs: [slug], postId: post.id })).get(slug) : undefined;
  return { address: taken && { slug, taken }, authors: await findGone(trx, { post, revision }) };
}

/** Whether anything of an earlier version cannot come back. */
export function isInTheWay({ address, authors }: Obstacles): boolean {
  return address !== undefined || authors.length > 0;
}

/**
 * The text of an earlier version as it can be written again: Markdown is rendered by the present rules, imported HTML is as
 * it was. What stands in its way is as it is now.
 *
 * @param keepAuthors whether the authors stay who they are.
 */
export function textOf(
  revision: PostRevision,
  { post, obstacles, keepAuthors }: { post: DeskPost; obstacles: Obstacles; keepAuthors: boolean },
): PostText {
  const { title, excerpt, source, source_format, tags } = revision;
  const { kind, slug } = obstacles.address ? post : revision;
  const html = revision.html ?? renderPost(source).html.toString();
  const authorIds =
    keepAuthors || obstacles.authors.length > 0 ? post.authors.map(({ id }) => id) : revision.author_ids;
  return {
    kind,
    slug,
    title,
    excerpt,
    source,
    source_format,
    html,
    renderer_version: revision.renderer_version ?? rendererVersion,
    tags,
    authorIds,
  };
}

// Who is an author now stays one, whatever became of the account.
async function findGone(
  db: Kysely<Database>,
  { post, revision }: { post: DeskPost; revision: PostRevision },
): Promise<string[]> {
  const coming = revision.author_ids.filter((id) => !post.authors.some((author) => author.id === id));
  const accounts = await findAuthorsById(db, coming);
  return coming.flatMap((id) => {
    const account = accounts.get(id);
    return account && !account.disabled ? [] : [account?.name ?? ''];
  });
}
