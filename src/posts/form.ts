import { readFields } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import { type CommentMode, commentModes } from '../site/table.ts';
import { normaliseLine } from '../text/plain-text.ts';
import { renderPost } from '../text/post-markdown.ts';
import { slugify } from '../text/slug.ts';
import type { TrustedHtml } from '../text/trusted-html.ts';
import { longestSlug, normaliseSlug } from './addresses.ts';
import type { PostKind } from './table.ts';

/** The fields of the desk's form. */
export const deskFieldNames = [
  'kind',
  'title',
  'slug',
  'body',
  'excerpt',
  'tags',
  'authors',
  'mode',
  'closing',
  'closing_days',
  'publish_at',
  'dated',
  'version',
  'key',
] as const;

export type DeskField = (typeof deskFieldNames)[number];

/** The form as it is shown and as it comes back: texts, nothing checked. */
export type DeskFields = Readonly<Record<DeskField, string>>;

/** What is wrong with a field. */
export interface FieldError {
  readonly field: DeskField;
  readonly message: Message;
}

/** A tag as someone typed it, and the slug by which it is known. */
export interface TypedTag {
  readonly slug: string;
  readonly name: string;
}

/** What the form says, checked as far as that is possible without the database, and rendered. */
export interface PostDraft {
  readonly kind: PostKind;
  readonly title: string;
  /** Empty: to be proposed from the title. */
  readonly slug: string;
  readonly source: string;
  readonly html: TrustedHtml;
  readonly excerpt: string;
  readonly tags: readonly TypedTag[];
  /** Handles, in the order in which they are named; at least one. */
  readonly authors: readonly string[];
  /** null: as the site. */
  readonly mode: CommentMode | null;
  readonly closing: ClosingDays;
}

/** After how many days a conversation closes by itself; null: as the site, 0: never. */
export interface ClosingDays {
  /** From publication on. */
  readonly age: number | null;
  /** In which nothing was said. */
  readonly quiet: number | null;
}

const longestTitle = 200;
const longestExcerpt = 500;
const longestText = 500_000;
const longestTag = 60;
const mostTags = 20;
const mostAuthors = 20;
const mostDays = 36_500;

/** A short field with more characters is not even taken apart: that costs time, seconds for some megabytes of commas. */
const longestToRead = 2_000;

const overlong = {
  title: { key: 'writing.error.title.tooLong', values: { limit: longestTitle } },
  slug: { key: 'writing.error.slug.tooLong', values: { limit: longestSlug } },
  excerpt: { key: 'writing.error.excerpt.tooLong', values: { limit: longestExcerpt } },
  tags: { key: 'writing.error.field.tooLong', values: { limit: longestToRead } },
  authors: { key: 'writing.error.field.tooLong', values: { limit: longestToRead } },
} as const;
const shortFields = ['title', 'slug', 'excerpt', 'tags', 'authors'] as const;

/**
 * Takes the form out of a request's body. A field that the body lacks, or that this person may not change, is as it is in
 * `base`; the version is never guessed.
 */
export function readDeskFields(
  body: unknown,
  { base, fixed }: { base: DeskFields; fixed: readonly DeskField[] },
): DeskFields {
  const given = Object.keys(typeof body === 'object' && body !== null ? body : {});
  const names = deskFieldNames.filter((name) => given.includes(name) && !fixed.includes(name));
  const typed: Partial<DeskFields> = readFields(body, names);
  return { ...base, version: '', ...typed };
}

/** Makes a draft of the form, or says what is wrong with it, in the order of the fields. */
export function readDraft(fields: DeskFields): { draft: PostDraft } | { errors: readonly FieldError[] } {
  const unread = shortFields.filter((field) => fields[field].length > longestToRead);
  if (unread.length > 0) return { errors: unread.map((field) => ({ field, message: overlong[field] })) };

  const title = normaliseLine(fields.title);
  const slug = normaliseSlug(fields.slug);
  const excerpt = normaliseLine(fields.excerpt);
  const tags = readTags(fields.tags);
  const authors = readHandles(fields.authors);
  const closing = readClosing(fields);
  const errors: FieldError[] = [];
  const refuse = (field: DeskField, key: Message['key'], values?: Message['values']) =>
    errors.push({ field, message: values ? { key, values } : { key } });

  if (!title) refuse('title', 'writing.error.title.missing');
  if (title.length > longestTitle) errors.push({ field: 'title', message: overlong.title });
  if (fields.body.length > longestText) refuse('body', 'writing.error.body.tooLong', { limit: longestText });
  if (fields.slug.trim() && !slug) refuse('slug', 'writing.error.slug.unusable');
  if (slug.length > longestSlug) errors.push({ field: 'slug', message: overlong.slug });
  if (excerpt.length > longestExcerpt) errors.push({ field: 'excerpt', message: overlong.excerpt });
  if (tags.length > mostTags) refuse('tags', 'writing.error.tags.tooMany', { limit: mostTags });
  const badTag = tags.find((tag) => !tag.slug || tag.name.length > longestTag);
  if (badTag?.slug) refuse('tags', 'writing.error.tags.tooLong', { name: badTag.name, limit: longestTag });
  else if (badTag) refuse('tags', 'writing.error.tags.unusable', { name: badTag.name });
  if (authors.length === 0) refuse('authors', 'writing.error.authors.missing');
  if (authors.length > mostAuthors) refuse('authors', 'writing.error.authors.tooMany', { limit: mostAuthors });
  if (!closing) refuse('closing_days', 'writing.error.closing_days', { limit: mostDays });

  if (errors.length > 0 || !closing) return { errors };
  const { html } = renderPost(fields.body);
  const kind = fields.kind === 'page' ? 'page' : 'post';
  const mode = commentModes.find((each) => each === fields.mode) ?? null;
  return { draft: { kind, title, slug, source: fields.body, html, excerpt, tags, authors, mode, closing } };
}

/** Tags as they are typed, between commas; what is written twice counts once. One that cannot be a tag has no slug. */
export function readTags(text: string): TypedTag[] {
  const bySlug = new Map<string, TypedTag>();
  for (const part of text.split(/[,，、]/)) {
    const name = normaliseLine(part).replace(/^#+/, '').trim();
    const slug = slugify(name) ?? '';
    if (name && !bySlug.has(slug)) bySlug.set(slug, { slug, name });
  }
  return [...bySlug.values()];
}

function readHandles(text: string): string[] {
  const handles = text.split(',').map((part) => normaliseLine(part).replace(/^@/, '').toLowerCase());
  return [...new Set(handles.filter(Boolean))];
}

// undefined: a number of days was asked for, and this is none.
function readClosing({ closing, closing_days }: DeskFields): ClosingDays | undefined {
  if (closing === 'never') return { age: 0, quiet: 0 };
  if (closing !== 'days' && closing !== 'quiet') return { age: null, quiet: null };
  const days = /^\d{1,5}$/.test(closing_days.trim()) ? Number(closing_days) : 0;
  if (!(days >= 1 && days <= mostDays)) return undefined;
  return closing === 'days' ? { age: days, quiet: 0 } : { age: 0, quiet: days };
}
