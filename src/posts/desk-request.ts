import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Kysely } from 'kysely';
import { signedInViewer, viewerReach } from '../accounts/viewer.ts';
import type { Database } from '../database.ts';
import { readLocalTime } from '../http/dates.ts';
import { found, HttpError } from '../http/errors.ts';
import { readFields, readId } from '../http/fields.ts';
import { frameOf } from '../http/render.ts';
import { isUuid } from '../text/uuid.ts';
import { fieldsOf } from './desk-page.ts';
import { type DeskPost, findDeskPost } from './desk-queries.ts';
import { type DeskField, type DeskFields, type FieldError, type PostDraft, readDeskFields, readDraft } from './form.ts';
import type { Move } from './moves.ts';
import { stateOf } from './publication.ts';

/** What someone at the desk has before them: a post, unless it is a new one, and the form as they typed it. */
export interface Asked {
  readonly post: DeskPost | undefined;
  readonly fields: DeskFields;
}

/** Whose posts whoever is signed in may write on; undefined: everybody's. */
export function writerOf(response: Response): number | undefined {
  return viewerReach(response, 'write') === 'all' ? undefined : signedInViewer(response).id;
}

/** The post that the address names. @throws 404 where there is none, or none that this person may write on. */
export async function ownPost(request: Request, response: Response, db: Kysely<Database>): Promise<DeskPost> {
  const id = found(readId(request.params.id));
  return found(await findDeskPost(db, { id, writerId: writerOf(response) }));
}

/** The same with the form that was sent, or else that of the post as it is; `new` in the address is an empty one. */
export async function readAsked(
  request: Request,
  response: Response,
  { db, now }: { db: Kysely<Database>; now: Date },
): Promise<Asked> {
  const post = request.params.id === 'new' ? undefined : await ownPost(request, response, db);
  const base = post ? fieldsOf(post, { dates: frameOf(response).dates, now }) : emptyFields(request, response);
  if (request.method !== 'POST') return { post, fields: base };
  return { post, fields: readDeskFields(request.body, { base, fixed: fixedFields(response) }) };
}

/** What the form asks for: a text and what is to become of it, or what is wrong with either. */
export function readOrder(
  request: Request,
  response: Response,
  { post, fields, now }: Asked & { now: Date },
): { draft: PostDraft; move: Move } | { errors: readonly FieldError[] } {
  const text = readDraft(fields);
  const further = readMove(request, response, { post, fields, now });
  if ('draft' in text && 'move' in further) return { ...text, ...further };
  return { errors: [text, further].flatMap((read) => ('errors' in read ? read.errors : [])) };
}

/** The key of a form that makes a post. */
export function readKey(text: string): string | undefined {
  return isUuid(text) ? text : undefined;
}

function emptyFields(request: Request, response: Response): DeskFields {
  return {
    kind: request.query.kind === 'page' ? 'page' : 'post',
    title: '',
    slug: '',
    body: '',
    excerpt: '',
    tags: '',
    authors: signedInViewer(response).handle,
    mode: 'site',
    closing: 'site',
    closing_days: '',
    publish_at: '',
    dated: 'first',
    version: '',
    key: randomUUID(),
  };
}

function fixedFields(response: Response): DeskField[] {
  return [
    ...(viewerReach(response, 'write') === 'all' ? [] : (['authors'] as const)),
    ...(viewerReach(response, 'moderate') === 'none' ? (['mode', 'closing', 'closing_days'] as const) : []),
  ];
}

function readMove(
  request: Request,
  response: Response,
  { post, fields, now }: Asked & { now: Date },
): { move: Move } | { errors: readonly FieldError[] } {
  const action = readFields(request.body, ['action']).action || 'edit';
  const typed = fields.publish_at.trim();
  switch (action) {
    case 'edit':
      return isOtherDate(typed, post, response, now) ? readDate(typed, response, now) : { move: { action } };
    case 'unpublish':
      return { move: { action } };
    case 'publish':
      return { move: { action, dated: fields.dated === 'now' ? 'now' : 'first' } };
    case 'schedule':
      return readDate(typed, response, now);
    default:
      throw new HttpError(400);
  }
}

// Who changes the date of what is scheduled and saves means that date.
function isOtherDate(typed: string, post: DeskPost | undefined, response: Response, now: Date): boolean {
  if (!typed || !post?.published_at || stateOf(post, now) !== 'scheduled') return false;
  return typed !== frameOf(response).dates.local(post.published_at);
}

function readDate(typed: string, response: Response, now: Date): { move: Move } | { errors: readonly FieldError[] } {
  const at = readLocalTime(typed, frameOf(response).timeZone);
  const wrong = at === undefined ? 'missing' : at <= now ? 'past' : undefined;
  if (at && !wrong) return { move: { action: 'schedule', at } };
  return { errors: [{ field: 'publish_at', message: { key: `writing.error.publish_at.${wrong ?? 'missing'}` } }] };
}
