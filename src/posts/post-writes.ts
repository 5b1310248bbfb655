import type { Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { recordEvent } from '../events/queries.ts';
import { rendererVersion } from '../text/renderer-version.ts';
import { takeTurn } from '../turns.ts';
import { moveAddress, pathOf } from './addresses.ts';
import { closingDaysOf, type DeskPost, findEarlierPublication } from './desk-queries.ts';
import type { ClosingDays, PostDraft, TypedTag } from './form.ts';
import { stateOf } from './publication.ts';

/** What was decided about a draft beside what it says itself. */
export interface Chosen {
  /** Free for this post. */
  readonly slug: string;
  /** In the order in which they are named; at least one. */
  readonly authorIds: readonly number[];
}

/** Writes a new post, its conversation with its count, its authors and tags, and the event. */
export async function insertPost(
  trx: Transaction<Database>,
  {
    draft,
    chosen,
    publishedAt,
    actorId,
    key,
    now,
  }: {
    draft: PostDraft;
    chosen: Chosen;
    publishedAt: Date | null;
    actorId: number | undefined;
    /** UUID by which the post is found again. */
    key?: string | undefined;
    now: Date;
  },
): Promise<{ id: number; conversationId: number }> {
  const conversationId = await insertConversation(trx, draft);
  const { id } = await trx
    .insertInto('post')
    .values({
      ...columnsOf(draft),
      slug: chosen.slug,
      conversation_id: conversationId,
      published_at: publishedAt,
      created_at: now,
      updated_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await writeAuthors(trx, { postId: id, authorIds: chosen.authorIds });
  await writeTags(trx, { postId: id, tags: draft.tags });
  await recordEvent(trx, {
    subjectKind: 'post',
    subjectId: id,
    action: 'create',
    to: stateOf({ published_at: publishedAt, deleted_at: null }, now),
    actorId,
    batch: key,
    now,
  });
  return { id, conversationId };
}

/** Writes a draft over a post that is locked. Where readers could know its address, that leads to the new one. */
export async function rewritePost(
  trx: Transaction<Database>,
  {
    post,
    draft,
    chosen,
    actorId,
    now,
  }: { post: DeskPost; draft: PostDraft; chosen: Chosen; actorId: number; now: Date },
): Promise<void> {
  const state = stateOf(post, now);
  const from = pathOf(post);
  const to = pathOf({ kind: draft.kind, slug: chosen.slug });
  if (from !== to) {
    const known = state === 'published' || (await findEarlierPublication(trx, post.id)) !== undefined;
    await moveAddress(trx, { postId: post.id, from, to, keep: known });
  }
  await trx
    .updateTable('post')
    .set((eb) => ({ ...columnsOf(draft), slug: chosen.slug, version: eb('version', '+', 1), updated_at: now }))
    .where('id', '=', post.id)
    .execute();
  await writeAuthors(trx, { postId: post.id, authorIds: chosen.authorIds });
  await writeTags(trx, { postId: post.id, tags: draft.tags });
  await writeConversation(trx, { post, draft, actorId, now });
  await recordEvent(trx, {
    subjectKind: 'post',
    subjectId: post.id,
    action: 'edit',
    from: state,
    to: state,
    actorId,
    now,
  });
}

function columnsOf({ kind, title, source, html, excerpt }: PostDraft) {
  return {
    kind,
    title,
    excerpt,
    source,
    source_format: 'markdown' as const,
    html: html.toString(),
    renderer_version: rendererVersion,
  };
}

async function insertConversation(
  trx: Transaction<Database>,
  { mode, closing }: Pick<PostDraft, 'mode' | 'closing'>,
): Promise<number> {
  const { id } = await trx
    .insertInto('conversation')
    .values({ mode, close_after_days: closing.age, close_after_quiet_days: closing.quiet })
    .returning('id')
    .executeTakeFirstOrThrow();
  await trx.insertInto('conversation_count').values({ conversation_id: id }).execute();
  return id;
}

async function writeAuthors(
  trx: Transaction<Database>,
  { postId, authorIds }: { postId: number; authorIds: readonly number[] },
): Promise<void> {
  await trx.deleteFrom('post_author').where('post_id', '=', postId).execute();
  const rows = authorIds.map((account_id, index) => ({ post_id: postId, account_id, position: index + 1 }));
  await trx.insertInto('post_author').values(rows).execute();
}

// A tag that is not there yet is made; one that no post carries any more stays, unlisted, until someone types it again.
async function writeTags(
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

// Replies share the turn that this takes: the change waits for those that are being stored, and none lands after a closing.
async function writeConversation(
  trx: Transaction<Database>,
  { post, draft, actorId, now }: { post: DeskPost; draft: PostDraft; actorId: number; now: Date },
): Promise<void> {
  const after = { mode: draft.mode, ...draft.closing };
  if (isSame({ mode: post.mode, ...closingDaysOf(post) }, after)) return;
  const subject = { subjectKind: 'conversation', subjectId: post.conversation_id, actorId, now } as const;
  await takeTurn(trx, { about: 'conversation', id: post.conversation_id });
  // An undo may have set it otherwise, while this waited for its turn.
  const present = await trx
    .selectFrom('conversation')
    .select(['mode', 'close_after_days', 'close_after_quiet_days'])
    .where('id', '=', post.conversation_id)
    .executeTakeFirstOrThrow();
  const before = { mode: present.mode, ...closingDaysOf(present) };
  await trx
    .updateTable('conversation')
    .set({ mode: after.mode, close_after_days: after.age, close_after_quiet_days: after.quiet })
    .where('id', '=', post.conversation_id)
    .execute();
  if (before.mode !== after.mode)
    await recordEvent(trx, { ...subject, action: 'set_mode', from: before.mode ?? 'site', to: after.mode ?? 'site' });
  if (!sameDays(before, after))
    await recordEvent(trx, { ...subject, action: 'set_closing', numbers: daysOf({ before, after }) });
}

type Terms = ClosingDays & Pick<DeskPost, 'mode'>;

function isSame(one: Terms, other: Terms): boolean {
  return one.mode === other.mode && sameDays(one, other);
}

function sameDays(one: ClosingDays, other: ClosingDays): boolean {
  return one.age === other.age && one.quiet === other.quiet;
}

// As the site has no number.
function daysOf({ before, after }: Record<'before' | 'after', ClosingDays>): Record<string, number> {
  const numbers = { from: before.age, to: after.age, quiet_from: before.quiet, quiet_to: after.quiet };
  return Object.fromEntries(Object.entries(numbers).flatMap(([name, days]) => (days === null ? [] : [[name, days]])));
}
