import type { Request, Response } from 'express';
import { viewerOf } from '../accounts/viewer.ts';
import { ownHost } from '../config.ts';
import { tooManyAsked } from '../following/limits.ts';
import { markPrivate } from '../http/caching.ts';
import { notFound } from '../http/errors.ts';
import { readId } from '../http/fields.ts';
import { hashNetwork } from '../http/network.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { explainShutOut } from '../persons/explain.ts';
import type { ShutOut } from '../persons/standing.ts';
import { hrefOf } from '../posts/addresses.ts';
import type { PostForReading } from '../posts/queries.ts';
import { normaliseLine } from '../text/plain-text.ts';
import { type TrustedHtml, trustStored } from '../text/trusted-html.ts';
import { normaliseWebsite } from '../text/website.ts';
import { recogniseBrowser } from '../visitors/this-browser.ts';
import { type RememberedPerson, setRemembered, setVisitor } from '../visitors/visitor.ts';
import { askingOutside, sentFrom } from './ask-outside.ts';
import { secondsUntilAsked } from './asking-by-mail.ts';
import { freshForm, sendPostPage } from './conversation-page.ts';
import { readConversationState } from './conversation-state.ts';
import { type FieldErrors, type ReplyFields, readReply } from './form.ts';
import { findComment } from './queries.ts';
import type { ReplyContext } from './reply-context.ts';
import { listErrors, type ReplyForm } from './reply-form.ts';
import type { Outcome, Unasked, Writer } from './submission.ts';
import { tellTaken } from './taken.ts';

/** The form for a reply to one comment, on a page of its own: the way that needs no script. */
export interface ReplyPage {
  readonly answered: { readonly id: number; readonly name: string; readonly html: TrustedHtml };
  readonly postTitle: string;
  readonly postHref: string;
  readonly form: ReplyForm;
}

interface RefusedPage {
  readonly heading: string;
  readonly text: string;
  /** What moderators gave as their reason; empty: none. */
  readonly reason: string;
  readonly postTitle: string;
  readonly postHref: string;
  readonly typed: string;
  /** Of a form that was sent before with another text: what was kept, and where it is. */
  readonly earlier: { readonly text: string; readonly href: string } | undefined;
  /** The key of that form: what the browser has kept under it needs another to be sent. */
  readonly sentKey: string | undefined;
}

const replyView = defineView<ReplyPage>('comments/reply');
const refusedView = defineView<RefusedPage>('comments/refused');

/** Takes a reply that was sent, and leads to the comment or says why there is none. What was typed is never lost. */
export async function takeReply(
  context: ReplyContext,
  request: Request,
  response: Response,
  post: PostForReading,
): Promise<void> {
  const { config, secrets, cookies } = context;
  const now = context.now();
  const fields = readReply(request.body);
  const writer = await identifyWriter(context, request, response);
  const submission = {
    conversationId: post.conversation_id,
    writer,
    fields,
    networkHash: hashNetwork(secrets.network, request.ip ?? ''),
    limit: config.commentLimit,
    mayAsk: true,
    ownHost: ownHost(config),
    now,
  };
  const wait = await secondsUntilAsked(context, { submission, ip: request.ip ?? '' });
  if (wait !== undefined) {
    response.set('Retry-After', String(wait));
    const errors: FieldErrors = { follow: tooManyAsked(wait) };
    return sendFormAgain(context, request, response, { post, fields, errors, status: 429 });
  }
  const outcome = await askingOutside(
    (outside) => context.post({ ...submission, outside }),
    ({ settings }) =>
      context.askOutside({
        settings,
        href: hrefOf(post),
        comment: { ...toldOf(fields), ...sentFrom(request), writtenAt: now },
      }),
  );
  const taken = outcome.kind === 'posted' || outcome.kind === 'repeated';
  if (taken && writer.kind === 'guest') {
    setRemembered(response, fields.remember === '' ? undefined : personIn(fields), cookies);
  }
  if (taken) tellTaken(request, response, { key: fields.key, secure: cookies.secure });
  if ('browserId' in outcome && outcome.browserId !== undefined) setVisitor(response, outcome.browserId, cookies);
  await answer(context, request, response, { post, fields, outcome });
}

// What a service elsewhere is told of it.
function toldOf({ name, website, body, parent }: ReplyFields) {
  return {
    name: normaliseLine(name),
    website: normaliseWebsite(website),
    body: body.trim(),
    isReply: parent !== '',
    edited: false,
  };
}

// As long as a cookie can be: what was taken is short, but for the spaces around it.
function personIn({ name, email, website }: ReplyFields): RememberedPerson {
  return { name: normaliseLine(name), email: normaliseLine(email), website: normaliseLine(website) };
}

