import { type ExpressionBuilder, type Kysely, sql, type Transaction } from 'kysely';
import type { Account } from '../accounts/table.ts';
import type { Database } from '../database.ts';
import type { CommentMode } from '../site/table.ts';
import type { ClosingDays } from './form.ts';
import type { PostState } from './publication.ts';
import { authorsOf, tagsOf } from './query-parts.ts';
import type { Post, Tag } from './table.ts';

/** A post with all that its form shows. */
export interface DeskPost
  extends Pick<
    Post,
    | 'id'
    | 'kind'
    | 'slug'
    | 'title'
    | 'excerpt'
    | 'source'
    | 'source_format'
    | 'html'
    | 'conversation_id'
    | 'published_at'
    | 'deleted_at'
    | 'version'
    | 'updated_at'
  > {
  readonly mode: CommentMode | null;
  readonly close_after_days: number | null;
  readonly close_after_quiet_days: number | null;
  /** In the order in which they are named. */
  readonly authors: readonly Pick<Account, 'id' | 'handle' | 'name'>[];
  readonly tags: readonly Pick<Tag, 'slug' | 'name'>[];
}

/** After how many days the conversation of a stored post closes by itself. */
export function closingDaysOf({
  close_after_days,
  close_after_quiet_days,
}: Pick<DeskPost, 'close_after_days' | 'close_after_quiet_days'>): ClosingDays {
  return { age: close_after_days, quiet: close_after_quiet_days };
}

/** A post as the desk lists it. */
export interface ListedDraft
  extends Pick<Post, 'id' | 'kind' | 'slug' | 'title' | 'published_at' | 'deleted_at' | 'updated_at'> {
  readonly authors: readonly Pick<Account, 'id' | 'handle' | 'name'>[];
}

/** A place in the desk's list: the post that was listed last, as it was then. */
export interface DeskCursor {
  readonly updatedAt: Date;
  readonly id: number;
}

const postsPerPage = 30;

/** @param writerId whose post it must be; undefined: anybody's. */
export async function findDeskPost(
  db: Kysely<Database>,
  { id, writerId }: { id: number; writerId: number | undefined },
): Promise<DeskPost | undefined> {
  return db
    .selectFrom('post')
    .innerJoin('conversation', 'conversation.id', 'post.conversation_id')
    .select([
      'post.id',
      'post.kind',
      'post.slug',
      'post.title',
      'post.excerpt',
      'post.source',
      'post.source_format',
      'post.html',
    ])
    .select(['post.conversation_id', 'post.published_at', 'post.deleted_at', 'post.version', 'post.updated_at'])
    .select(['conversation.mode', 'conversation.close_after_days', 'conversation.close_after_quiet_days'])
    .select((eb) => [authorsOf(eb).as('authors'), tagsOf(eb).as('tags')])
    .where('post.id', '=', id)
    .where(isWrittenBy(writerId))
    .executeTakeFirst();
}

/** The same, and until the transaction ends nobody else saves this post. */
export async function lockDeskPost(
  trx: Transaction<Database>,
  { id, writerId }: { id: number; writerId: number | undefined },
): Promise<DeskPost | undefined> {
  await trx.selectFrom('post').select('id').where('id', '=', id).forUpdate().executeTakeFirst();
  return findDeskPost(trx, { id, writerId });
}

/**
 * Thirty posts and pages, what was changed last first, from the beginning or after a place in the list.
 *
 * @param writerId whose; undefined: everybody's.
 * @param state only these; undefined: all but what is in the bin.
 */
