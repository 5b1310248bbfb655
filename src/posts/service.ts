import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { Database } from '../database.ts';
import type { CommentMode } from '../site/table.ts';
import { renderPost } from '../text/post-markdown.ts';
import { lockSlugs, normaliseSlug, proposeSlug, takenSlugs } from './addresses.ts';
import { type DeskPost, findAuthors, lockDeskPost, takePostOfForm } from './desk-queries.ts';
import { type ClosingDays, type FieldError, type PostDraft, readTags } from './form.ts';
import { isRepeated, type Move, movePost } from './moves.ts';
import { type Chosen, insertPost, isHeldAsBefore, rewritePost } from './post-writes.ts';
import { isAllowed, stateOf } from './publication.ts';
import { isSameText } from './same-text.ts';
import type { PostKind } from './table.ts';

/** How a save went. `conflict`: someone else changed the post, or its state does not allow it; nothing is stored. */
export type Saved =
  /** `undo`: none where nothing had changed, or there is no one event by which it can be taken back. */
  | { readonly outcome: 'saved'; readonly id: number; readonly undo?: UndoOfSave | undefined }
  | { readonly outcome: 'conflict'; readonly id: number }
  | { readonly outcome: 'refused'; readonly errors: readonly FieldError[] }
  | { readonly outcome: 'missing' };

/** How a save can be taken back. */
export interface UndoOfSave {
  readonly eventId: number;
  /** Whether that is all of it: how the conversation is held is taken back by itself. */
  readonly all: boolean;
}

/** Who saves, and when. */
interface Act {
  readonly actorId: number;
  /** Whose posts this person may change; undefined: everybody's. */
  readonly writerId: number | undefined;
  readonly now: Date;
}

/**
 * Makes a post of a draft, with its conversation, and moves it on if that is wanted.
 *
 * @param key UUID of the form: what is sent twice makes one post, and is then a save of that one.
 */
export async function startPost(
  trx: Transaction<Database>,
  { draft, move, key, ...act }: Act & { draft: PostDraft; move: Move; key: string | undefined },
): Promise<Saved> {
  const made = key && (await takePostOfForm(trx, { key, authors: draft.authors, now: act.now }));
  if (made) return savePost(trx, { id: made, version: undefined, draft, move, ...act });
  await lockSlugs(trx);
  const chosen = await choose(trx, { draft, postId: undefined });
  if ('errors' in chosen) return { outcome: 'refused', ...chosen };
  const batch = key ?? randomUUID();
  const { id, eventId } = await insertPost(trx, { draft, chosen, publishedAt: null, batch, ...act });
  const post = { id, published_at: null, deleted_at: null };
  if (move.action !== 'edit') await movePost(trx, { post, move, batch, ...act });
  return { outcome: 'saved', id, undo: { eventId, all: true } };
}

/**
 * Saves a draft over the post that it was made from, and moves that on if it is wanted. A form that is sent twice is saved
 * once.
 *
 * @param version the one that the form was made from; undefined: not known.
 */
export async function savePost(
  trx: Transaction<Database>,
  { id, version, draft, move, ...act }: Act & { id: number; version: number | undefined; draft: PostDraft; move: Move },
): Promise<Saved> {
  const post = await lockDeskPost(trx, { id, writerId: act.writerId });
  if (!post) return { outcome: 'missing' };
  if (post.version !== version) {
    const repeated = isUnchanged(post, draft) && (await isRepeated(trx, { post, move, ...act }));
    return { outcome: repeated ? 'saved' : 'conflict', id };
  }
  const state = stateOf(post, act.now);
  if (!isAllowed(state, 'edit') || !isAllowed(state, move.action)) return { outcome: 'conflict', id };
  await lockSlugs(trx);
  const chosen = await choose(trx, { draft, postId: id });
  if ('errors' in chosen) return { outcome: 'refused', ...chosen };
  const changed = !isUnchanged(post, { ...draft, slug: chosen.slug });
  const moved = move.action !== 'edit';
  const batch = changed && moved ? randomUUID() : undefined;
  const written = changed ? await rewritePost(trx, { post, draft, chosen, batch, ...act }) : undefined;
  const settings = written?.settings ?? [];
  const eventId = moved ? await movePost(trx, { post, move, batch, ...act }) : written?.text;
  if (eventId !== undefined) return { outcome: 'saved', id, undo: { eventId, all: settings.length === 0 } };
  const [only, ...others] = settings;
  return { outcome: 'saved', id, undo: only && others.length === 0 ? { eventId: only, all: true } : undefined };
}

