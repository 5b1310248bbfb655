import type { Response } from 'express';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import type { DeskPost } from './desk-queries.ts';
import { describeState } from './desk-words.ts';
import type { DeskFields } from './form.ts';
import { type PostState, stateOf } from './publication.ts';
import { versionsHref } from './version-addresses.ts';

/** A page on which a post can be put into the bin, or taken out. */
interface Question {
  readonly id: number;
  readonly kind: DeskPost['kind'];
  readonly version: string;
  readonly state: PostState;
  readonly stateSentence: string;
  /** What someone else did first; undefined where nobody did. */
  readonly change: string | undefined;
}

const deleteView = defineView<Question & { fields: DeskFields | undefined }>('writing/delete');
const binnedView = defineView<Question & { source: string; versionsHref: string }>('writing/binned');

/** Asks whether a post is to go into the bin. @param fields what was typed, to go back with. */
export function sendDeleteQuestion(
  response: Response,
  { post, fields, change, now }: { post: DeskPost; fields?: DeskFields; change?: string | undefined; now: Date },
): void {
  const title = frameOf(response).t('writing.delete.title', { title: post.title });
  const question = composeQuestion(response, { post, change, now });
  // Whoever typed has seen an earlier version, if another one has come since.
  const version = fields?.version ?? question.version;
  sendPage(response, deleteView, { title, ...question, version, fields }, change ? 409 : 200);
}

/** Shows what lies in the bin, and offers to take it out. */
export function sendBinned(
  response: Response,
  { post, change, now }: { post: DeskPost; change?: string | undefined; now: Date },
): void {
  const question = composeQuestion(response, { post, change, now });
  sendPage(
    response,
    binnedView,
    { title: post.title, ...question, source: post.source, versionsHref: versionsHref(post.id) },
    change ? 409 : 200,
  );
}

function composeQuestion(
  response: Response,
  { post, change, now }: { post: DeskPost; change: string | undefined; now: Date },
): Question {
  return {
    id: post.id,
    kind: post.kind,
    version: String(post.version),
    state: stateOf(post, now),
    stateSentence: describeState(post, { words: frameOf(response), now }),
    change,
  };
}
