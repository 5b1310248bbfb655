import type { Response } from 'express';
import { viewerOf } from '../accounts/viewer.ts';
import { ownHost } from '../config.ts';
import { found } from '../http/errors.ts';
import { readFields } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import { hashNetwork } from '../http/network.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { explainShutOut } from '../persons/explain.ts';
import { findStanding } from '../persons/queries.ts';
import { isShutOut, type ShutOut } from '../persons/standing.ts';
import { hrefOf } from '../posts/addresses.ts';
import type { PostForReading } from '../posts/queries.ts';
import { siteOf } from '../site/current.ts';
import { askingOutside, sentFrom } from './ask-outside.ts';
import type { ConversationContext } from './conversation-page.ts';
import { readConversationState } from './conversation-state.ts';
import { editComment } from './edit.ts';
import { type EditRefusal, editableUntil, mostEdits, whyNotEdited } from './editing.ts';
import { countEdits, findWritten, type WrittenComment } from './editing-queries.ts';
import { findOwn, type IdRequest, type OwnComment, whereabouts } from './find-own.ts';
import type { ReplyContext } from './reply-context.ts';
import { listErrors } from './reply-form.ts';
import { tellSaved } from './taken.ts';
import { idsInKey } from './thread.ts';

interface EditPage {
  readonly id: number;
  readonly backHref: string;
  readonly body: string;
  /** Whether that is what came with a form, and is not saved. */
  readonly typed: boolean;
  /** `Edits.version` when this form was made; undefined where a form did not say. */
  readonly version: number | undefined;
  readonly until: Date;
  readonly errors: readonly { readonly field: string; readonly message: Message }[];
  /** What was saved from another window meanwhile. */
  readonly stored: string | undefined;
}

interface RefusedEditPage {
  readonly text: string;
  /** What moderators gave as their reason; empty: none. */
  readonly reason: string;
  readonly typed: string;
  /** Path of the page that deletes it; undefined where it is deleted. */
  readonly deleteHref: string | undefined;
  readonly postHref: string;
  readonly postTitle: string;
}

const editView = defineView<EditPage>('comments/edit');
const refusedView = defineView<RefusedEditPage>('comments/edit-refused');

/** Shows the writer of a comment its text in a form, or says why it cannot be edited. */
export async function showEditForm(
  context: ConversationContext,
  request: IdRequest,
  response: Response,
): Promise<void> {
  const own = await findOwn(context, request, response, 'edit.notYours');
  const [comment, post, now] = [own.comment, found(own.post), context.now()];
  const [{ closingAt }, edits] = await Promise.all([
    readConversationState(context, response, { post, now }),
    countEdits(context.db, comment.id),
  ]);
  const { edit_minutes: editMinutes } = siteOf(response);
  const facts = { status: comment.status, createdAt: comment.created_at, editMinutes };
  const why = whyNotEdited({ ...facts, closed: closingAt(comment.path) !== undefined, edits: edits.standing }, now);
  if (why) return sendRefusal(response, { comment, post, why, typed: '' });
  const guest = comment.account_id === null;
  const standing = guest ? await findStanding(context.db, { browserId: own.browserId, now }) : undefined;
  if (isShutOut(standing)) return sendShutOut(response, { comment, post, standing, typed: '' });
  sendEditForm(response, { own, body: comment.source, version: edits.version });
}

/** Takes an edit, and leads to the comment or says why it was not saved. What was typed is never lost. */
export async function takeEdit(context: ReplyContext, request: IdRequest, response: Response): Promise<void> {
  const own = await findOwn(context, request, response, 'edit.notYours');
  const [comment, post] = [own.comment, found(own.post)];
  const { body, version: seen, kept } = readFields(request.body, ['body', 'version', 'kept']);
  const version = /^\d{1,4}$/.test(seen) ? Number(seen) : undefined;
  const edit = {
    commentId: comment.id,
    conversationId: comment.conversation_id,
    staff: comment.account_id === null ? undefined : viewerOf(response),
    browserId: own.browserId,
    networkHash: hashNetwork(context.secrets.network, request.ip ?? ''),
    body,
    version,
    ownHost: ownHost(context.config),
    now: context.now(),
  };
  const outcome = await askingOutside(
    (outside) => editComment(context.db, { ...edit, outside }),
    ({ settings }) =>
      context.askOutside({
        settings,
        href: hrefOf(post),
        comment: { ...toldOf(comment), body: body.trim(), ...sentFrom(request), edited: true },
      }),
  );
  if (outcome.kind === 'refused') return sendRefusal(response, { comment, post, why: outcome.why, typed: body });
  if (outcome.kind === 'shut_out') return sendShutOut(response, { comment, post, ...outcome, typed: body });
  if (outcome.kind === 'overtaken') return sendEditForm(response, { own, body, ...outcome, status: 409 });
  if (outcome.kind === 'invalid')
    return sendEditForm(response, { own, body, version, errors: listErrors(outcome.errors), status: 422 });
  if (kept !== '') tellSaved(request, response, { commentId: comment.id, secure: context.cookies.secure });
  const edited = (await findWritten(context.db, comment.id)) ?? comment;
  response.redirect(303, whereabouts({ ...own, comment: edited }));
}

// What a service elsewhere is told of it beside the new text.
function toldOf({ name, website, path, created_at }: WrittenComment) {
  return { name, website, isReply: idsInKey(path).length > 1, writtenAt: created_at };
}

function sendEditForm(
  response: Response,
  {
    own,
    body,
    version,
    errors = [],
    stored,
    status = 200,
  }: Pick<EditPage, 'body' | 'version'> &
    Partial<Pick<EditPage, 'errors' | 'stored'>> & { own: OwnComment; status?: number },
): void {
  const { comment } = own;
  const until = editableUntil({ createdAt: comment.created_at, editMinutes: siteOf(response).edit_minutes });
  const page = {
    id: comment.id,
    backHref: whereabouts(own),
    typed: status !== 200,
    body,
    version,
    until,
    errors,
    stored,
  };
  sendPage(response, editView, { title: frameOf(response).t('edit.title'), hiddenFromSearch: true, ...page }, status);
}

interface NotEdited {
  readonly comment: WrittenComment;
  readonly post: PostForReading;
  readonly typed: string;
}

function sendRefusal(response: Response, { comment, post, why, typed }: NotEdited & { why: EditRefusal }): void {
  const values = { minutes: siteOf(response).edit_minutes, most: mostEdits };
  const deletable = why !== 'deleted';
  sendRefused(response, { comment, post, typed, text: frameOf(response).t(`edit.${why}`, values), deletable });
}

function sendShutOut(response: Response, { standing, ...edit }: NotEdited & { standing: ShutOut }): void {
  const { t, dates } = frameOf(response);
  const { key, values } = explainShutOut(standing, dates);
  sendRefused(response, { ...edit, text: t(key, values), reason: standing.reason, deletable: true });
}

function sendRefused(
  response: Response,
  {
    comment,
    post,
    typed,
    text,
    reason = '',
    deletable,
  }: NotEdited & { text: string; reason?: string; deletable: boolean },
): void {
  const page = {
    text,
    reason,
    typed,
    deleteHref: deletable ? `/comments/${comment.id}/delete` : undefined,
    postHref: hrefOf(post),
    postTitle: post.title,
  };
  sendPage(
    response,
    refusedView,
    { title: frameOf(response).t('edit.refusedTitle'), hiddenFromSearch: true, ...page },
    403,
  );
}
