import type { Request, Response } from 'express';
import { viewerOf } from '../accounts/viewer.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { hrefOf } from '../posts/addresses.ts';
import type { PostForReading } from '../posts/queries.ts';
import { normaliseLine } from '../text/plain-text.ts';
import type { TrustedHtml } from '../text/trusted-html.ts';
import { freshForm } from './conversation-page.ts';
import { readConversationState } from './conversation-state.ts';
import { checkText, type FieldErrors, readReply } from './form.ts';
import { renderVisibly } from './rendering.ts';
import type { ReplyContext } from './reply-context.ts';
import type { ReplyForm } from './reply-form.ts';
import { sendClosed, sendFormAgain } from './replying.ts';

interface PreviewPage {
  /** The name that the reply would have; empty where none was typed yet. */
  readonly name: string;
  readonly html: TrustedHtml;
  readonly postTitle: string;
  readonly postHref: string;
  readonly form: ReplyForm;
}

const previewView = defineView<PreviewPage>('comments/preview');

/**
 * Shows a reply as it would be shown, above the form as it was typed. Stores nothing, and asks only for a text: what is
 * missing beside it can be typed later.
 */
export async function previewReply(
  context: ReplyContext,
  request: Request,
  response: Response,
  post: PostForReading,
): Promise<void> {
  const fields = readReply(request.body);
  const state = await readConversationState(context, response, { post, now: context.now() });
  if (state.closing) return sendClosed(response, { post, fields });
  const rendered = renderBody(fields.body.trim());
  if ('errors' in rendered) {
    return sendFormAgain(context, request, response, { post, fields, errors: rendered.errors, status: 422 });
  }
  const form: ReplyForm = { ...(await freshForm(context, request, response, { post, state })), fields };
  const title = frameOf(response).t('reading.preview');
  const name = viewerOf(response)?.name ?? normaliseLine(fields.name);
  const page = { name, html: rendered.html, form, postTitle: post.title, postHref: hrefOf(post) };
  sendPage(response, previewView, { title, hiddenFromSearch: true, ...page });
}

function renderBody(body: string): { readonly html: TrustedHtml } | { readonly errors: FieldErrors } {
  const errors = checkText(body);
  if (errors) return { errors };
  return renderVisibly(body) ?? { errors: { body: { key: 'reply.body.missing' } } };
}