/** Puts a post into the bin or takes it out, as whoever does it saw it: with its version. */
export async function movePostAsSeen(
  trx: Transaction<Database>,
  { id, version, move, ...act }: Act & { id: number; version: number | undefined; move: Move },
): Promise<Saved> {
  const post = await lockDeskPost(trx, { id, writerId: act.writerId });
  if (!post) return { outcome: 'missing' };
  if (post.version !== version) {
    const repeated = await isRepeated(trx, { post, move, ...act });
    return { outcome: repeated ? 'saved' : 'conflict', id };
  }
  const eventId = await movePost(trx, { post, move, ...act });
  return eventId === undefined ? { outcome: 'conflict', id } : { outcome: 'saved', id, undo: { eventId, all: true } };
}

/**
 * Makes a post without a form: for sample content, imports and tests.
 *
 * @param source Markdown.
 * @param slug none: proposed from the title.
 * @param publishedAt none: a draft; in the future: scheduled.
 * @param mode, closing none: as the site.
 * @throws where the slug cannot be had.
 */
export async function createPost(
  trx: Transaction<Database>,
  {
    kind = 'post',
    title,
    slug,
    source,
    excerpt = '',
    tags = [],
    authorIds,
    publishedAt = null,
    mode = null,
    closing = { age: null, quiet: null },
    actorId,
    now,
  }: {
    kind?: PostKind;
    title: string;
    slug?: string | undefined;
    source: string;
    excerpt?: string;
    tags?: readonly string[];
    authorIds: readonly number[];
    publishedAt?: Date | null;
    mode?: CommentMode | null;
    closing?: ClosingDays;
    actorId?: number | undefined;
    now: Date;
  },
): Promise<{ id: number; slug: string; conversationId: number }> {
  await lockSlugs(trx);
  const own = normaliseSlug(slug ?? '') || (await proposeSlug(trx, { kind, title, postId: undefined }));
  const taken = (await takenSlugs(trx, { kind, slugs: [own], postId: undefined })).get(own);
  if (taken) throw new Error(`The slug “${own}” cannot be had: ${taken}.`);
  const { html } = renderPost(source);
  const typed = { tags: readTags(tags.join(',')), authors: [], mode, closing };
  const draft: PostDraft = { kind, title, slug: own, source, html, excerpt, ...typed };
  const chosen = { slug: own, authorIds };
  const { id, conversationId } = await insertPost(trx, { draft, chosen, publishedAt, actorId, now });
  return { id, conversationId, slug: own };
}

// What of a draft the database decides: whether its address is free and its authors are there.
async function choose(
  trx: Transaction<Database>,
  { draft, postId }: { draft: PostDraft; postId: number | undefined },
): Promise<Chosen | { errors: FieldError[] }> {
  const { kind, title } = draft;
  const errors: FieldError[] = [];
  const slug = draft.slug || (await proposeSlug(trx, { kind, title, postId }));
  const taken = (await takenSlugs(trx, { kind, slugs: [slug], postId })).get(slug);
  if (taken) errors.push({ field: 'slug', message: { key: `writing.error.slug.${taken}`, values: { slug } } });
  const authors = await findAuthors(trx, draft.authors);
  const stranger = draft.authors.find((handle) => !authors.some((author) => author.handle === handle));
  if (stranger) {
    errors.push({ field: 'authors', message: { key: 'writing.error.authors.unknown', values: { handle: stranger } } });
  }
  return errors.length > 0 ? { errors } : { slug, authorIds: authors.map(({ id }) => id) };
}

function isUnchanged(post: DeskPost, draft: PostDraft): boolean {
  return isSameText(post, draft) && isHeldAsBefore(post, draft);
}