/** Sends the page with the form for a reply to one comment. */
export function sendReplyPage(
  response: Response,
  {
    post,
    answered,
    form,
    status = 200,
  }: Pick<ReplyPage, 'answered' | 'form'> & { post: PostForReading; status?: number },
): void {
  const { t } = frameOf(response);
  const page = { answered, form, postTitle: post.title, postHref: hrefOf(post) };
  const title = t('reply.headingTo', { name: answered.name });
  sendPage(response, replyView, { title, hiddenFromSearch: true, ...page }, status);
}

async function identifyWriter(context: ReplyContext, request: Request, response: Response): Promise<Writer> {
  const viewer = viewerOf(response);
  if (viewer) return { kind: 'staff', id: viewer.id, name: viewer.name, role: viewer.role };
  return { kind: 'guest', browserId: await recogniseBrowser(context, request) };
}

async function answer(
  context: ReplyContext,
  request: Request,
  response: Response,
  { post, fields, outcome }: { post: PostForReading; fields: ReplyFields; outcome: Exclude<Outcome, Unasked> },
): Promise<void> {
  const { t } = frameOf(response);
  markPrivate(response);
  switch (outcome.kind) {
    case 'posted':
    case 'repeated':
      return response.redirect(303, `/comments/${outcome.commentId}`);
    case 'invalid':
      return sendFormAgain(context, request, response, { post, fields, errors: outcome.errors, status: 422 });
    case 'limited': {
      response.set('Retry-After', String(outcome.seconds));
      const minutes = Math.ceil(outcome.seconds / 60);
      const key = outcome.by === 'pace' ? 'reply.tooSoon' : 'reply.limited';
      const errors: FieldErrors = { body: { key, values: { minutes } } };
      return sendFormAgain(context, request, response, { post, fields, errors, status: 429 });
    }
    case 'shut_out':
      return sendShutOut(response, { post, fields, standing: outcome.standing });
    case 'unpublished':
      throw notFound();
    case 'closed':
      return sendClosed(response, { post, fields });
    case 'conflicting': {
      const words = { heading: t('refused.conflictTitle'), text: t('refused.conflictText') };
      const earlier = { text: outcome.earlierText, href: `/comments/${outcome.commentId}` };
      return sendRefusal(response, { ...words, post, fields, earlier, status: 409 });
    }
  }
}

/** Sends a form back on the page it was typed on: that of the comment it answers, or that of the post. */
export async function sendFormAgain(
  context: ReplyContext,
  request: Request,
  response: Response,
  again: { post: PostForReading; fields: ReplyFields; errors: FieldErrors; status: number },
): Promise<void> {
  const { post, fields, errors, status } = again;
  const state = await readConversationState(context, response, { post, now: context.now() });
  const fresh = await freshForm(context, request, response, { post, state });
  // A form whose parent cannot be answered becomes one for the post: sending it again must be able to succeed.
  const kept = errors.parent ? { ...fields, parent: '' } : fields;
  const form: ReplyForm = { ...fresh, fields: kept, errors: listErrors(errors) };
  const parentId = readId(kept.parent);
  const parent = parentId === undefined ? undefined : await findComment(context.db, parentId);
  if (parent?.status === 'approved' && parent.conversation_id === post.conversation_id) {
    const answered = { id: parent.id, name: parent.name, html: trustStored(parent.html) };
    return sendReplyPage(response, { post, answered, form, status });
  }
  await sendPostPage(context, request, response, { post, form, status });
}

/** Gives the text back that came after the closing. */
export function sendClosed(response: Response, { post, fields }: { post: PostForReading; fields: ReplyFields }): void {
  const { t } = frameOf(response);
  const words = { heading: t('refused.closedTitle'), text: t('refused.closedText') };
  sendRefusal(response, { ...words, post, fields, earlier: undefined, status: 403 });
}

function sendShutOut(
  response: Response,
  { post, fields, standing }: { post: PostForReading; fields: ReplyFields; standing: ShutOut },
): void {
  const { t, dates } = frameOf(response);
  const { key, values } = explainShutOut(standing, dates);
  const words = { heading: t('refused.shutOutTitle'), text: t(key, values), reason: standing.reason };
  sendRefusal(response, { ...words, post, fields, earlier: undefined, status: 403 });
}

function sendRefusal(
  response: Response,
  refusal: Pick<RefusedPage, 'heading' | 'text' | 'earlier'> &
    Partial<Pick<RefusedPage, 'reason'>> & {
      post: PostForReading;
      fields: ReplyFields;
      status: number;
    },
): void {
  const { heading, text, reason = '', earlier, post, fields, status } = refusal;
  const sentKey = earlier && fields.key;
  const page = {
    heading,
    text,
    reason,
    earlier,
    sentKey,
    postTitle: post.title,
    postHref: hrefOf(post),
    typed: fields.body,
  };
  sendPage(response, refusedView, { title: heading, hiddenFromSearch: true, ...page }, status);
}