export async function listDrafts(
  db: Kysely<Database>,
  {
    writerId,
    state,
    before,
    now,
  }: { writerId: number | undefined; state: PostState | undefined; before: DeskCursor | undefined; now: Date },
): Promise<{ posts: ListedDraft[]; older: DeskCursor | undefined }> {
  const rows = await db
    .selectFrom('post')
    .select(['post.id', 'post.kind', 'post.slug', 'post.title', 'post.published_at'])
    .select(['post.deleted_at', 'post.updated_at'])
    .select((eb) => authorsOf(eb).as('authors'))
    .where(isWrittenBy(writerId))
    .where(isIn(state, now))
    .$if(before !== undefined, (query) =>
      query.where(
        sql<boolean>`(post.updated_at, post.id) < (${before?.updatedAt}::timestamptz, ${before?.id}::integer)`,
      ),
    )
    .orderBy('post.updated_at', 'desc')
    .orderBy('post.id', 'desc')
    .limit(postsPerPage + 1)
    .execute();
  const posts = rows.slice(0, postsPerPage);
  const last = rows.length > postsPerPage ? posts.at(-1) : undefined;
  return { posts, older: last && { updatedAt: last.updated_at, id: last.id } };
}

/** The accounts of these handles, in the order of the handles; whom there is not is missing. */
export async function findAuthors(
  db: Kysely<Database>,
  handles: readonly string[],
): Promise<Pick<Account, 'id' | 'handle' | 'name'>[]> {
  const rows = await db.selectFrom('account').select(['id', 'handle', 'name']).where('handle', 'in', handles).execute();
  return handles.flatMap((handle) => rows.find((row) => row.handle === handle) ?? []);
}

/** The names under which tags of these slugs are known; what is new is missing. */
export async function findTagNames(db: Kysely<Database>, slugs: readonly string[]): Promise<Map<string, string>> {
  if (slugs.length === 0) return new Map();
  const rows = await db.selectFrom('tag').select(['slug', 'name']).where('slug', 'in', slugs).execute();
  return new Map(rows.map(({ slug, name }) => [slug, name]));
}

/**
 * When readers could see a post first, as the record of its earlier publications tells; the present one is not in it.
 *
 * @returns undefined where it was never taken back from readers.
 */
export async function findEarlierPublication(db: Kysely<Database>, postId: number): Promise<Date | undefined> {
  const event = await db
    .selectFrom('event')
    .select('numbers')
    .where('subject_kind', '=', 'post')
    .where('subject_id', '=', postId)
    .where('from_status', '=', 'published')
    .where('to_status', '<>', 'published')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  const time = event?.numbers.published_at;
  return time === undefined ? undefined : new Date(time);
}

/**
 * The post that a form with this key made, within the last day, for one of these authors. The second of two equal forms waits, and
 * finds what the first made.
 */
export async function takePostOfForm(
  trx: Transaction<Database>,
  { key, authors, now }: { key: string; authors: readonly string[]; now: Date },
): Promise<number | undefined> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(trx);
  const row = await trx
    .selectFrom('account')
    .innerJoin('post_author', 'post_author.account_id', 'account.id')
    .innerJoin('post', 'post.id', 'post_author.post_id')
    .innerJoin('event', 'event.subject_id', 'post.id')
    .select('post.id')
    .where('account.handle', 'in', authors)
    .where('post.created_at', '>', new Date(now.getTime() - 86_400_000))
    .where('event.subject_kind', '=', 'post')
    .where('event.action', '=', 'create')
    .where('event.batch', '=', key)
    .executeTakeFirst();
  return row?.id;
}

function isWrittenBy(writerId: number | undefined) {
  return (eb: ExpressionBuilder<Database, 'post'>) =>
    writerId === undefined
      ? eb.val(true)
      : eb.exists(
          eb
            .selectFrom('post_author')
            .select('post_author.post_id')
            .whereRef('post_author.post_id', '=', 'post.id')
            .where('post_author.account_id', '=', writerId),
        );
}

function isIn(state: PostState | undefined, now: Date) {
  return (eb: ExpressionBuilder<Database, 'post'>) => {
    if (state === 'binned') return eb('post.deleted_at', 'is not', null);
    const kept = eb('post.deleted_at', 'is', null);
    if (state === 'draft') return eb.and([kept, eb('post.published_at', 'is', null)]);
    if (state === 'scheduled') return eb.and([kept, eb('post.published_at', '>', now)]);
    if (state === 'published') return eb.and([kept, eb('post.published_at', '<=', now)]);
    return kept;
  };
}
