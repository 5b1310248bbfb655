import type { Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { type NewEvent, recordEvent, recordEvents } from '../events/queries.ts';
import { rendererVersion } from '../text/renderer-version.ts';
import { takeTurn } from '../turns.ts';
import { closingDaysOf, type DeskPost } from './desk-queries.ts';
import type { ClosingDays, PostDraft } from './form.ts';
import { stateOf } from './publication.ts';
import { isSameText } from './same-text.ts';
import { raiseVersion, writeAuthors, writeTags, writeText } from './write-text.ts';

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
    batch,
    now,
  }: {
    draft: PostDraft;
    chosen: Chosen;
    publishedAt: Date | null;
    actorId: number | undefined;
    /** UUID of what else is done in one go with it, by which the post is found again. */
    batch?: string | undefined;
    now: Date;
  },
): Promise<{ id: number; conversationId: number; eventId: number }> {
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
  const eventId = await recordEvent(trx, {
    subjectKind: 'post',
    subjectId: id,
    action: 'create',
    to: stateOf({ published_at: publishedAt, deleted_at: null }, now),
    actorId,
    batch,
    now,
  });
  return { id, conversationId, eventId };
}

/**
 * Writes a draft over a post that is locked. Where readers could know its address, that leads to the new one.
 *
 * @param batch UUID of what else is done to the post in one go with it.
 * @returns the events by which this can be taken back: of the text, and of each comment setting that was changed.
 */
export async function rewritePost(
  trx: Transaction<Database>,
  {
    post,
    draft,
    chosen,
    batch,
    actorId,
    now,
  }: { post: DeskPost; draft: PostDraft; chosen: Chosen; batch?: string | undefined; actorId: number; now: Date },
): Promise<{ readonly text: number | undefined; readonly settings: readonly number[] }> {
  const settings = await writeConversation(trx, { post, draft, actorId, now });
  if (!isSameText(post, { ...draft, slug: chosen.slug })) {
    const text = { ...columnsOf(draft), slug: chosen.slug, tags: draft.tags, authorIds: chosen.authorIds };
    return { text: await writeText(trx, { post, text, action: 'edit', batch, actorId, now }), settings };
  }
  await raiseVersion(trx, { postId: post.id, now });
  const state = stateOf(post, now);
  const subject = { subjectKind: 'post', subjectId: post.id, actorId, now } as const;
  await recordEvent(trx, { ...subject, action: 'edit', from: state, to: state, numbers: { comments_only: 1 } });
  return { text: undefined, settings };
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

// Replies share the turn that this takes: the change waits for those that are being stored, and none lands after a closing.
async function writeConversation(
  trx: Transaction<Database>,
  { post, draft, actorId, now }: { post: DeskPost; draft: PostDraft; actorId: number; now: Date },
): Promise<number[]> {
  const after = { mode: draft.mode, ...draft.closing };
  if (isHeldAsBefore(post, draft)) return [];
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
  const changes: NewEvent[] = [];
  if (before.mode !== after.mode)
    changes.push({ ...subject, action: 'set_mode', from: before.mode ?? 'site', to: after.mode ?? 'site' });
  if (!sameDays(before, after)) changes.push({ ...subject, action: 'set_closing', numbers: daysOf({ before, after }) });
  return await recordEvents(trx, changes);
}

/** Whether a draft leaves alone how the conversation of a post is held. */
export function isHeldAsBefore(post: DeskPost, { mode, closing }: Pick<PostDraft, 'mode' | 'closing'>): boolean {
  return mode === post.mode && sameDays(closing, closingDaysOf(post));
}

function sameDays(one: ClosingDays, other: ClosingDays): boolean {
  return one.age === other.age && one.quiet === other.quiet;
}

// As the site has no number.
function daysOf({ before, after }: Record<'before' | 'after', ClosingDays>): Record<string, number> {
  const numbers = { from: before.age, to: after.age, quiet_from: before.quiet, quiet_to: after.quiet };
  return Object.fromEntries(Object.entries(numbers).flatMap(([name, days]) => (days === null ? [] : [[name, days]])));
}
