import type { Response } from 'express';
import type { Kysely } from 'kysely';
import { viewerReach } from '../accounts/viewer.ts';
import type { Database } from '../database.ts';
import type { Dates } from '../http/dates.ts';
import { defineView, type Frame, frameOf, sendPage } from '../http/render.ts';
import { siteOf } from '../site/current.ts';
import { commentModes } from '../site/table.ts';
import { hrefOf } from './addresses.ts';
import { closingDaysOf, type DeskPost, findEarlierPublication } from './desk-queries.ts';
import { describeState } from './desk-words.ts';
import type { DeskField, DeskFields, FieldError } from './form.ts';
import { isAllowed, type PostAction, type PostState, stateOf } from './publication.ts';
import { versionsHref } from './version-addresses.ts';

/** The form of the desk, for a post or for one that is not there yet. */
interface DeskPage {
  /** Where the form goes; below it are `/preview`, `/text` and `/delete`. */
  readonly action: string;
  readonly state: PostState | 'new';
  readonly stateSentence: string;
  /** Where the post can be seen as its readers see it. */
  readonly viewHref: string | undefined;
  /** Where its earlier versions are. */
  readonly versionsHref: string | undefined;
  readonly fields: DeskFields;
  readonly errors: readonly { readonly field: DeskField; readonly message: string }[];
  /** The first error of each field. */
  readonly wrong: Readonly<Partial<Record<DeskField, string>>>;
  readonly may: Readonly<Record<PostAction, boolean>>;
  readonly mayChangeAuthors: boolean;
  readonly mayChangeComments: boolean;
  readonly authorNames: string;
  readonly modes: readonly { readonly value: string; readonly label: string }[];
  readonly closings: readonly { readonly value: string; readonly label: string }[];
  /** When readers could see it first, if it was taken back from them. */
  readonly firstPublished: Date | undefined;
  readonly conflict: Conflict | undefined;
}

/** What someone is told whose form was made from an earlier state of the post. */
export interface Conflict {
  /** Who did what last. */
  readonly change: string;
  /** What is stored now, where it differs from the form. */
  readonly differences: readonly { readonly field: DeskField; readonly stored: string }[];
  readonly binned: boolean;
  readonly postId: number;
}

/** What the form is shown for: the post if there is one, the fields as they were typed, what is wrong with them. */
interface Shown {
  readonly post: DeskPost | undefined;
  readonly fields: DeskFields;
  readonly errors?: readonly FieldError[];
}

/** The form of the desk, also where a conflict stands above it. */
export const deskView = defineView<DeskPage>('writing/desk');

/** The fields of a form for a post as it is stored. */
export function fieldsOf(post: DeskPost, { dates, now }: { dates: Dates; now: Date }): DeskFields {
  const { age, quiet } = closingDaysOf(post);
  return {
    kind: post.kind,
    title: post.title,
    slug: post.slug,
    body: post.source,
    excerpt: post.excerpt,
    tags: post.tags.map(({ name }) => name).join(', '),
    authors: post.authors.map(({ handle }) => handle).join(', '),
    mode: post.mode ?? 'site',
    closing: age ? 'days' : quiet ? 'quiet' : age === 0 ? 'never' : 'site',
    closing_days: String(age || quiet || ''),
    publish_at: post.published_at && stateOf(post, now) === 'scheduled' ? dates.local(post.published_at) : '',
    dated: 'first',
    version: String(post.version),
    key: '',
  };
}

/** Sends the form: with errors as 422, else as 200. */
export async function sendDesk(
  response: Response,
  { db, now, ...shown }: Shown & { db: Kysely<Database>; now: Date },
): Promise<void> {
  const page = await composeDesk(response, { db, now, conflict: undefined, ...shown });
  sendPage(response, deskView, { ...page, title: headingOf(shown, frameOf(response)) }, page.errors.length ? 422 : 200);
}

/** Puts the page of the form together. */
export async function composeDesk(
  response: Response,
  {
    db,
    now,
    post,
    fields,
    errors = [],
    conflict,
  }: Shown & { db: Kysely<Database>; now: Date; conflict: Conflict | undefined },
): Promise<DeskPage> {
  const words = frameOf(response);
  const { t } = words;
  const state = post ? stateOf(post, now) : 'draft';
  const asNew = !post || conflict?.binned;
  const worded = errors.map(({ field, message }) => ({ field, message: t(message.key, message.values) }));
  return {
    action: asNew ? '/write/new' : `/write/${post.id}`,
    state: post ? state : 'new',
    stateSentence: post ? describeState(post, { words, now }) : t('writing.state.new'),
    versionsHref: post && versionsHref(post.id),
    viewHref: post && state !== 'binned' ? hrefOf(post) : undefined,
    fields,
    errors: worded,
    wrong: Object.fromEntries(worded.map(({ field, message }) => [field, message]).reverse()),
    may: mayDo(state),
    mayChangeAuthors: viewerReach(response, 'write') === 'all',
    mayChangeComments: viewerReach(response, 'moderate') !== 'none',
    authorNames: post?.authors.map(({ name }) => name).join(', ') ?? '',
    modes: ['site', ...commentModes].map((value) => ({ value, label: wordField('mode', value, response) })),
    closings: ['site', 'never', 'days', 'quiet'].map((value) => ({
      value,
      label: wordField('closing', value, response),
    })),
    firstPublished: post && isAllowed(state, 'publish') ? await findEarlierPublication(db, post.id) : undefined,
    conflict,
  };
}

/** The value of a field as its control shows it. */
export function wordField(field: DeskField, value: string, response: Response): string {
  const { t } = frameOf(response);
  const { comment_mode, close_after_days, close_after_quiet_days } = siteOf(response);
  const mode = commentModes.find((each) => each === value);
  if (field === 'mode')
    return mode ? t(`writing.mode.${mode}`) : t('writing.mode.site', { mode: t(`writing.mode.${comment_mode}`) });
  if (field === 'kind') return t(value === 'page' ? 'writing.kind.page' : 'writing.kind.post');
  if (field !== 'closing') return value;
  if (value === 'never' || value === 'days' || value === 'quiet') return t(`writing.closing.${value}`);
  return t('writing.closing.site', { days: close_after_days ?? 0, quiet: close_after_quiet_days ?? 0 });
}

function headingOf({ post, fields }: Shown, { t }: Frame): string {
  if (post) return t('writing.edit', { title: post.title });
  return t(fields.kind === 'page' ? 'writing.new.page' : 'writing.new.post');
}

function mayDo(state: PostState): Record<PostAction, boolean> {
  return {
    edit: isAllowed(state, 'edit'),
    publish: isAllowed(state, 'publish'),
    schedule: isAllowed(state, 'schedule'),
    unpublish: isAllowed(state, 'unpublish'),
    delete: isAllowed(state, 'delete'),
    restore: isAllowed(state, 'restore'),
  };
}
