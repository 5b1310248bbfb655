import type { Response } from 'express';
import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { lastEvents } from '../events/queries.ts';
import { frameOf, sendPage } from '../http/render.ts';
import { type Conflict, composeDesk, deskView, fieldsOf, wordField } from './desk-page.ts';
import type { DeskPost } from './desk-queries.ts';
import { sendBinned, sendDeleteQuestion } from './desk-questions.ts';
import { describeChange } from './desk-words.ts';
import type { DeskField, DeskFields } from './form.ts';

interface Overtaken {
  readonly db: Kysely<Database>;
  /** As it is stored now. */
  readonly post: DeskPost;
  readonly now: Date;
}

/** What a conflict compares, in the order of the form. */
const comparedFields: readonly DeskField[] = [
  'title',
  'body',
  'kind',
  'slug',
  'excerpt',
  'tags',
  'authors',
  'mode',
  'closing',
  'closing_days',
];

/**
 * Sends the form to someone whose text was overtaken, with what is stored now above it: 409. What is saved from this page
 * is saved knowingly, so it goes by the present version.
 */
export async function sendConflict(
  response: Response,
  { db, now, post, fields }: Overtaken & { fields: DeskFields },
): Promise<void> {
  const { dates, t } = frameOf(response);
  const stored = fieldsOf(post, { dates, now });
  const binned = post.deleted_at !== null;
  const conflict: Conflict = {
    change: await changeOf(response, { db, post, now }),
    differences: comparedFields
      .filter((field) => stored[field] !== fields[field])
      .map((field) => ({ field, stored: wordField(field, stored[field], response) })),
    postId: post.id,
    binned,
  };
  // The bin keeps the address of what lies in it.
  const mine = binned ? { ...fields, version: '', slug: '' } : { ...fields, version: stored.version };
  const page = await composeDesk(response, { db, now, post, fields: mine, conflict });
  sendPage(response, deskView, { ...page, title: t('writing.conflict.title') }, 409);
}

/** Tells someone who wanted to delete a post that it changed first, and asks again: 409. */
export async function sendDeletingOvertaken(response: Response, { db, post, now }: Overtaken): Promise<void> {
  const change = await changeOf(response, { db, post, now });
  if (post.deleted_at) sendBinned(response, { post, change, now });
  else sendDeleteQuestion(response, { post, change, now });
}

/** Tells someone who wanted to restore a post how it is now: 409. */
export async function sendRestoringOvertaken(response: Response, { db, post, now }: Overtaken): Promise<void> {
  if (post.deleted_at) return sendBinned(response, { post, change: await changeOf(response, { db, post, now }), now });
  const fields = fieldsOf(post, { dates: frameOf(response).dates, now });
  await sendConflict(response, { db, post, fields, now });
}

async function changeOf(response: Response, { db, post, now }: Overtaken): Promise<string> {
  const words = frameOf(response);
  const last = (await lastEvents(db, { subjectKind: 'post', subjectIds: [post.id] })).get(post.id);
  return last ? describeChange(last, { words, now }) : words.t('error.409.text');
}
